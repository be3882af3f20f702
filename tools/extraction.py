"""`python -m tools.extraction ROOM…`: the texts of these rooms, read into their French catalogues. One
process for all: Django's start costs more than the texts of a room."""

import contextlib
import os
import sys

import django
from django.core.management import call_command


def main(rooms: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vaguemestre.settings")
    django.setup()
    for room in rooms:
        with contextlib.chdir(room):
            call_command("makemessages", locale=["fr"], no_location=True, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])
