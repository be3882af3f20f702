"""The list as it is drawn: every word of a row is made here once, so that the template only places them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from html import escape
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.template import loader
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext as _, ngettext, pgettext

from vaguemestre.mailbox.containers import signed_message
from vaguemestre.mailbox.imap.conversations.conversation_summary import ConversationSummary
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.list_filters import ListFilter
from vaguemestre.mailbox.imap.wire.answer_cache import AnswerCache
from vaguemestre.mailbox.messages import Address, Folder, Page, Part, Row
from vaguemestre.mailbox.sandbox.converter import thumbnail_client
from vaguemestre.mailbox.values import JUNK, PINNED, RETURNED, UNDELIVERED, MailboxId, PiecePath, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.compose import draft_copies
from vaguemestre.webmail.content import file_types
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.content.header_text import message_date, subject_text
from vaguemestre.webmail.message_list import list_state, row_icons, sort_order
from vaguemestre.webmail.message_list.list_query import SHOWS_RECIPIENTS, ListQuery
from vaguemestre.webmail.message_list.writers import ONESELF, Writers
from vaguemestre.webmail.people.correspondents import Avatar, avatar, participants_text, senders_in_order

# Drawn as a text and not as a template: somebody who comes again waits for fifty of them, and it is four times as fast.
# What is no `SafeString` is escaped.
ROW = (
    '<li class="row" id="l{uid}" data-value="{uid}"{state}>\n'
    '<label class="row-pick"><input type="checkbox" name="choix" value="{uid}" form="lot"\n'
    '      aria-label="{choose} : {subject}"><span class="{avatar}" aria-hidden="true">{face}</span></label>\n'
    '<a class="row-link" href="{url}"{link}{frame} data-is="{known}">\n'
    '<span class="row-line"><span class="row-from cut">{lead}{who}</span>{count}\n'
    '  <time class="row-when" datetime="{iso}" title="{exact}" aria-hidden="true">{when}</time></span>\n'
    '<span class="row-line"><span class="row-subject cut">{said}</span> <span class="row-marks">{marks}</span>\n'
    '  <span class="visually-hidden">, {unread}{when}</span></span>\n'
    '<span class="row-line"><span class="row-snippet cut" aria-hidden="true">{preview}</span>'
    "{labels}{where}{by} {size}</span>{thumbs}\n"
    "</a></li>\n"
)
_PLACED = (
    "uid", "url", "choose", "face", "avatar", "subject", "preview", "when", "exact", "iso", "state", "lead", "unread",
    "marks", "labels", "link", "count", "by", "size", "thumbs",
)  # fmt: skip
_placed = attrgetter(*_PLACED)
_WORDS = ("frame", "who", "said", "where", *_PLACED)
_drawn_rows: AnswerCache[SafeString] = AnswerCache(8192)  # some 10 MB

type Drawn = Callable[[frozenset[str]], SafeString]  # the labels among the flags of a message, as its row shows them


@dataclass(frozen=True, slots=True)
class FoundWords:
    """What a search adds to a row: found words are marked in it, and it says its folder."""

    subject: SafeString
    who: SafeString
    where: SafeString


@dataclass(slots=True)
class RowView:
    uid: int | str  # with its folder, in a list of several
    url: str
    choose: str
    who: str
    face: SafeString
    avatar: str
    subject: str
    preview: str
    when: str
    exact: str
    iso: str
    state: SafeString  # attributes that the stylesheet reads
    lead: SafeString  # what stands before the name
    unread: str  # for those who do not see the brick
    marks: SafeString
    labels: SafeString
    link: SafeString  # attributes of the link
    count: SafeString  # messages of the conversation, when there are several
    by: SafeString  # which member wrote it, where its sender is not named
    formatted: bool  # its text is shown in a frame
    size: SafeString  # in a list that is sorted by it, to make room
    thumbs: SafeString = SafeString("")  # noqa: RUF009 - never changed
    found: FoundWords | None = None


@dataclass(frozen=True, slots=True)
class ListDay:
    heading: str
    drawn: Mapping[int | str, SafeString]  # each row by its number, as it stands in the page

    @property
    def rows(self) -> SafeString:
        return SafeString("".join(self.drawn.values()))


def list_days(
    found: ConversationPage, place: ListQuery, folder: Folder, mine: frozenset[str], now: datetime, labels: Drawn,
    hours: Mapping[int, str] | None = None, *, pins: ConversationPage | None = None, on_top: bool = False,
    owner: str = "", chips: Mapping[Uid, SafeString] | None = None, writers: Writers = ONESELF,
) -> list[ListDay]:  # fmt: skip
    """Under headings, by when it was received; a row without a header still has its words. `hours`: when it comes back.
    `pins` stand above all that, where this is the top of the list (`on_top`), and nowhere else. `owner`: under whose
    key first pages of PDF are kept. `chips`: its owner, by its newest message.

    Whichever message is open: `with_opened_row` marks its row."""
    above, wholes = ordered_rows(found, place, pins)
    lifted = frozenset(max(one.here) for one in above)
    draw = _drawer(place, folder, mine, now, labels, hours or {}, lifted, owner, chips or {}, writers)
    if place.order is not None:
        return [ListDay(sort_order.heading_text(place.order), draw(wholes))] if wholes else []
    by_day: Iterator[tuple[str, Iterator[ConversationSummary]]] = groupby(
        wholes, lambda whole: date_text.day_heading(whole.newest.received, now)
    )
    shown = [ListDay(heading, draw(some)) for heading, some in by_day]
    if above and on_top:
        shown.insert(0, ListDay(pgettext("messages", "Pinned"), draw(above)))
    return shown


def ordered_rows(
    found: ConversationPage, place: ListQuery, pins: ConversationPage | None
) -> tuple[list[ConversationSummary], list[ConversationSummary]]:
    """What stands above all, and the rows of the page without it: one after the other as they are drawn."""
    above = conversation_summaries(pins) if pins else []
    lifted = frozenset(max(one.here) for one in above)
    wholes = [one for one in conversation_summaries(found) if max(one.here) not in lifted]
    if place.order is None or place.order.by == "arrival":
        wholes.sort(key=_stands, reverse=place.order is None)
    return above, wholes


def _stands(whole: ConversationSummary) -> tuple[date, datetime]:
    """By the day on which it came, as the pages are made; two mails that crossed on the way, in order of writing."""
    return date_text.local_day(whole.newest.received), list_date(whole.newest)


def conversation_summaries(found: ConversationPage) -> list[ConversationSummary]:
    return [found.together.get(row.uid) or single_message(row) for row in found.page.rows]


def first_to_read(found: ConversationPage) -> ConversationSummary | None:
    """Of the rows of a page, the newest that is unread, else the newest."""
    wholes = conversation_summaries(found)
    return next((one for one in wholes if not one.seen), wholes[0] if wholes else None)


def row_views(
    page: Page, place: ListQuery, folder: Folder, mine: frozenset[str], now: datetime, labels: Drawn | None = None,
    writers: Writers = ONESELF,
) -> list[RowView]:  # fmt: skip
    """The words of the rows alone, for another page than the list."""
    view = _viewer(place, folder, mine, now, labels or no_labels, {}, frozenset(), writers)
    return [
        view(single_message(row), _thumbs(row, place.folder, _pictured(row, place.folder, folder.role, "")))
        for row in page.rows
    ]


def open_url(found: ConversationPage, place: ListQuery, folder: Folder, current: Uid | None) -> str:
    """Where the row leads that the open message belongs to; empty when none of them is its."""
    if current is None or folder.role == "drafts":
        return ""
    for row in found.page.rows:
        whole = found.together.get(row.uid)
        if current == row.uid or (whole is not None and current in whole.here):
            return f"{own_url('webmail:folder', place.folder)}{row.uid}/{place.query}"
    return ""


def with_opened_row(drawn: str, url: str) -> SafeString:
    """A drawn list beside an open message: its row says so."""
    link = f'<a class="row-link" href="{escape(url)}"'
    return SafeString(drawn.replace(link, f'{link} aria-current="true"', 1) if url else drawn)


def render_row(row: RowView) -> SafeString:
    """`known`: by which a page knows that it has this very row (`unchanged-parts.ts`)."""
    found, frame = row.found, SafeString(' data-frame="corps/"') if row.formatted else ""
    who, said, where = (
        (found.who, found.subject, format_html(" {}", found.where)) if found else (row.who, row.subject, "")
    )
    words = [_escaped(one) for one in (frame, who, said, where, *_placed(row))]
    known = blake2b("\0".join(words).encode(), digest_size=6).hexdigest()
    return SafeString(ROW.format(known=known, **dict(zip(_WORDS, words, strict=True))))


def _escaped(text: object) -> str:
    """As `format_html` does it, which asks of each of a thousand words whether it is a promise."""
    return text if isinstance(text, SafeString) else escape(str(text))


@lru_cache(maxsize=1024)
def render_row_actions(
    folder: MailboxId | str,
    role: str,
    inbox: MailboxId | None,
    only: ListFilter | None,
    later: bool,
    writes: bool,
    shared: bool,
    _language: str | None,
) -> SafeString:
    """The one set of acts that goes from row to row; it depends on its folder, its filter and the right alone. `later`:
    what lies there may be put off. `shared`: of a shared mailbox."""
    shown = {
        "list": {"id": folder, "role": role, "inbox": inbox, "only": only},
        "later": later,
        "writes": writes,
        "shared": shared,
    }
    return SafeString(loader.get_template("webmail/message_list/row_actions.html").render(shown))


def list_date(row: Row) -> datetime:
    """Where it stands in a list: what was put off and is back, at the hour of its return."""
    return row.received if RETURNED in row.flags else message_date(row)


def position_text(page: Page) -> str:
    if not page.rows:
        return ""
    last = page.first + len(page.rows) - 1
    words = {"first": number_text(page.first), "last": number_text(last), "total": number_text(page.folder_total)}
    return _("%(first)s to %(last)s of %(total)s") % words


def no_labels(_flags: frozenset[str]) -> SafeString:
    return SafeString("")


def _drawer(
    place: ListQuery, folder: Folder, mine: frozenset[str], now: datetime, labels: Drawn, hours: Mapping[int, str],
    lifted: frozenset[Uid], owner: str, chips: Mapping[Uid, SafeString], writers: Writers,
) -> Callable[[Iterable[ConversationSummary]], dict[int | str, SafeString]]:  # fmt: skip
    """A row says the same until something in it changes: one that was marked costs one row, not fifty."""
    view = _viewer(place, folder, mine, now, labels, hours, lifted, writers)
    base, of_list = own_url("webmail:folder", place.folder), (owner, get_language(), place.query)
    hour, minute = list_state.moment_text(now, recent=False), list_state.moment_text(now, recent=True)

    def draw(whole: ConversationSummary) -> SafeString:
        row = whole.newest
        pictured, chip = _pictured(row, place.folder, folder.role, owner), chips.get(row.uid, SafeString(""))
        said = (
            chip, folder.uid_validity, mine, minute if now - row.received < list_state.RECENT else hour, pictured,
            labels(_flags(whole)), hours.get(row.uid), max(whole.here) in lifted, whole.count, whole.here, whole.seen,
            whole.flagged, whole.deleted, *((one.message_id, one.received, one.flags) for one in whole.rows),
            *map(writers.name, (row, *whole.rows) if writers.mailbox else ()),
        )  # fmt: skip
        where = (base, row.uid, of_list)
        drawn = _drawn_rows.get(where, said)
        if drawn is None:
            shown = view(whole, _thumbs(row, place.folder, pictured))
            shown.labels += chip
            drawn = render_row(shown)
            _drawn_rows.put(where, said, drawn)
        return drawn

    return lambda wholes: {int(max(whole.here)): draw(whole) for whole in wholes}


def _flags(whole: ConversationSummary) -> frozenset[str]:
    return whole.newest.flags.union(*(one.flags for one in whole.rows)) if whole.count > 1 else whole.newest.flags


def _viewer(
    place: ListQuery, folder: Folder, mine: frozenset[str], now: datetime, labels: Drawn, hours: Mapping[int, str],
    lifted: frozenset[Uid], writers: Writers,
) -> Callable[[ConversationSummary, SafeString], RowView]:  # fmt: skip
    base, language = own_url("webmail:folder", place.folder), get_language()
    to_recipients, is_drafts = folder.role in SHOWS_RECIPIENTS, folder.role == "drafts"
    choose = _("Choose")

    def view(whole: ConversationSummary, thumbs: SafeString) -> RowView:
        row = whole.newest
        shown, who = _to_whom(row, mine) if to_recipients else _from_whom(whole, mine, writers)
        by = writers.by_text(row) if to_recipients or whole.count == 1 else ""
        said, unread = list_date(row), not whole.seen and not to_recipients
        back = RETURNED in row.flags and row.uid not in hours
        url = f"{base}{row.uid}/{draft_copies.query_of_copy(row) if is_drafts else place.query}"
        uid, flags = max(whole.here), _flags(whole)
        return RowView(
            uid=uid, choose=choose, url=url, who=who, face=shown.face, avatar=shown.css,
            subject=subject_text(row.subject),
            preview=row.preview,
            when=date_text.relative_date_text(said, now),
            exact=_exact(said, language),
            iso=_iso(said),
            state=row_icons.state_icons(unread, whole.flagged, PINNED in flags or uid in lifted, whole.deleted),
            lead=row_icons.lead_icons(row.draft and not is_drafts, back, language),
            unread=f"{pgettext('one message', 'unread')}, " if unread else "",
            marks=_marks(whole, flags, hours.get(row.uid), language),
            labels=labels(flags),
            link=_link(url) if is_drafts else SafeString(""),
            count=row_icons.count_text(whole.count, language),
            by=format_html(' <span class="row-where">{}</span>', by) if by else SafeString(""),
            formatted=row.has_html and not is_drafts,
            thumbs=thumbs,
            size=row_icons.size_text(row) if place.order is not None and place.order.by == "size" else SafeString(""),
        )  # fmt: skip

    return view


def _marks(whole: ConversationSummary, flags: frozenset[str], hour: str | None, language: str | None) -> SafeString:
    row = whole.newest
    clip = whole.has_attachments and not row.files
    marks = row_icons.mark_icons(
        UNDELIVERED in flags, row.answered, row.forwarded, clip, whole.flagged, whole.deleted, language
    )
    return row_icons.hour_text(hour) + marks if hour is not None else marks


def _pictured(row: Row, folder: MailboxId, role: str | None, owner: str) -> tuple[PiecePath, ...]:
    """Of which attached files something is shown: of a photograph its picture, of a PDF that was opened its first page,
    where that was made."""
    if not row.files or role == "junk" or JUNK in row.flags:
        return ()
    placed = [(one, PiecePath(one.path)) for one in row.files if one.path is not None]
    return tuple(
        path for one, path in placed if _is_pictured(one, AttachmentAddress(folder, row.uid, path), row, owner)
    )


def _is_pictured(part: Part, spot: AttachmentAddress, row: Row, owner: str) -> bool:
    if file_types.is_photograph(part):
        return True
    name = spot.image_name(owner, row)
    return file_types.is_pdf(part) and thumbnail_client.has_thumbnail(
        settings.MAIL["conversions"], name, thumbnail_client.ROWS
    )


def _thumbs(row: Row, folder: MailboxId, pictured: Sequence[PiecePath]) -> SafeString:
    def spot(part: Part) -> str:
        path = PiecePath(part.path) if part.path else None
        return AttachmentAddress(folder, row.uid, path).in_row if path and path in pictured else ""

    files = [one for one in row.files if one.type not in signed_message.TYPES]  # what it holds is the message
    return row_icons.file_thumbs(files, spot) if files else SafeString("")


def single_message(row: Row) -> ConversationSummary:
    return ConversationSummary((row,), row, 1, (row.uid,), row.seen, row.flagged, row.has_attachments, row.deleted)


@lru_cache(maxsize=4096)
def _exact(said: datetime, _language: str | None) -> str:
    """The words of a moment that do not change with the hour."""
    return date_text.full_date_text(said)


@lru_cache(maxsize=4096)
def _iso(said: datetime) -> str:
    return timezone.localtime(said).isoformat(timespec="minutes")


def _link(resumed: str) -> SafeString:
    """A draft opens over the page that is there."""
    return format_html(' hx-get="{}" hx-target="#ecrire" hx-swap="beforeend" hx-push-url="true"', resumed)


def _to_whom(row: Row, mine: frozenset[str]) -> tuple[Avatar, str]:
    """Whose face the row bears, and its names."""
    return avatar(row.to[0] if row.to else None, mine), _names(row.to, row.recipients) or _("(no recipient)")


def _from_whom(whole: ConversationSummary, mine: frozenset[str], writers: Writers) -> tuple[Avatar, str]:
    """The face is that of whom the row names first."""
    if whole.count > 1:
        named = senders_in_order(sorted(whole.rows, key=message_date), mine, writers.signer)
        first = named[0][0] if named else whole.newest
        face = avatar(first.sender, mine, from_list=first.from_list)
        return face, participants_text([name for _row, name in named])
    row = whole.newest
    face = avatar(row.sender, mine, from_list=row.from_list)
    return face, _names([row.sender] if row.sender else [], 1) or _("(unknown sender)")


def _names(people: Sequence[Address], count: int) -> str:
    labels = [person.label.strip() for person in people if person.label.strip()]
    if not labels:
        return ""
    names = ", ".join(labels[:3])
    more = count - len(labels[:3])
    return f"{names} {ngettext('and %s more', 'and %s more', more) % number_text(more)}" if more > 0 else names
