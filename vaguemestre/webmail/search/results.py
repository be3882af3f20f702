"""What was found, as the list draws it: rows that say their folder, found words marked, chips to narrow or widen."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.found import Found, Hit, file_names
from vaguemestre.mailbox.messages import Folder, Page, Quota
from vaguemestre.mailbox.searching import Query
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.snippets import excerpt, holds
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import dates
from vaguemestre.web.quantities import grouped, size_in_words
from vaguemestre.web.templatetags.web import icon
from vaguemestre.webmail import copies, listing
from vaguemestre.webmail import folders as columns
from vaguemestre.webmail.labels import Chip as LabelChip
from vaguemestre.webmail.labels import Labels, neutral
from vaguemestre.webmail.listing import Day, FoundWords, Place, RowView, Within
from vaguemestre.webmail.search.marks import marked
from vaguemestre.webmail.search.reading import Asked, asked

RESULTS = "recherche"  # stands where the others have the id of their folder: `urls.py`
LAST_PAGE = 400
LARGE = 1024 * 1024  # octets: what one looks for who makes room; `_offered` writes it as one types it
OFFERED_LABELS = 2
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,190}")

type Message = tuple[MailboxId, Uid]


@dataclass(frozen=True, slots=True)
class Chip:
    """`on`: understood, and taken away by a press; else one press adds it."""

    words: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Of the open message, inside the results."""

    position: str
    newer_url: str
    older_url: str


@dataclass(frozen=True, slots=True)
class Results:
    text: str
    searched: bool
    scope: str  # where, in words
    said: tuple[str, ...]
    chips: list[Chip]
    title: str
    days: list[Day]
    place_words: str
    newer_url: str
    older_url: str
    wider_url: str  # without the criteria that narrow most, when nothing was found
    role: str
    folder: MailboxId | None
    neighbours: Neighbours | None
    folders: list[Folder]
    quota: Quota | None
    label: str = ""  # its name, when the messages of one label are all that is asked for
    of_files: bool = False  # attachments are asked for, or one of them by its name


def token(folder: MailboxId, uid: Uid) -> str:
    """One message among those of several folders, in a box of the list."""
    return f"{folder}-{uid}"


def look(
    session: Session, account: Account, within: Within, *, mine: frozenset[str], now: datetime,
    current: Message | None, own: Labels,
) -> Results:  # fmt: skip
    """Raises `NoSuchFolder` when the folder that is searched has just been deleted."""
    wanted = read(session, within.text, now, {chip.name: chip.keyword for chip in own.chips})
    label = (own.find(wanted.label) or neutral(wanted.label)).name if wanted.label else ""
    if not wanted.searchable:
        return _nothing_asked(session, wanted, label)
    if wanted.query.awaiting:
        wanted = replace(wanted, query=_unanswered(session, wanted.query))
    # One message more on each side: those before and after the page's own.
    start = max(0, (within.page - 1) * listing.PAGE - 1)
    found, folders, quota = session.search(wanted.query, start=start, count=listing.PAGE + 2)
    found = copies.once_found(session, account, found, now)
    first = (within.page - 1) * listing.PAGE - start
    hits = found.hits[first : first + listing.PAGE]
    folder = columns.by_id(folders, wanted.query.folder)
    more = found.total > within.page * listing.PAGE and bool(hits)
    return Results(
        text=wanted.text, searched=True, scope=_scope(folder), said=wanted.said,
        chips=[*_understood(wanted), *_offered(wanted, hits, own)],
        title=label or _count(found),
        days=_days(hits, wanted, within, mine, now, current, own),
        place_words=_place_words(found, within, len(hits)),
        newer_url=_url(wanted.text, within.page - 1) if within.page > 1 else "",
        older_url=_url(wanted.text, within.page + 1) if more and within.page < LAST_PAGE else "",
        wider_url=_wider(wanted) if not found.total else "",
        role=(folder.role or "") if folder else "", folder=wanted.query.folder,
        neighbours=_neighbours(found, within, start, current) if current else None,
        folders=folders, quota=quota, label=label, of_files=_asks_for_files(wanted),
    )  # fmt: skip


def read(session: Session, text: str, now: datetime, labels: Mapping[str, str]) -> Asked:
    """Folders from memory; asked for again when one that is named is not among them. `labels`: keywords by name."""
    today = timezone.localtime(now).date()
    try:
        found = asked(text, folders=session.known_folders(), keywords=session.borne, labels=labels, today=today)
    except NoSuchFolder:
        found = asked(text, folders=session.folders(), keywords=session.borne, labels=labels, today=today)
    if found.folder_missing:
        return asked(text, folders=session.folders(), keywords=session.borne, labels=labels, today=today)
    return found


def _unanswered(session: Session, query: Query) -> Query:
    """They lie in Sent, and the mailbox says which they are."""
    sent = session.by_role("sent")
    if sent is None or sent.id is None or query.folder not in {None, sent.id}:
        return replace(query, numbers=())
    return replace(query, folder=sent.id, numbers=tuple(session.matching(sent.id, "awaiting")))


def _nothing_asked(session: Session, wanted: Asked, label: str) -> Results:
    """Or a label that no message bears."""
    return Results(
        text=wanted.text, searched=False, scope=_scope(None) if label else "", said=() if label else wanted.said,
        chips=_understood(wanted), title=label or _("Search"), days=[], place_words="", newer_url="", older_url="",
        wider_url="", role="", folder=None, neighbours=None, folders=session.folders(), quota=session.quota(),
        label=label,
    )  # fmt: skip


def _asks_for_files(wanted: Asked) -> bool:
    return wanted.query.attachment is not None or any(term.where == "file" for term in wanted.query.terms)


def _count(found: Found) -> str:
    if not found.total:
        return _("Nothing found")
    words = ngettext("%s result", "%s results", found.total) % grouped(found.total)
    return _("At least %s") % words if found.at_least else words


def _scope(folder: Folder | None) -> str:
    if folder:
        return _("in %s") % columns.label(folder)
    return _("in all folders but the bin and junk")


def _place_words(found: Found, within: Within, count: int) -> str:
    first = (within.page - 1) * listing.PAGE + 1
    words = {"first": grouped(first), "last": grouped(first + count - 1), "total": grouped(found.total)}
    return _("%(first)s to %(last)s of %(total)s") % words if count else ""


def _days(
    hits: Sequence[Hit], wanted: Asked, within: Within, mine: frozenset[str], now: datetime, current: Message | None,
    own: Labels,
) -> list[Day]:  # fmt: skip
    views = [(hit, _row(hit, wanted, within, mine, now, current, own)) for hit in hits]
    by_day: Iterator[tuple[str, Iterator[tuple[Hit, RowView]]]] = groupby(
        views, lambda one: dates.day_heading(one[0].row.received, now)
    )
    return [Day(heading, SafeString("".join(listing.drawn(view) for _hit, view in rows))) for heading, rows in by_day]


def _row(
    hit: Hit, wanted: Asked, within: Within, mine: frozenset[str], now: datetime, current: Message | None,
    own: Labels,
) -> RowView:  # fmt: skip
    """The row that its own folder would show, with what the search adds."""
    beginnings = wanted.query.beginnings
    page = Page((hit.row,), 1, None, 1, older=False, newer=False, newer_before=None)
    [view] = listing.row_views(page, Place(hit.id, within=within), hit.folder, mine, now, own.row)
    link = SafeString(' aria-current="true"') if hit.place == current else view.link
    where = format_html(
        '<span class="row-where">{}{}</span>',
        icon(columns.ROLE_ICONS.get(hit.folder.role or "", "folder"), "icon-s"), columns.label(hit.folder),
    )  # fmt: skip
    words = FoundWords(marked(view.subject, beginnings), marked(view.who, beginnings), where)
    return replace(
        view, uid=token(*hit.place), link=link, preview=marked(_snippet(hit, beginnings), beginnings), found=words
    )


def _snippet(hit: Hit, beginnings: Sequence[str]) -> str:
    """The words round the hit; else the name of the file that was found; else the first words, as in any list."""
    row = hit.row
    if hit.excerpt:
        return hit.excerpt
    if holds(row.preview, beginnings):
        return excerpt(row.preview, beginnings)
    return next((name for name in file_names(row) if holds(name, beginnings)), row.preview)


def _neighbours(found: Found, within: Within, start: int, current: Message) -> Neighbours | None:
    places = [hit.place for hit in found.hits]
    if current not in places:
        return None
    place = places.index(current)
    words = {"place": grouped(start + place + 1), "total": grouped(found.total)}

    def url(beside: int) -> str:
        if not 0 <= beside < len(places):
            return ""
        page = (start + beside) // listing.PAGE + 1
        folder, uid = places[beside]
        return reverse("webmail:message", args=[folder, uid]) + Within(within.text, page).query

    return Neighbours(_("Result %(place)s of %(total)s") % words, url(place - 1), url(place + 1))


def _understood(wanted: Asked) -> list[Chip]:
    """Plain words stay in the box; what narrows is said again, and taken away by a press."""
    narrowing = [criterion for criterion in wanted.criteria if criterion.kind != "word"]
    return [Chip(criterion.words, _url(wanted.without(criterion)), on=True) for criterion in narrowing]


def _offered(wanted: Asked, hits: Sequence[Hit], own: Labels) -> list[Chip]:
    """What would narrow these results, in the words that one could have typed."""
    kinds = wanted.kinds()
    offers = [
        ("unseen", _("Unread"), "est:non-lu"),
        ("flagged", _("Starred"), "est:suivi"),
        ("attachment", _("With attachment"), "pj:oui"),
    ]
    if not kinds & {"after", "during"}:
        offers.append(("after", _("Last 30 days"), "après:30j"))
    if "from" not in kinds and (sender := _frequent_sender(hits)):
        offers.append(("from", _("From %s") % sender[0], f"de:{sender[1]}"))
    if "folder" not in kinds and (folder := _frequent_folder(hits)):
        offers.append(("folder", _("in %s") % columns.label(folder), f'dans:"{columns.path_words(folder)}"'))
    if any(hit.row.size > LARGE for hit in hits) and any(hit.row.size <= LARGE for hit in hits):
        offers.append(("larger", _("more than %s") % size_in_words(LARGE), "taille:>1Mo"))
    offers += [("label", _("label %s") % chip.name, chip.typed) for chip in _frequent_labels(hits, own)]
    return [Chip(words, _url(wanted.with_(source)), on=False) for kind, words, source in offers if kind not in kinds]


def _frequent_sender(hits: Sequence[Hit]) -> tuple[str, str] | None:
    """Only where it narrows: several people wrote, one of them more than once."""
    senders = [hit.row.sender for hit in hits if hit.row.sender and _ADDRESS.fullmatch(hit.row.sender.address)]
    counted = Counter(sender.address.lower() for sender in senders)
    if len(counted) < 2:
        return None
    address, times = counted.most_common(1)[0]
    if times < 2:
        return None
    return next((sender.label, address) for sender in senders if sender.address.lower() == address)


def _frequent_folder(hits: Sequence[Hit]) -> Folder | None:
    counted = Counter(hit.folder for hit in hits if '"' not in hit.folder.name)
    return counted.most_common(1)[0][0] if len(counted) > 1 else None


def _frequent_labels(hits: Sequence[Hit], own: Labels) -> list[LabelChip]:
    """Those that some of them bear and not all, at most two."""
    counted = Counter(chip for hit in hits for chip in own.worn(hit.row.flags))
    return [chip for chip, times in counted.most_common() if times < len(hits)][:OFFERED_LABELS]


def _wider(wanted: Asked) -> str:
    """The words alone, when they were narrowed to nothing."""
    words = [criterion.source for criterion in wanted.criteria if criterion.kind == "word"]
    return _url(" ".join(words)) if words and len(words) < len(wanted.criteria) else ""


def _url(text: str, page: int = 1) -> str:
    return Within(text, page).url
