"""The operator's command: `vaguemestre people import FILE`, `vaguemestre letters print`, and Django's own."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["vaguemestre", *sys.argv[1:]])


if __name__ == "__main__":
    main()
