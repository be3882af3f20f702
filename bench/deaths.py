"""From a `kill -9` to the service's answer: of the first process of each program, then of everything at once.

    python -m bench.deaths [DATA]

DATA is the folder of a running demo, which stays running; without it one is started and thrown away. A program is back
when a new process of it answers and none of the old ones lives. After the death of everything `bin/run` starts it.
"""

import argparse
import json
import os
import time
from pathlib import Path

from bench.list import demo_at
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.process_table import processes
from vaguemestre.launcher.testing import Demo, launch

PATIENCE = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    with demo_at(options.data) as data:
        demo = Demo(data, json.loads((data / endpoints.FILE).read_text()))
        print(f"load {os.getloadavg()[0]:.1f}")
        for program in demo.programs():
            print(f"{program.name:<14}{_back(demo, program.name):6.1f} s", flush=True)
        demo.kill_everything()
        begun = time.monotonic()
        launch(data, "--background")
        print(f"{'everything':<14}{time.monotonic() - begun:6.1f} s")
    return 0


def _back(demo: Demo, name: str) -> float:
    """Seconds."""
    program = next(program for program in demo.programs() if program.name == name)
    old = set(demo.kill(name))
    begun = time.monotonic()
    while (
        demo.supervision.pid(name) in (0, *old)
        or old & {process.pid for process in processes()}
        or not program.answers()
    ):
        if time.monotonic() - begun > PATIENCE:
            raise SystemExit(f"{name} does not come back: {sorted(old)}")
        time.sleep(0.05)
    return time.monotonic() - begun


if __name__ == "__main__":
    raise SystemExit(main())
