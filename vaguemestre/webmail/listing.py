"""The list as it is drawn: every word of a row is made here once, so that the template only places them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby

from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Address, Folder, Page, Row
from vaguemestre.mailbox.pages import Only
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import dates
from vaguemestre.web.quantities import grouped
from vaguemestre.web.templatetags.web import icon
from vaguemestre.webmail.correspondents import face

PAGE = 50
FRENCH_SIGNS = re.compile(r" ([:;?!»])")
LATE, EARLY = timedelta(days=90), timedelta(minutes=10)
SHOWS_RECIPIENTS = {"drafts", "sent"}


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of which folder the list shows; what its addresses are made of."""

    folder: MailboxId
    before: Uid | None = None
    only: Only | None = None

    @property
    def query(self) -> str:
        pairs = {"avant": self.before, "voir": FILTERS[self.only] if self.only else None}
        kept = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def url(self) -> str:
        return reverse("webmail:folder", args=[self.folder]) + self.query

    def at(self, before: Uid | None) -> "Place":
        return Place(self.folder, before, self.only)


FILTERS: dict[Only, str] = {"unseen": "non-lus", "flagged": "suivis"}


@dataclass(frozen=True, slots=True)
class RowView:
    uid: int
    url: str
    choose: str
    who: str
    initials: str
    avatar: str
    subject: str
    preview: str
    when: str
    exact: str
    iso: str
    state: SafeString  # attributes that the stylesheet reads
    lead: SafeString  # what stands before the name for those who do not see the brick
    marks: SafeString
    link: SafeString  # attributes of the link


@dataclass(frozen=True, slots=True)
class Day:
    heading: str
    rows: SafeString


def days(
    page: Page, place: Place, folder: Folder, mine: frozenset[str], now: datetime, current: Uid | None
) -> list[Day]:
    """Under headings in order of arrival; a row without any header still has its words."""
    rows = sorted(page.rows, key=moment, reverse=True)  # two mails that crossed on the way stand in order of writing
    view = _viewer(place, folder, mine, now, current, first=rows[0] if rows and current is None else None)
    by_day: Iterator[tuple[str, Iterator[Row]]] = groupby(rows, lambda row: dates.day_heading(moment(row), now))
    return [Day(heading, SafeString("".join(drawn(view(row)) for row in rows))) for heading, rows in by_day]


def row_views(page: Page, place: Place, folder: Folder, mine: frozenset[str], now: datetime) -> list[RowView]:
    """The words of the rows alone, for another page than the list."""
    view = _viewer(place, folder, mine, now, None, first=None)
    return [view(row) for row in page.rows]


@lru_cache(maxsize=4096)
def drawn(row: RowView) -> SafeString:
    """A row says the same until one of its words changes: it is drawn once, however often its list is shown."""
    return SafeString(loader.get_template("webmail/row.html").render({"row": row}))


def moment(row: Row) -> datetime:
    """When it was written, as everywhere; when it came, if its sender's clock cannot be right."""
    written = row.sent
    believable = written is not None and row.received - LATE <= written <= row.received + EARLY
    return written if written is not None and believable else row.received


def place_in_words(page: Page) -> str:
    if not page.rows:
        return ""
    last = page.first + len(page.rows) - 1
    words = {"first": grouped(page.first), "last": grouped(last), "total": grouped(page.folder_total)}
    return _("%(first)s to %(last)s of %(total)s") % words


def subject_or_not(subject: str) -> str:
    """Its French signs stay with their word, whatever space its author typed."""
    return FRENCH_SIGNS.sub("\N{NO-BREAK SPACE}\\1", subject.strip()) or _("(no subject)")


def _viewer(
    place: Place, folder: Folder, mine: frozenset[str], now: datetime, current: Uid | None, first: Row | None
) -> Callable[[Row], RowView]:
    base, query = reverse("webmail:folder", args=[place.folder]), place.query
    to_recipients, is_drafts = folder.role in SHOWS_RECIPIENTS, folder.role == "drafts"
    choose = _("Choose")
    marks, states, leads = lru_cache(_marks), lru_cache(_state), lru_cache(_lead)

    def view(row: Row) -> RowView:
        people = row.to if to_recipients else ((row.sender,) if row.sender else ())
        shown = face(people[0] if people else None, mine)
        said, unread = moment(row), not row.seen and not to_recipients
        return RowView(
            uid=row.uid,
            choose=choose,
            url=f"{base}{row.uid}/reprise/" if is_drafts else f"{base}{row.uid}/{query}",
            who=_who(people, row.recipients if to_recipients else 1, to_recipients),
            initials=shown.initials,
            avatar=shown.css,
            subject=subject_or_not(row.subject),
            preview=row.preview,
            when=dates.in_words(said, now),
            exact=_exact(said, get_language()),
            iso=timezone.localtime(said).isoformat(timespec="minutes"),
            state=states(unread, row.flagged),
            lead=leads(unread, row.draft and not is_drafts),
            marks=marks(row.answered, row.forwarded, row.has_attachments, row.flagged),
            link=_link(row.uid == current, f"{base}{row.uid}/reprise/" if is_drafts else "", first=row is first),
        )

    return view


@lru_cache(maxsize=4096)
def _exact(said: datetime, _language: str | None) -> str:
    """The words of a moment that do not change with the hour."""
    return dates.in_full(said)


def _state(unread: bool, starred: bool) -> SafeString:
    return format_html(
        "{}{}", SafeString(" data-unread") if unread else "", SafeString(" data-starred") if starred else ""
    )


def _lead(unread: bool, draft: bool) -> SafeString:
    words = [(unread, "visually-hidden", _("Unread: ")), (draft, "row-draft", _("Draft: "))]
    return format_html_join("", '<span class="{}">{}</span>', [(css, word) for on, css, word in words if on])


def _marks(answered: bool, forwarded: bool, clip: bool, starred: bool) -> SafeString:
    """Shapes, each with its word."""
    shapes = [
        (answered, icon("reply"), _("Answered")),
        (forwarded, icon("forward"), _("Forwarded")),
        (clip, icon("paperclip"), _("With attachment")),
        (starred, icon("star", "starred"), pgettext("one message", "Starred")),
    ]
    drawn = [(shape, word) for on, shape, word in shapes if on]
    return format_html_join("", '{}<span class="visually-hidden">{}</span>', drawn)


def _link(current: bool, resumed: str, first: bool) -> SafeString:
    """A draft opens over the page that is there; the first row answers to the key that goes on reading."""
    if resumed:
        return format_html(' hx-get="{}" hx-target="#ecrire" hx-swap="innerHTML" hx-push-url="true"', resumed)
    return SafeString(' aria-current="true"' if current else ' data-key="j"' if first else "")


def _who(people: Sequence[Address], count: int, to_recipients: bool) -> str:
    labels = [person.label.strip() for person in people if person.label.strip()]
    if not labels:
        return _("(no recipient)") if to_recipients else _("(unknown sender)")
    names = ", ".join(labels[:3])
    more = count - len(labels[:3])
    return f"{names} {ngettext('and %s more', 'and %s more', more) % grouped(more)}" if more > 0 else names
