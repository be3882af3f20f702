"""Becomes a program of the service: `python -m vaguemestre.launcher.processes.program_start PROGRAM USER COMMAND…`.

What systemd does by its cgroups and settings, where there is only a supervisor: what a former run left has ended, one
that fails again and again waits, and it ends with the supervisor. No Django, nothing heavy: it runs before each start.
"""

import os
import pwd
import signal
import sys
from pathlib import Path

from vaguemestre.launcher.processes import leftovers, restarts
from vaguemestre.mailbox.sandbox.parent_death import end_with_parent
from vaguemestre.web.monitoring import logged_program


def run(program: str, user: str, command: list[str]) -> None:
    data, supervisor = Path(os.environ["VAGUEMESTRE_DATA"]), os.getppid()
    end_with_parent(signal.SIGTERM)
    if supervisor != leftovers.supervisor_of(data):
        sys.exit("its supervisor has ended")
    leftovers.end_strays(supervisor)
    restarts.wait_turn(data, program)
    become(user)
    end_with_parent(signal.SIGTERM)  # a change of user forgets it
    os.execvp(command[0], command)  # noqa: S606 - no shell is what is wanted


def become(user: str) -> None:
    account = pwd.getpwnam(user)
    if account.pw_uid != os.getuid():
        os.initgroups(user, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)


if __name__ == "__main__":
    logged_program.configure_logging()
    run(sys.argv[1], sys.argv[2], sys.argv[3:])
