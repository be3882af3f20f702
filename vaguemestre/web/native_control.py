"""A date, an hour or a file in the words of the page: the browser's own control speaks the browser's language."""

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

EMPTY: dict[str, Promise] = {
    "date": _("Choose a day"),
    "time": _("Choose an hour"),
    "datetime-local": _("Choose a day and an hour"),
    "file": _("Choose a file"),
    "files": _("Choose files"),
}
MANY = _("{n} files chosen")


def native_control(kind: str, control: SafeString) -> SafeString:
    """`kind`: a key of EMPTY; `control`: the HTML of one `<input>`, which is shown as it is without a script."""
    many = MANY if kind == "files" else ""
    return render_to_string("web/native.html", {"empty": EMPTY[kind], "many": many, "control": control})
