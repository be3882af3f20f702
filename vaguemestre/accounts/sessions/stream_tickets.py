"""Who may hear that new mail came: a ticket that lives five minutes, for one session. No table here: the event process
reads it too, and has no database.

An open page has it renewed by the web, which looks at the session; a stream ends with its ticket, or before, when the
web says that a session has ended (`event_streams`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.http.response import HttpResponseBase

COOKIE = "__Secure-events"
PATH = "/evenements/"
LIFE = timedelta(minutes=5)
_SALT = "vaguemestre.events"
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Ticket:
    """`mark` names the session, and opens nothing (`sessions.session_mark`). `boxes`: shared mailboxes
    that it hears too."""

    key: str
    mark: str
    made_at: datetime
    boxes: tuple[str, ...] = ()

    @property
    def ends_at(self) -> datetime:
        return self.made_at + LIFE


def sign_ticket(ticket: Ticket) -> str:
    made_at = (ticket.made_at - datetime.fromtimestamp(0, UTC)) // _MICROSECOND
    return Signer(salt=_SALT).sign(".".join((ticket.key, ticket.mark, str(made_at), *ticket.boxes)))


def read_ticket(signed: str, *, now: datetime) -> Ticket | None:
    """None for one that we did not sign, and for one that is over."""
    try:
        key, mark, made_at, *boxes = Signer(salt=_SALT).unsign(signed).split(".")
        ticket = Ticket(key, mark, datetime.fromtimestamp(0, UTC) + int(made_at) * _MICROSECOND, tuple(boxes))
    except (BadSignature, ValueError):
        return None
    return ticket if now < ticket.ends_at else None


def set_ticket(response: HttpResponseBase, ticket: Ticket) -> None:
    """The ticket as a cookie that only the event stream's address gets: never in a URL, never readable by a script."""
    response.set_cookie(COOKIE, sign_ticket(ticket), path=PATH, secure=True, httponly=True, samesite="Strict")


def forget_ticket(response: HttpResponseBase) -> None:
    """At sign-out: whoever uses this browser next hears nothing of it."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
