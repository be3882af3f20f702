"""`vaguemestre --help`: the commands for operators, also where no data folder is yet."""

import os
import textwrap

import django
from django.core.management import get_commands, load_command_class

from vaguemestre.launcher.texts import _

OF_PROGRAMS = {"brand", "error_pages", "settings_check", "tasks"}  # nobody types them
WIDTH, LEFT = 100, 14


def run() -> int:
    os.environ.pop("VAGUEMESTRE_DATA", None)
    django.setup()
    listed = {name: load_command_class(app, name).help for name, app in get_commands().items() if _is_listed(name, app)}
    listed |= {
        "init": _("Makes this machine the mail service: asks, installs, starts."),
        "back": _("Puts the former version back, with the database as it was before."),
        "certificate": _("The certificates that everybody is shown."),
    }
    print(_("usage: ") + _("vaguemestre COMMAND …; each knows --help"), end="\n\n")
    for name, text in sorted(listed.items()):
        print(textwrap.fill(text, WIDTH, initial_indent=f"  {name:<{LEFT}}", subsequent_indent=" " * (LEFT + 2)))
    return 0


def _is_listed(name: str, app: str) -> bool:
    return app.startswith("vaguemestre.") and name not in OF_PROGRAMS and not name.startswith("demo-")
