"""`python -m vaguemestre.launcher COMMAND …`: what stands behind the short scripts of `bin/`."""

import errno
import os
import sys

from vaguemestre.launcher.closed_output import closed_output_accepted
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _, speak_of_arguments


def main(arguments: list[str]) -> int:
    os.umask(0o022)  # an operator's stricter one would close the data folder to the product's users
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    speak_of_arguments()
    try:
        with closed_output_accepted():
            return _act(arguments[0], arguments[1:])
    except LauncherError as problem:
        print(problem, file=sys.stderr)
        return problem.status
    except OSError as error:
        if error.errno == errno.EROFS:
            said = _("The disk is read-only. See dmesg, check it (fsck), mount it again, then start again.")
        elif error.errno in (errno.ENOSPC, errno.EDQUOT):
            said = _("The disk is full. Nothing was lost: make room, then start again.")
        else:
            raise
        print(said, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _act(name: str, rest: list[str]) -> int:
    """Each imports what it needs: a stop must not wait for what a start brings."""
    match name:
        case "run" | "prepare":
            from vaguemestre.launcher import run

            return run.run(rest) if name == "run" else run.prepare_only(rest)
        case "package":
            from vaguemestre.launcher.packaging import build

            return build.run(rest)
        case "units":
            from vaguemestre.launcher.systemd import units

            return units.run(rest)
        case "ready":
            from vaguemestre.launcher import readiness

            return readiness.run(rest)
        case "command":
            from vaguemestre.launcher import operator_command

            return operator_command.run(rest)
        case _:
            raise LauncherError(f"{name}: unknown command")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
