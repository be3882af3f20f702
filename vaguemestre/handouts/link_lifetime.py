"""What becomes of a file that was sent: withdrawn and given back, prolonged, fetched."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.audit import journal
from vaguemestre.handouts.message_links import end_of
from vaguemestre.handouts.models import Fetch, Handout

GRACE = timedelta(days=1)  # a file that was withdrawn can be given back so long
MOST_FETCHES = 200  # of a file; the count continues


def withdraw_link(handout: Handout, *, by: str, now: datetime) -> bool:
    """From this moment on its link is dead. False when it was already."""
    with transaction.atomic():
        done = Handout.objects.filter(pk=handout.pk, sent_at__isnull=False, withdrawn_at=None, swept_at=None).update(
            withdrawn_at=now, withdrawn_by=by
        )
        if done:
            journal.record(by, "handout.withdrawn", handout.account_id, file=handout.key[:8])
    return bool(done)


def restore_link(handout: Handout, *, now: datetime) -> bool:
    with transaction.atomic():
        mine = Handout.objects.filter(pk=handout.pk, withdrawn_by=handout.account_id, swept_at=None)
        done = mine.filter(withdrawn_at__gt=now - GRACE).update(withdrawn_at=None, withdrawn_by="")
        if done:
            journal.record(handout.account_id, "handout.given-back", handout.account_id, file=handout.key[:8])
    return bool(done)


def longest_lifetime(handout: Handout) -> datetime | None:
    """Until when it may last at most."""
    if handout.sent_at is None:
        return None
    return end_of(timezone.localdate(handout.sent_at) + timedelta(days=academy().links.days_at_most))


def prolong_link(handout: Handout, *, now: datetime) -> bool:
    """By as many days as it had at first, up to the most."""
    end = longest_lifetime(handout)
    if handout.expires_at is None or end is None:
        return False
    further = end_of(timezone.localdate(handout.expires_at - timedelta(seconds=1)) + timedelta(academy().links.days))
    alive = Handout.objects.filter(pk=handout.pk, withdrawn_at=None, swept_at=None, expires_at__gt=now)
    return bool(alive.filter(expires_at__lt=min(further, end)).update(expires_at=min(further, end)))


def note_download(handout: Handout, now: datetime) -> None:
    with transaction.atomic():
        Handout.objects.filter(pk=handout.pk).update(downloads=F("downloads") + 1)
        if handout.downloads < MOST_FETCHES:
            Fetch.objects.create(handout=handout, at=now)
