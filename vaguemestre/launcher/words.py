"""What the launcher says, in French unless the operator's locale is English. It speaks before Django can be set up."""

import gettext
import os
from pathlib import Path


def _language() -> str:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if locale.startswith("en") else "fr"


_catalogue = gettext.translation("django", Path(__file__).with_name("locale"), languages=[_language()], fallback=True)


def _(text: str, **values: object) -> str:
    return _catalogue.gettext(text).format(**values)
