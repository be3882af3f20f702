"""A page that has already what it would be given: most of what a list shows is then neither made nor sent.

It asks whether anything is new (own acts come back as news of the server): what is compared is what the words are made
of. Or it asks for a message beside the list that it shows.
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.search.search_results import SearchHit
from vaguemestre.mailbox.imap.wire.answer_cache import AnswerCache
from vaguemestre.mailbox.messages import Folder, Row
from vaguemestre.mailbox.values import PINNED, RETURNED, UNDELIVERED, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail.message_list import infinite_scroll

KNOWN = "X-Etat"
DESK = "div#bureau"
DIGITS = 16  # of each word of a state
MOVING = frozenset({PINNED, RETURNED})  # flags by which a row stands elsewhere
RECENT = timedelta(hours=1, minutes=10)  # an hour, and what a sender's clock may be ahead (`header_text.EARLY`)
_said_rows: AnswerCache[array[int]] = AnswerCache(4096)  # 400 bytes each


class ListUnchangedError(Exception):
    """The page shows already what it would be given."""


def list_state(found: ConversationPage, everything: Sequence[Folder], now: datetime, *beside: object) -> str:
    """The same in every process, whichever message is open: which rows stand where, and what they say. While "12 min
    ago" stands in the list, no older than a minute."""
    page = found.page
    rows = [(int(row.uid), not MOVING.isdisjoint(row.flags)) for row in page.rows]
    together = [(one.count, one.here) for one in found.together.values()]
    marks = (
        [sorted(row.flags) for row in page.rows],
        [
            (one.seen, one.flagged, one.has_attachments, one.deleted, any(UNDELIVERED in row.flags for row in one.rows))
            for one in found.together.values()
        ],
    )
    of_page = found.messages, page.folder_total, page.first, page.older
    order = _word(_folders(everything), moment_text(now, recent=False), rows, together, of_page, beside)
    return order + _word(_counts(everything), _moment(page.rows, now), marks)


def results_state(hits: Sequence[SearchHit], everything: Sequence[Folder], now: datetime, *beside: object) -> str:
    """The same, of what a search has found."""
    rows = [(*hit.place, sorted(hit.row.flags)) for hit in hits]
    return _word(_folders(everything), _counts(everything), _moment([hit.row for hit in hits], now), rows, beside)


def remember_rows(owner: str, state: str, drawn: Mapping[int | str, str]) -> None:
    """What the rows of a page said, for `changed_rows`."""
    _said_rows.put((owner, state), None, array("q", map(hash, drawn.values())))


def changed_rows[Text: str](
    request: StaffRequest, owner: str, state: str, draw: Callable[[], Mapping[int | str, Text]]
) -> dict[int | str, Text] | None:
    """Rows that say something else than on the page that asks; None where it shows other rows, or these elsewhere, or
    where it is not remembered what they said."""
    shown = request.headers.get(KNOWN, "").partition(".")[0]
    said = _said_rows.get((owner, shown), None) if shown[:DIGITS] == state[:DIGITS] else None
    drawn = draw() if said is not None else {}
    if said is None or len(said) != len(drawn):
        return None
    return {uid: text for (uid, text), before in zip(drawn.items(), said, strict=True) if hash(text) != before}


def _word(*seen: object) -> str:
    return blake2b(repr(seen).encode(), digest_size=DIGITS // 2).hexdigest()


def _folders(everything: Sequence[Folder]) -> list[object]:
    return [(one.id, one.uid_validity, str(one.name), one.role, one.subscribed, one.total > 0) for one in everything]


def _counts(everything: Sequence[Folder]) -> list[object]:
    return [(one.total, one.unseen) for one in everything]


def _moment(shown: Sequence[Row], now: datetime) -> str:
    return moment_text(now, recent=any(now - row.received < RECENT for row in shown))


def moment_text(now: datetime, *, recent: bool) -> str:
    """Until which the words of a moment stay: "12 min ago", or yesterday."""
    return now.strftime("%Y-%m-%d %H:%M" if recent else "%Y-%m-%d %H")


def with_open_message(state: str, current: Uid | str | None) -> str:
    return f"{state}.{current}" if current else state


def has_list(request: StaffRequest, url: str) -> bool:
    """Whether the page that asks shows this list, so that a message can be put beside it."""
    opens = is_htmx(request) and request.headers.get("HX-Target") == DESK and request.method == "GET"
    return opens and bool(request.headers.get(KNOWN)) and infinite_scroll.shows(request, url)


def refuse_unchanged(request: StaffRequest, found: str) -> None:
    if request.headers.get(KNOWN) == found:
        raise ListUnchangedError
