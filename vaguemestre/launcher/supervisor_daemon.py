"""supervisord, to which the orphans of its programs come: the next start of a program ends them (`leftovers`)."""

import io
import os
import sys
from contextlib import suppress

from supervisor import supervisord

from vaguemestre.mailbox.sandbox.parent_death import adopt_orphans


class LossyOutput(io.TextIOWrapper):
    """supervisord says here that it could not write a log. Where that cannot be written either, the disk is full, and
    it would end, with all that it watches."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


if __name__ == "__main__":
    adopt_orphans()
    sys.stdout, sys.stderr = (
        LossyOutput(os.fdopen(number, "wb", buffering=0), encoding="utf-8", write_through=True)  # raw, as Python’s own
        for number in (1, 2)
    )
    supervisord.main()
