"""Sealing in the background, a slice at a time, so that other tasks get their turn between two slices."""

from datetime import datetime

from django.tasks import task
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.letters import sealed_passwords

SLICE = 500  # about five seconds of hashing on two cores


@task(priority=-10)
def seal_letters() -> int:
    """One slice; the rest is asked for again."""
    done = sealed_passwords.seal_pending(now=timezone.now(), limit=SLICE).letters
    if done and sealed_passwords.count_pending():
        ask_for_sealing()
    return done


def ask_for_sealing() -> None:
    seal_letters.enqueue()


@due.recurring("letters.sealing.leftovers", every=600)
def seal_leftovers(_key: str, _now: datetime) -> None:
    """The clock's call: letters that a crash or a lost task left behind."""
    if sealed_passwords.count_pending():
        ask_for_sealing()
