"""What a process of ours gives up of the files, for good (Landlock, Linux 5.13): no right of its user brings it back.

Landlock says nothing of what `stat`, `chmod` and their like do to a name that is guessed.
"""

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION = 1
_BENEATH = 1
_NO_NEW_PRIVS = 38
# Rights on files by the version that knows them: all of those that the kernel knows are given up.
_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # so many bits
READ = 0b1101  # to execute a file, to read one, to list a folder
_LIST = 0b1000  # the names in a folder alone
_OF_SOCKETS = 0b10_0010_0000  # to make one, to remove a file
_OF_A_FILE = 0b1100_0000_0000_0111  # those that are not of a folder
_TCP = 0b11  # version 4: to bind, to connect
_SCOPES = 0b11  # version 6: abstract sockets, signals to processes outside

_libc = ctypes.CDLL(None, use_errno=True)


class NoLandlockError(OSError):
    """This kernel has none, or it is turned off."""


class _Rules(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """0 where there is none."""
    return max(0, int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)))


def restrict(
    *,
    reads: Sequence[Path] = (),
    lists: Sequence[Path] = (),
    changes: Sequence[Path] = (),
    sockets: Sequence[Path] = (),
) -> None:
    """All files but those beneath, and TCP where the kernel can. `lists`: of which it knows names only. `sockets`:
    where one is made and taken away. Raises `OSError`; then nothing was given up."""
    known = version()
    if not known:
        raise NoLandlockError("Landlock")
    every = (1 << max(bits for since, bits in _RIGHTS.items() if since <= known)) - 1
    rules = _Rules(every, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0)
    octets = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = _called(_CREATE, ctypes.byref(rules), ctypes.c_size_t(octets), 0)
    try:
        for folders, rights in ((reads, READ), (lists, _LIST), (changes, every), (sockets, _OF_SOCKETS)):
            for folder in folders:
                _add(ruleset, folder, rights if folder.is_dir() else rights & _OF_A_FILE)
        if _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no new privileges")
        _called(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _add(ruleset: int, folder: Path, rights: int) -> None:
    place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        _called(_ADD, ruleset, _BENEATH, ctypes.byref(_Beneath(rights, place)), 0)
    finally:
        os.close(place)


def _called(number: int, *arguments: object) -> int:
    answer: int = _libc.syscall(number, *arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "Landlock")
    return answer
