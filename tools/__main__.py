"""`python -m tools ci|house|messages|test …`: the commands of `bin/` for those who work on the code."""

import os
import sys

from tools import ci, house_picture, messages, test_run
from vaguemestre.launcher.errors import LauncherError

COMMANDS = {"ci": ci.run, "house": house_picture.run, "messages": messages.run, "test": test_run.run}


def main(arguments: list[str]) -> int:
    os.umask(0o022)  # what a test installation writes is read by the product's users
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except LauncherError as problem:
        print(problem, file=sys.stderr)
        return problem.status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
