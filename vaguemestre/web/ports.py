"""Functions that a room calls and a room above it gives, which the lower one may not import.

The lower room has the port and its signature in its `ports.py`; the upper room provides in its `wiring.py`. Wiring is
read when a port is first asked, or at the start of the web and of the tasks process, not in each `AppConfig.ready()`:
commands and the gate do not load the whole house.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules


class Port[P]:
    def __init__(self, name: str) -> None:
        self.name = name
        self._provided: list[tuple[int, P]] = []

    def provide(self, function: P, *, stage: int = 0) -> None:
        """Lower stages come first; within one, in the order of the rooms in `INSTALLED_APPS`."""
        self._provided.append((stage, function))
        self._provided.sort(key=lambda one: one[0])

    def all(self) -> list[P]:
        return [function for _stage, function in self.staged()]

    def staged(self) -> list[tuple[int, P]]:
        """The same with the stage of each."""
        load_wiring()
        return self._provided

    def one(self) -> P:
        match self.all():
            case [function]:
                return function
            case several:
                raise ImproperlyConfigured(f"{self.name}: {len(several)} provide what one must")

    @contextmanager
    def replaced(self, *functions: P) -> Iterator[None]:
        """For tests: these alone are provided."""
        load_wiring()
        before, self._provided = self._provided, [(0, function) for function in functions]
        try:
            yield
        finally:
            self._provided = before


@cache
def load_wiring() -> None:
    autodiscover_modules("wiring")
