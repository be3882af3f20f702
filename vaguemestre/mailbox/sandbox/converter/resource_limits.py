"""`python -m vaguemestre.mailbox.sandbox.converter.resource_limits COMMAND…`: becomes that command, with bounds.

It cannot leave them. Of the files it may read programs and what these need, and change what lies in the folder where it
begins: nothing that a document names is read, be it another person's. Where the kernel has no Landlock, the other
bounds remain.
"""

import contextlib
import os
import resource
import sys
from pathlib import Path

from vaguemestre.mailbox.sandbox.converter import landlock

MEMORY_LIMIT = 4 * 1024**3  # of addresses: LibreOffice maps much more than it touches
SECONDS = 60
FILE_LIMIT = 100 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[4]
_READS = [Path(place) for place in (
    "/usr", "/lib", "/lib64", "/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/localtime",
    "/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice", "/proc",
    "/sys/devices/system/cpu", "/dev/urandom", _ROOT / "vaguemestre", sys.prefix, sys.base_prefix,
)]  # fmt: skip

_OFFICES_OWN = Path("/tmp")  # noqa: S108  # where LibreOffice makes a socket, wherever it is told to


def main() -> None:
    with contextlib.suppress(landlock.NoLandlockError):
        reads = [place for place in _READS if place.exists()]
        # Python finds `vaguemestre` by listing where it lies.
        landlock.restrict(reads=reads, lists=[_ROOT], changes=[Path.cwd(), Path(os.devnull)], sockets=[_OFFICES_OWN])
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, FILE_LIMIT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
    ):
        resource.setrlimit(limit, (value, value))
    os.nice(10)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606  # the keeper's own fixed command


if __name__ == "__main__":
    main()
