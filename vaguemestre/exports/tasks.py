"""Making in the background, a slice at a time, so that other tasks get their turn between two slices."""

from django.tasks import task
from django.utils import timezone

from vaguemestre.clock.single_task import ask_once
from vaguemestre.exports import archive_run


@task(priority=-10)
def make_exports() -> bool:
    """One slice; the rest is asked for again. True when there is more."""
    more = archive_run.go_on(now=timezone.now())
    if more:
        ask_for_making()
    return more


def ask_for_making() -> None:
    ask_once(make_exports)
