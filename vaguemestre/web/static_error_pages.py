"""Error pages as files, for the web server in front: nothing behind it answers, so neither request nor database."""

from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.web.context import Page
from vaguemestre.web.views.errors import SERVER_ERROR, ErrorPage

TOO_LARGE = ErrorPage(
    413,
    _("Insufficient postage"),
    _("What you sent is too heavy"),
    _("Nothing was sent, and what you wrote is still there."),
    _("Go back, then remove an attachment or send it in several messages."),
)
QUEUE = ErrorPage(
    429,
    _("Queue at the counter"),
    _("Many people are signing in at this moment"),
    _("Wait a minute, then start again."),
    _("Your password is not in question."),
    again=True,
)
FILES = ErrorPage(
    429,
    _("Queue at the counter"),
    _("Many files are being fetched at this moment"),
    _("Wait a minute, then start again."),
    _("The file stays where it is."),
    again=True,
)
RESTARTING = ErrorPage(
    502,
    _("Counter closed"),
    _("The service is starting again"),
    _("Wait a minute, then start again."),
    _("Messages keep arriving, none is lost."),
    again=True,
)
CLOSED = ErrorPage(
    503,
    _("Maintenance"),
    _("Closed for maintenance"),
    _("Mail on the web opens again as soon as possible."),
    _("Messages keep arriving, none is lost. Thunderbird, Outlook and telephones still receive them."),
    again=True,
)
PAGES = {
    **{str(page.status): page for page in (TOO_LARGE, QUEUE, SERVER_ERROR, RESTARTING, CLOSED)},
    "429-files": FILES,
}


def write_pages(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}.html", error) for name, error in PAGES.items()]


def _write(path: Path, error: ErrorPage) -> Path:
    # An empty address is the page that was asked for: the file is served in its place.
    context = {"page": Page(academy(), "fr"), "error": error, "again": "" if error.again else None}
    path.write_text(render_to_string("web/error.html", context), encoding="utf-8")
    return path
