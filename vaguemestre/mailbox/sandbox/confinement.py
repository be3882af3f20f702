"""What a process that reads strangers' bytes gives up, for good: files, network, processes, shared memory."""

import contextlib
import os
import resource
import sys
from pathlib import Path

from vaguemestre.mailbox.sandbox.converter import landlock, seccomp

ELSEWHERE = "/usr/share"  # nothing there is this user's
_ROOT = Path(__file__).resolve().parents[3]
_PROGRAMS = [Path(place) for place in (
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/proc", "/dev/urandom",
    _ROOT / "vaguemestre", sys.prefix, sys.base_prefix,
)]  # fmt: skip


def leave_names() -> None:
    """Name spaces without interfaces or names of ours, where they are granted. Before the first thread."""
    with contextlib.suppress(OSError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET | os.CLONE_NEWIPC)  # the last: no memory outlives it
        os.chroot(ELSEWHERE)
        os.chdir("/")  # else a name that does not begin with a slash is still looked for outside


def confine() -> None:
    """All of it, as far as this kernel goes: nothing is opened or begun any more, no module is imported either."""
    leave_names()
    with contextlib.suppress(landlock.NoLandlockError):
        landlock.restrict()
    with contextlib.suppress(OSError):  # the limits below remain
        seccomp.forbid_children()
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def keep_socket(folder: Path) -> None:
    """For a process that starts others: of the files it has programs to read, and a folder to make its socket in.
    Raises `NoLandlockError`."""
    reads = [place for place in _PROGRAMS if place.exists()]
    # Python finds `vaguemestre` by listing where it lies.
    landlock.restrict(reads=reads, lists=[_ROOT], changes=[Path(os.devnull)], sockets=[folder])
