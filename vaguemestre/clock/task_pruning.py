"""Finished background tasks are kept for a week, for whoever asks what happened."""

from datetime import datetime, timedelta

from django_tasks_db.models import DBTaskResult

from vaguemestre.clock import due

KEPT = timedelta(days=7)


@due.recurring("clock.tasks.prune", every=86400)
def prune(key: str, now: datetime) -> None:  # noqa: ARG001 - the shape of every timed act
    DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT).delete()
