"""One sentence about what was just done, and how to take it back.

It travels in a signed cookie from the act to the next page, so that it works without a script and leaves no trace in
an address.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from django.core import signing
from django.http import HttpRequest, HttpResponseBase

COOKIE = "__Host-toast"
SALT = "vaguemestre.webmail.toast"
UNDO_SALT = "vaguemestre.webmail.undo"
LIFE = 60  # seconds: the next page takes it
UNDO_LIFE = 3600


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo` is a signed word that only its own account can use; empty when there is nothing to take back."""

    said: str
    undo: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Where the messages are now, and where they were."""

    account: str
    source: str  # the folder they were in
    target: str
    uids: list[int] = field(default_factory=list)

    def signed(self) -> str:
        return signing.dumps(asdict(self), salt=UNDO_SALT, compress=True)


def read_undo(word: str, account_key: str) -> Undo | None:
    """None for a word that is forged, too old, or somebody else's."""
    try:
        found = Undo(**signing.loads(word, salt=UNDO_SALT, max_age=UNDO_LIFE))
    except signing.BadSignature:
        return None
    return found if found.account == account_key else None


def say(response: HttpResponseBase, toast: Toast) -> None:
    value = signing.dumps(asdict(toast), salt=SALT, compress=True)
    response.set_cookie(COOKIE, value, max_age=LIFE, secure=True, httponly=True, samesite="Lax", path="/")


def read(request: HttpRequest) -> Toast | None:
    try:
        found: Mapping[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    return Toast(**found)


def forget(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")
