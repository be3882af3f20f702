"""Work of the tasks process, a slice at a time, so that other tasks get their turn between two slices."""

from django.tasks import task
from django.utils import timezone

from vaguemestre.webmail import bulk


@task()
def go_on_with(key: str) -> bool:
    """True when there is more; it is asked for again behind what others wait for."""
    more = bulk.go_on(key, timezone.now())
    if more:
        go_on_with.enqueue(key)
    return more
