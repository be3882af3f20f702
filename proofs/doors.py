"""Which programs do not answer? `python -P -m proofs.doors DATA SECONDS`, as root, on the machine where they run: waits
until all do, at most so long; prints who does not."""

import os
import sys
import time
from pathlib import Path


def main(data: Path, patience: float) -> int:
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    from vaguemestre.instance import read_instance
    from vaguemestre.launcher.processes.programs import programs

    deadline = time.monotonic() + patience
    while silent := [program.name for program in programs(data, read_instance()) if not program.answers()]:
        if time.monotonic() > deadline:
            print(", ".join(silent))
            return 1
        time.sleep(0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2])))
