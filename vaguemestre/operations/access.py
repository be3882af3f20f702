"""From a number to what administrators may decide about."""

from django.http import Http404

from vaguemestre.arrivals.models import FeedDrop


def pending_drop_numbered(pk: int) -> FeedDrop:
    """Raises Http404, also for one that has ended."""
    drop = FeedDrop.objects.filter(pk=pk, pending=True).first()
    if drop is None:
        raise Http404("feed")
    return drop
