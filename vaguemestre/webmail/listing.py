"""The list as it is drawn: every word of a row is made here once, so that the template only places them."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.mailbox.messages import Address, Folder, Page, Row
from vaguemestre.mailbox.pages import Only
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import dates
from vaguemestre.web.quantities import grouped
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
    who: str
    initials: str
    avatar: str
    subject: str
    preview: str
    when: str
    exact: str
    iso: str
    unread: bool
    starred: bool
    clip: bool
    answered: bool
    forwarded: bool
    draft: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Day:
    heading: str
    rows: list[RowView]


def days(
    page: Page, place: Place, folder: Folder, mine: frozenset[str], now: datetime, current: Uid | None
) -> list[Day]:
    """Under headings in order of arrival; a row without any header still has its words."""
    view = _viewer(place, folder, mine, now, current)
    rows = sorted(page.rows, key=moment, reverse=True)  # two mails that crossed on the way stand in order of writing
    by_day: Iterator[tuple[str, Iterator[Row]]] = groupby(rows, lambda row: dates.day_heading(moment(row), now))
    return [Day(heading, [view(row) for row in rows]) for heading, rows in by_day]


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
    place: Place, folder: Folder, mine: frozenset[str], now: datetime, current: Uid | None
) -> Callable[[Row], RowView]:
    base, query = reverse("webmail:folder", args=[place.folder]), place.query
    to_recipients, is_drafts = folder.role in SHOWS_RECIPIENTS, folder.role == "drafts"

    def view(row: Row) -> RowView:
        people = row.to if to_recipients else ((row.sender,) if row.sender else ())
        shown = face(people[0] if people else None, mine)
        said = moment(row)
        return RowView(
            uid=row.uid,
            url=f"{base}{row.uid}/reprise/" if is_drafts else f"{base}{row.uid}/{query}",
            who=_who(people, row.recipients if to_recipients else 1, to_recipients),
            initials=shown.initials,
            avatar=shown.css,
            subject=subject_or_not(row.subject),
            preview=row.preview,
            when=dates.in_words(said, now),
            exact=dates.in_full(said),
            iso=timezone.localtime(said).isoformat(timespec="minutes"),
            unread=not row.seen and not to_recipients,
            starred=row.flagged,
            clip=row.has_attachments,
            answered=row.answered,
            forwarded=row.forwarded,
            draft=row.draft,
            current=row.uid == current,
        )

    return view


def _who(people: Sequence[Address], count: int, to_recipients: bool) -> str:
    labels = [person.label.strip() for person in people if person.label.strip()]
    if not labels:
        return _("(no recipient)") if to_recipients else _("(unknown sender)")
    names = ", ".join(labels[:3])
    more = count - len(labels[:3])
    return f"{names} {ngettext('and %s more', 'and %s more', more) % grouped(more)}" if more > 0 else names
