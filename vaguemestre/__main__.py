"""The operator's command: `vaguemestre people import FILE`, `vaguemestre letters print`, and Django's own."""

import os
import sys

# They work, and stand in no help: Django says them in English alone.
DJANGO_S_OWN = {
    "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
    "--skip-checks",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    from django.core.management import execute_from_command_line
    from django.core.management.base import BaseCommand

    from vaguemestre.launcher.closed_output import closed_output_accepted
    from vaguemestre.launcher.texts import speak_of_arguments

    speak_of_arguments()
    BaseCommand.suppressed_base_arguments = DJANGO_S_OWN
    with closed_output_accepted():
        execute_from_command_line(["vaguemestre", *sys.argv[1:]])


if __name__ == "__main__":
    main()
