"""What the operator sees while it works: one line a step, with the time it took."""

import contextlib
import time
from collections.abc import Iterator

from vaguemestre.launcher.texts import _


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    print(f"  {title}… ", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(_("failed"), flush=True)
        raise
    print(_("done ({seconds:.1f} s)", seconds=time.monotonic() - begun), flush=True)


def say(word: str) -> None:
    print(word, end=" ", flush=True)
