"""What Linux does with a process whose parent dies (`prctl`). No Django, nothing heavy: every start passes here.

`python -m …sandbox.parent_death COMMAND…` becomes that command, which is killed when its parent dies.
`setpriv --pdeathsig` does the same, but sets capabilities as well, which the units of production refuse.
"""

import ctypes
import os
import signal
import sys

_PDEATHSIG, _CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(number: signal.Signals) -> None:
    """A change of user forgets it: call this after. The parent is the very thread that started this process."""
    parent = os.getppid()
    _prctl(_PDEATHSIG, number)
    if os.getppid() != parent:  # it died a moment before
        os.kill(os.getpid(), number)


def killed_with_parent(*command: str) -> list[str]:
    """That command, for a child whose `PYTHONPATH` holds the project."""
    return [sys.executable, "-P", "-m", __name__, *command]


def adopt_orphans() -> None:
    """Every process below this one whose parent dies becomes a child of this one, also after an exec."""
    _prctl(_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "prctl")


if __name__ == "__main__":
    end_with_parent(signal.SIGKILL)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  # a fixed command of the product
