"""A process that may start threads and no child (seccomp): a reader of pictures begins a thread of its own, and waits
for it for ever where none is granted. Where the limit on processes is 0, neither starts.

Nor does it hand its calls to the kernel through a ring (`io_uring`), which no filter sees, and which opens files and
sockets also where the limit on descriptors is 0.
"""

import ctypes
import errno
import platform
import struct

# By the machine: its mark in seccomp, its `clone`, what else makes a process. The next two have one number everywhere.
_MACHINES = {"x86_64": (0xC000003E, 56, (57, 58)), "aarch64": (0xC00000B7, 220, ())}
_CLONE3, _RING = 435, 425
_THREAD = 0x10000  # a flag of `clone`
_SECCOMP, _FILTER = 22, 2  # of `prctl`
_NUMBER, _MACHINE, _FLAGS = 0, 4, 16  # where they stand in what a filter is given (little-endian)
_LOAD, _EQUAL, _ANY, _ABOVE, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x40000000  # other numbers for the same calls

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_known() -> bool:
    return platform.machine() in _MACHINES


def forbid_children() -> None:
    """For good, of a process that has given up new privileges (`landlock`). Raises `OSError` when nothing is bound."""
    if not is_known():
        raise OSError(errno.ENOSYS, "seccomp")
    code = _filter(*_MACHINES[platform.machine()])
    program = _Program(len(code) // 8, code)
    if _libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _filter(machine: int, clone: int, others: tuple[int, ...]) -> bytes:
    """`clone3`, whose flags no filter sees, is said to be unknown: the C library then calls `clone`."""
    steps = [
        (_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER), (_ABOVE, 0, 1, _X32), (_RETURN, 0, 0, _KILL),
        (_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _REFUSE | errno.ENOSYS),
    ]  # fmt: skip
    for number in (*others, _RING):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE | errno.EPERM)]
    steps += [
        (_EQUAL, 0, 3, clone), (_LOAD, 0, 0, _FLAGS), (_ANY, 1, 0, _THREAD), (_RETURN, 0, 0, _REFUSE | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
