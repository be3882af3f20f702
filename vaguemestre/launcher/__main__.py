"""`python -m vaguemestre.launcher COMMAND …`: what stands behind the short scripts of `bin/`."""

import errno
import os
import sys

import django

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
        case "ci" | "test" | "house" | "messages" | "package":
            return _develop(name, rest)
        case "cast" | "careers" | "factors" | "box":
            return _fill_demo(name)
        case "units":
            from vaguemestre.launcher import units

            return units.run(rest)
        case "ready":
            from vaguemestre.launcher import readiness

            return readiness.run(rest)
        case "command":
            from vaguemestre.launcher import operator_command

            return operator_command.run(rest)
        case _:
            raise LauncherError(f"{name}: unknown command")


def _develop(name: str, rest: list[str]) -> int:
    """For those who work on the house."""
    match name:
        case "ci":
            from vaguemestre.launcher import ci

            return ci.run(rest)
        case "test":
            from vaguemestre.launcher import test_run

            return test_run.run(rest)
        case "house":
            from vaguemestre.launcher import house_picture

            return house_picture.run(rest)
        case "package":
            from vaguemestre.launcher.packaging import build

            return build.run(rest)
        case _:
            from vaguemestre.launcher import messages

            return messages.run(rest)


def _fill_demo(name: str) -> int:
    """As the product's user, with all that its rooms bring."""
    django.setup()
    match name:
        case "cast":
            from vaguemestre.launcher import demo_signins

            return demo_signins.run()
        case "careers":
            from vaguemestre.launcher import demo_careers

            return demo_careers.run()
        case "box":
            from vaguemestre.launcher import demo_box

            return demo_box.run()
        case _:
            from vaguemestre.launcher import demo_factors

            return demo_factors.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
