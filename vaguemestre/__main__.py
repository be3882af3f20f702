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
    from django.core.management.base import BaseCommand, CommandError

    from vaguemestre.launcher.closed_output import closed_output_accepted
    from vaguemestre.launcher.texts import speak_of_arguments

    speak_of_arguments()
    BaseCommand.suppressed_base_arguments = DJANGO_S_OWN
    with closed_output_accepted():
        try:
            execute_from_command_line(["vaguemestre", *_with_errors_raised(sys.argv[1:])])
        except CommandError as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(error.returncode)


def _with_errors_raised(arguments: list[str]) -> list[str]:
    """Django would print the class of an error before its words, in red: to an operator both are noise."""
    if not arguments or arguments[0].startswith("-") or arguments[0] == "help":
        return arguments
    name, *rest = arguments
    return [name, "--traceback", *rest]


if __name__ == "__main__":
    main()
