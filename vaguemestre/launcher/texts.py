"""What the launcher says, in French unless the operator's locale is English. It speaks before Django can be set up."""

import gettext
import os
from pathlib import Path


def _language() -> str:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if locale.startswith("en") else "fr"


_catalogue = gettext.translation("django", Path(__file__).with_name("locale"), languages=[_language()], fallback=True)


def speak_of_arguments() -> None:
    """Python's own words about a command line (argparse), from this catalogue."""
    gettext.bindtextdomain("django", str(Path(__file__).with_name("locale")))
    gettext.textdomain("django")
    os.environ["LANGUAGE"] = _language()


def _(text: str, **values: object) -> str:
    return _catalogue.gettext(text).format(**values)


ARGPARSE = (
    _("usage: "), _("%(heading)s:"), _("options"), _("positional arguments"), _("show this help message and exit"),
    _("%(prog)s: error: %(message)s\n"), _("argument %(argument_name)s: %(message)s"), _("expected one argument"),
    _("unrecognized arguments: %s"), _("the following arguments are required: %s"),
    _("one of the arguments %s is required"), _("not allowed with argument %s"),
    _("invalid %(type)s value: %(value)r"), _("invalid choice: %(value)r (choose from %(choices)s)"),
    _("ambiguous option: %(option)s could match %(matches)s"),
)  # fmt: skip
