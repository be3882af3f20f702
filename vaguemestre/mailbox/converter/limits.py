"""`python -m vaguemestre.mailbox.converter.limits COMMAND…`: becomes that command, with bounds it cannot leave."""

import os
import resource
import sys

MEMORY_LIMIT = 4 * 1024**3  # of addresses: LibreOffice maps much more than it touches
SECONDS = 60
FILE_LIMIT = 100 * 1024 * 1024


def main() -> None:
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
