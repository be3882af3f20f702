"""What Linux does with a process whose parent dies (`prctl`). No Django, nothing heavy: every start passes here."""

import ctypes
import os
import signal

_PDEATHSIG, _CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(number: signal.Signals) -> None:
    """A change of user forgets it: call this after. The parent is the very thread that started this process."""
    parent = os.getppid()
    _prctl(_PDEATHSIG, number)
    if os.getppid() != parent:  # it died a moment before
        os.kill(os.getpid(), number)


def adopt_orphans() -> None:
    """Every process below this one whose parent dies becomes a child of this one, also after an exec."""
    _prctl(_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "prctl")
