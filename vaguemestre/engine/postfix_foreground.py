"""Postfix under a supervisor: `python -m vaguemestre.engine.postfix_foreground CONFIG` lives as long as Postfix does.

`postfix start-fg` does so only as the first process of a container. Anywhere else it leaves the master in a session of
its own, which no signal to the parent reaches: stopped, it would continue, and the next start would find the queue
taken."""

import signal
import subprocess
import sys
from types import FrameType

MASTER = "/usr/lib/postfix/sbin/master"


def run(config: str) -> int:
    # Makes the queue's folders on the first run, and refuses a configuration that cannot work.
    checked = subprocess.run(["postfix", "-c", config, "check"], check=False)
    if checked.returncode:
        return checked.returncode
    # The kernel ends the master too if this process is killed outright.
    command = ["setpriv", "--pdeathsig", "TERM", MASTER, "-c", config, "-s"]
    master = subprocess.Popen(command, start_new_session=True)

    def stop(_number: int, _frame: FrameType | None) -> None:
        master.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    ended = master.wait()
    return 0 if ended == -signal.SIGTERM else ended  # a stop is no failure


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
