"""A page that has already what it would be given: most of what a list shows is then neither made nor sent.

It asks whether anything is new (own acts come back as news of the server): what is compared is what the words are made
of. Or it asks for a message beside the list that it shows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.search.search_results import SearchHit
from vaguemestre.mailbox.messages import Folder, Row
from vaguemestre.mailbox.values import UNDELIVERED, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.webmail.message_list import infinite_scroll

KNOWN = "X-Etat"
DESK = "div#bureau"
RECENT = timedelta(hours=1, minutes=10)  # an hour, and what a sender's clock may be ahead (`header_text.EARLY`)


class ListUnchangedError(Exception):
    """The page shows already what it would be given."""


def list_state(found: ConversationPage, everything: Sequence[Folder], now: datetime, *beside: object) -> str:
    """The same in every process, whichever message is open. While "12 min ago" stands in the list, no older than a
    minute."""
    page = found.page
    rows = [(int(row.uid), sorted(row.flags)) for row in page.rows]
    together = [
        (
            one.count, one.here, one.seen, one.flagged, one.has_attachments, one.deleted,
            any(UNDELIVERED in row.flags for row in one.rows),
        )
        for one in found.together.values()
    ]  # fmt: skip
    of_page = found.messages, page.folder_total, page.first, page.older
    return _word(page.rows, everything, now, rows, together, *of_page, *beside)


def results_state(hits: Sequence[SearchHit], everything: Sequence[Folder], now: datetime, *beside: object) -> str:
    """The same, of what a search has found."""
    rows = [(*hit.place, sorted(hit.row.flags)) for hit in hits]
    return _word([hit.row for hit in hits], everything, now, rows, *beside)


def _word(shown: Sequence[Row], everything: Sequence[Folder], now: datetime, *seen: object) -> str:
    counts = [
        (folder.id, folder.uid_validity, str(folder.name), folder.role, folder.total, folder.unseen, folder.subscribed)
        for folder in everything
    ]
    moment = moment_text(now, recent=any(now - row.received < RECENT for row in shown))
    return blake2b(repr((counts, moment, seen)).encode(), digest_size=12).hexdigest()


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
