"""What Linux does with a process whose parent dies (`prctl`). No Django, nothing heavy: every start passes here.

`python -m …sandbox.parent_death PARENT COMMAND…` becomes that command, which is killed when its parent dies.
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
    """That command, for a child of this process whose `PYTHONPATH` holds the project."""
    return [sys.executable, "-P", "-m", __name__, str(os.getpid()), *command]


def adopt_orphans() -> None:
    """Every process below this one whose parent dies becomes a child of this one, also after an exec."""
    _prctl(_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "prctl")


def main() -> None:
    parent, *command = sys.argv[1:]
    end_with_parent(signal.SIGKILL)
    if os.getppid() != int(parent):  # it died while this process started
        return
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and what is ignored stays so in the command
        signal.signal(number, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606  # a fixed command of the product


if __name__ == "__main__":
    main()
