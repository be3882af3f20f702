"""One sentence about what was just done, and how to take it back.

It travels in a signed cookie from the act to the next page, so that it works without a script and leaves no trace in
an address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import ngettext

from vaguemestre.web.quantities import grouped

COOKIE = "__Host-toast"
SALT = "vaguemestre.webmail.toast"
UNDO_SALT = "vaguemestre.webmail.undo"
LIFE = 60  # seconds: the next page takes it
UNDO_LIFE = 3600
LONGEST_UNDO = 3000  # letters; what stands round it in the cookie takes some more


@dataclass(frozen=True, slots=True)
class Toast:
    """`undo` is a signed word that only its own account can use; empty when there is nothing to take back."""

    said: str
    undo: str = ""
    tone: str = ""
    undo_at: str = "undo"  # the address of ours that takes the word
    seconds: int = 0  # how long it stays, where that is how long it can be taken back

    @property
    def undo_url(self) -> str:
        return reverse(f"webmail:{self.undo_at}")


@dataclass(frozen=True, slots=True)
class Undo:
    """Where the messages are now, and where they were."""

    account: str
    source: str  # the folder they were in
    target: str
    uids: list[int] = field(default_factory=list)

    def signed(self) -> str:
        return signed([self])


def signed(undoing: Sequence[Undo]) -> str:
    """One word for what was moved out of several folders at once. Empty when it would be more than a cookie holds: the
    browser would drop it, and the sentence with it."""
    word = signing.dumps([asdict(one) for one in undoing], salt=UNDO_SALT, compress=True)
    return word if len(word) <= LONGEST_UNDO else ""


def read_undo(word: str, account_key: str) -> list[Undo]:
    """Empty for a word that is forged, too old, or somebody else's."""
    try:
        found = [Undo(**one) for one in signing.loads(word, salt=UNDO_SALT, max_age=UNDO_LIFE)]
    except signing.BadSignature:
        return []
    return found if all(one.account == account_key for one in found) else []


def with_gone(said: str, done: int, gone: int) -> str:
    """What was done to `done` messages, and that others that were meant are no longer there. Empty when neither."""
    if not gone:
        return said if done else ""
    if not done:
        return ngettext(
            "This message is no longer here: it was moved or deleted elsewhere.",
            "These messages are no longer here: they were moved or deleted elsewhere.",
            gone,
        )
    words = {"said": said, "count": grouped(gone)}
    return ngettext("%(said)s. %(count)s was no longer here.", "%(said)s. %(count)s were no longer here.", gone) % words


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
