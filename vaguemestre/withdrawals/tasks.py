"""The walks in the background, a slice at a time, so that other tasks get their turn between two slices."""

from django.tasks import task
from django.utils import timezone

from vaguemestre.clock.single_task import ask_once


@task()
def walk() -> bool:
    """One slice; the rest is asked for again. True when there is more."""
    from vaguemestre.withdrawals import mailbox_walk

    more = mailbox_walk.go_on(now=timezone.now())
    if more:
        ask_for_walking()
    return more


def ask_for_walking() -> None:
    ask_once(walk)
