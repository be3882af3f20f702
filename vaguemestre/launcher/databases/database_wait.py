"""Waits for the database of this installation, as the user who will ask it: it may start later than we do.

`python -m vaguemestre.launcher.databases.database_wait SECONDS`: 0 once it answers; 1 with its reason when it does not.
"""

import sys
import time

import psycopg

from vaguemestre.instance import read_instance

PAUSE_SECONDS = 1.0
SECONDS_A_TRY = 5


def run(server: str, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(server, connect_timeout=SECONDS_A_TRY).close()
        except psycopg.OperationalError as error:  # it names server and user, never a password
            if time.monotonic() >= deadline:
                print(str(error).strip(), file=sys.stderr)
                return 1
            time.sleep(PAUSE_SECONDS)
        else:
            return 0


if __name__ == "__main__":
    sys.exit(run(read_instance().database or "", float(sys.argv[1])))
