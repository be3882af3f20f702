"""One sentence about what was just done, and how to take it back.

It travels in a signed cookie from the act to the next page, so that it works without a script and leaves no trace in
an address. Any room's act may say one, any page may show it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from vaguemestre.web.url_cache import reverse

COOKIE = "__Host-toast"
SALT = "vaguemestre.web.toast"
LIFE = 60  # seconds: the next page takes it
STAYS, STAYS_WITH_UNDO = 6, 12  # seconds on the screen, unless the act itself says how long


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo` is a word that only its own account can use; empty when there is nothing to take back."""

    said: str
    undo: str = ""
    tone: str = ""
    undo_at: str = "webmail:undo"  # the address of ours that takes the word
    seconds: int = 0  # how long it stays, where that is how long it can be taken back
    back: str = ""  # where it is taken back to, if not to the page that shows it
    undo_url: str = ""  # of the mailbox in which the act was done, whichever shows it

    def __post_init__(self) -> None:
        if self.undo and not self.undo_url:
            object.__setattr__(self, "undo_url", reverse(self.undo_at))

    @property
    def stays(self) -> int:
        return self.seconds or (STAYS_WITH_UNDO if self.undo else STAYS)


def say(response: HttpResponseBase, toast: Toast) -> None:
    value = signing.dumps(asdict(toast), salt=SALT, compress=True)
    response.set_cookie(COOKIE, value, max_age=LIFE, secure=True, httponly=True, samesite="Lax", path="/")


def redirect(url: str, toast: Toast) -> HttpResponseRedirect:
    response = HttpResponseRedirect(url)
    say(response, toast)
    return response


def read(request: HttpRequest) -> Toast | None:
    try:
        found: Mapping[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return None
    return Toast(**found)


def forget(response: HttpResponseBase) -> None:
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Lax", path="/")
