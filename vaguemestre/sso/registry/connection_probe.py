"""The test button of the registry: does anybody answer at the addresses of an application? The only place of this room
that reads `settings.OUTSIDE`: what the authority keeps inside is not reached from here, whatever was registered."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.mailbox.errors import FetchError
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard
from vaguemestre.mailbox.sandbox.fetcher.http_request import fetch_status
from vaguemestre.sso.models import Application

SECONDS = 5.0
MOST = 12  # addresses looked at for one application
AT_ONCE = 4


@dataclass(frozen=True)
class ConnectionAnswer:
    """`what` names the address; `said` is what came of it, in words."""

    what: str
    address: str
    good: bool
    said: str


def probe_connection(application: Application) -> list[ConnectionAnswer]:
    """Some seconds at most. Knocks with the head of a request only: nothing of anybody is told to the other side."""
    asked = list(_addresses(application))[:MOST]
    outside = settings.OUTSIDE
    guard = Guard(outside["refused"], outside["permitted"])
    ca: Path | None = settings.MAIL["ca"] if guard.permitted else None
    if not asked:
        return [ConnectionAnswer(_("Home page"), application.home, True, _("A page of this service: nothing to try."))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = list(pool.map(lambda one: _knocked(one[1], guard, ca), asked))
    return [_answer(what, address, result) for (what, address), result in zip(asked, came, strict=True)]


def _addresses(application: Application) -> Iterator[tuple[str, str]]:
    """Each server once for the returns: a return address answers nothing of use without a code."""
    if not application.home.startswith("/"):  # else a page of ours, which is there as long as this one
        yield _("Home page"), application.home
    returns = [*application.redirect_uris.split(), *(one.removesuffix("*") for one in application.cas_services)]
    for origin in dict.fromkeys(_origin(address) for address in returns):
        yield _("Server of return addresses"), origin
    if application.backchannel_logout_uri:
        yield _("Sign-out address"), application.backchannel_logout_uri


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def _knocked(address: str, guard: Guard, ca: Path | None) -> int | str:
    """The status, or why there is none. In a thread of its own, which knows no language: the words come later."""
    try:
        return fetch_status(address, guard, ca=ca, seconds=SECONDS)
    except FetchError as error:
        return error.reason


def _answer(what: str, address: str, came: int | str) -> ConnectionAnswer:
    if isinstance(came, str):
        return ConnectionAnswer(what, address, False, _failed(came))
    return ConnectionAnswer(what, address, came < 500, _answered(came))


def _answered(status: int) -> str:
    words = {"status": status}
    if status < 300:
        return _("It answers: all is well (%(status)d).") % words
    if status < 400:
        return _("It answers and leads elsewhere, as a page that asks to sign in does (%(status)d).") % words
    if status == 404:
        return _("The server answers, and has nothing at this address (%(status)d): check the path.") % words
    if status < 500:
        return _("The server answers, and wants more than a knock (%(status)d): that is usual.") % words
    return _("The server answers that it is broken (%(status)d). Warn those who run it.") % words


def _failed(reason: str) -> str:
    match reason:
        case "name":
            return _("No such server: its name is not known. Check how it is written.")
        case "inside":
            return _("Not tried from here: the address is inside a network, or on another port than 80 and 443.")
        case "certificate":
            return _("The server answers with a certificate that is not valid for its name, or has expired.")
        case "time":
            return _("No answer within five seconds.")
        case "address":
            return _("This is no address of a page.")
        case _away:
            return _("Nobody answers there, or the connection breaks off.")
