"""Bringing in the background, a slice at a time, so that other tasks get their turn between two slices."""

from django.tasks import task
from django.utils import timezone

from vaguemestre.clock.single_task import ask_once
from vaguemestre.moving import import_run


@task(priority=-10)
def bring_mail() -> bool:
    """One slice; the rest is asked for again. True when there is more."""
    more = import_run.go_on(now=timezone.now())
    if more:
        ask_for_bringing()
    return more


def ask_for_bringing() -> None:
    ask_once(bring_mail)
