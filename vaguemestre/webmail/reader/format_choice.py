"""Whether a message is read formatted or as plain text: by preference, and by what was asked for it while it is open.

What was asked is written in the browser until it is closed, so that an act on the page, or mail that comes, does not
take it back. It names messages by what only their owner's addresses hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponseBase

from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.values import MailboxId, Uid

ASKED = "vue"  # in an address
WORDS = {"texte": True, "html": False}
COOKIE = "__Host-vues"
MOST = 24  # messages: those asked for last


@dataclass(frozen=True, slots=True)
class FormatChoice:
    prefers_text: bool = False
    chosen: Mapping[str, bool] = field(default_factory=dict)

    def as_text(self, folder: MailboxId, uid: Uid) -> bool:
        return self.chosen.get(_name((folder, uid)), self.prefers_text)


def format_choice(request: HttpRequest, spot: Spot, *, prefers_text: bool) -> FormatChoice:
    """`spot`: the message that the address speaks of."""
    kept = {
        one[1:]: one[0] == "t" for one in request.COOKIES.get(COOKIE, "").split(".")[:MOST] if one[:1] in {"t", "h"}
    }
    wanted = WORDS.get(request.GET.get(ASKED, ""))
    return FormatChoice(prefers_text, kept if wanted is None else {_name(spot): wanted} | _without(kept, spot))


def remember_format(request: HttpRequest, response: HttpResponseBase, views: FormatChoice) -> None:
    """Once it was asked for, until the browser is closed."""
    if request.GET.get(ASKED, "") in WORDS:
        value = ".".join(f"{'t' if as_text else 'h'}{name}" for name, as_text in [*views.chosen.items()][:MOST])
        response.set_cookie(COOKIE, value, secure=True, httponly=True, samesite="Lax", path="/")


def _without(kept: Mapping[str, bool], spot: Spot) -> dict[str, bool]:
    return {name: as_text for name, as_text in kept.items() if name != _name(spot)}


def _name(spot: Spot) -> str:
    folder, uid = spot
    return f"{folder[:12]}-{uid}"
