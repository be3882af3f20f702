"""Long work in the background, a slice at a time, so that other tasks get their turn between two slices."""

from collections.abc import Callable
from datetime import datetime

from django.tasks import task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vaguemestre.clock import due

type Slice = Callable[..., bool]  # (*, now: datetime) -> whether more is left to do
_works: dict[str, "SlicedWork"] = {}


class SlicedWork:
    """Queued tasks know it by its name: data, as of `due.Job`. Declared where it is asked for; the function that does a
    slice registers there, and the room's `wiring.py` imports it."""

    def __init__(self, name: str, *, priority: int = 0) -> None:
        self.name, self.priority = name, priority
        self._slice: Slice | None = None
        _works[name] = self

    def register[S: Slice](self, act: S) -> S:
        """A decorator of the function that does one slice."""
        self._slice = act
        return act

    def start(self) -> None:
        """However many ask, one chain of slices is under way."""
        waiting = DBTaskResult.objects.ready().filter(task_path=do_slice.module_path)
        if not any(one.args_kwargs["args"] == [self.name] for one in waiting):
            do_slice.using(priority=self.priority).enqueue(self.name)

    def go_on(self, now: datetime) -> bool:
        if self._slice is None:
            raise LookupError(f"nobody does {self.name} (imported by no wiring.py?)")
        more = self._slice(now=now)
        if more:
            self.start()
        return more


@task()
def do_slice(name: str) -> bool:
    """The rest is asked for again. True when there is more."""
    due.load()
    return _works[name].go_on(timezone.now())


def names() -> list[str]:
    due.load()
    return sorted(_works)
