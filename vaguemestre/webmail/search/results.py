"""What was found, as the list draws it: rows that say their folder, found words marked, chips to narrow or widen."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import blake2b
from itertools import groupby

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.errors import NoSuchFolderError, UidValidityChangedError
from vaguemestre.mailbox.imap.list_filters import NEWEST
from vaguemestre.mailbox.imap.query.search_query import Query, SearchLimit
from vaguemestre.mailbox.imap.search.search_results import SearchHit, SearchResults, file_names
from vaguemestre.mailbox.imap.search.whole_results import Places
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder, Page, Quota
from vaguemestre.mailbox.mime.search_snippets import excerpt, has_hit
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.templatetags.web import icon
from vaguemestre.web.url_cache import own_url, reverse
from vaguemestre.webmail.compose import draft_copies
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.labels.labels import LabelChip, Labels, neutral_chip
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.message_list import infinite_scroll, list_query, rows as list_rows, sort_order
from vaguemestre.webmail.message_list.list_query import ListQuery, SearchQuery
from vaguemestre.webmail.message_list.rows import FoundWords, ListDay, RowView
from vaguemestre.webmail.message_list.writers import Writers, load_writers
from vaguemestre.webmail.search import index_progress
from vaguemestre.webmail.search.highlights import highlight
from vaguemestre.webmail.search.index_progress import IndexProgress
from vaguemestre.webmail.search.periods import parse_day, parse_period
from vaguemestre.webmail.search.query_parser import SearchRequest, parse_search, period_query
from vaguemestre.webmail.search.search_url import LAST_PAGE

RESULTS = "recherche"  # stands where the others have the id of their folder: `urls.py`
LARGE = 1024 * 1024  # bytes: what one looks for who makes room; `_offered` writes it as one types it
LONGEST_PERIOD = 3  # words: "le mois dernier"
OFFERED_LABELS = 2
NAMED_FOLDERS = 3
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,190}")

type Message = tuple[MailboxId, Uid]


@dataclass(frozen=True, slots=True)
class SearchChip:
    """`on`: understood, and taken away by a press; else one press adds it."""

    words: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class AdjacentResults:
    position: str
    newer_url: str
    older_url: str


@dataclass(frozen=True, slots=True)
class Results:
    text: str
    searched: bool
    scope: str  # where, in words
    said: tuple[str, ...]
    chips: list[SearchChip]
    title: str
    draw: Callable[[], list[ListDay]]
    place_words: str
    newer_url: str
    older_url: str
    wider_url: str  # without the criteria that narrow most, when nothing was found
    role: str
    folder: MailboxId | None
    neighbours: AdjacentResults | None
    folders: list[Folder]
    quota: Quota | None
    terms: tuple[str, ...] = ()  # plain text that is looked for
    label: str = ""  # its name, when the messages of one label are all that is asked for
    awaiting: bool = False  # what nobody has answered is asked for
    of_files: bool = False  # attachments are asked for, or one of them by its name
    total: int = 0
    pages: int = 1  # so many stand one under the other
    whole: str = ""  # what names all of them, as they are at this moment (`all_places`)
    hits: Sequence[SearchHit] = ()
    open_url: str = ""  # of the row of the open message
    partial: bool = False  # a message that was moved this moment is not in it yet
    progress: IndexProgress | None = None  # the texts of some messages are not ready: what they hold is not in it yet


def message_token(folder: MailboxId, uid: Uid) -> str:
    """One message among those of several folders, in a box of the list."""
    return f"{folder}-{uid}"


def search_results(
    session: Session, access: MailboxAccess, within: SearchQuery, *, mine: frozenset[str], now: datetime,
    current: Message | None, own: Labels, pages: int = 1, links: SearchQuery | None = None,
) -> Results:  # fmt: skip
    """`links`: the search to which its rows lead back, where that is another page of it. Raises `NoSuchFolderError`
    when the folder that is searched has just been deleted."""
    wanted = read_request(session, within.text, now, own, lambda: mine)
    label = (own.find(wanted.label) or neutral_chip(wanted.label)).name if wanted.label else ""
    if not wanted.searchable:
        return _nothing_asked(session, wanted, within, label)
    query = _unanswered(session, wanted.query) if wanted.query.awaiting else wanted.query
    # One message more on each side: those before and after the page's own.
    above, count = (within.page - 1) * list_query.PAGE_SIZE, pages * list_query.PAGE_SIZE
    start = max(0, above - 1)
    found, folders, quota, progress = index_progress.search_with_progress(
        session, access.mailbox.key, query, start=start, count=count + 2, order=within.order or NEWEST
    )
    found = draft_copies.results_without_former_copies(session, access.mailbox, found)
    hits = found.hits[above - start : above - start + count]
    folder = lookup.folder_by_id(folders, query.folder)
    next_page = within.page + pages
    # Phrases are looked for in the first texts of an order: an act on all would look in the newest.
    names_all = found.bound and (within.order in {None, NEWEST} or not found.at_least)
    more = found.total > above + count and bool(hits) and next_page <= LAST_PAGE
    return Results(
        text=wanted.text, searched=True, scope=_scope(folder), said=(*wanted.said, *_so_far(found, progress)),
        chips=[*_understood(wanted, within), *_offered(wanted, hits, within, own, timezone.localdate(now))],
        title=label or _count(found, progress),
        draw=lambda: _days(hits, wanted, links or within, access, mine, now, own),
        place_words=_place_words(found, within, len(hits)),
        newer_url=replace(within, page=within.page - 1).url if within.page > 1 else "",
        older_url=replace(within, page=next_page).url if more else "",
        wider_url=_wider(wanted) if not found.total else "",
        role=(folder.role or "") if folder else "", folder=query.folder,
        neighbours=_neighbours(found, within, pages, start, current) if current else None,
        folders=folders, quota=quota, label=label, awaiting=bool(wanted.query.awaiting),
        of_files=_asks_for_files(wanted), total=found.total, pages=pages, terms=_plain_terms(wanted.query),
        whole=f"{found.bound}-{_digest(wanted)}" if names_all else "", hits=hits,
        open_url=_open_url(hits, links or within, current), partial=found.partial, progress=progress,
    )  # fmt: skip


def _plain_terms(query: Query) -> tuple[str, ...]:
    return tuple(one.text for one in query.terms if one.where == "anywhere" and not one.excluded)


def all_places(
    session: Session, text: str, whole: str, now: datetime, own: Labels, mine: Callable[[], frozenset[str]]
) -> Places:
    """All that a list of results names (`Results.whole`) but what came since. Raises `InvalidValueError`, and
    `UidValidityChangedError` when its words mean something else by now: what names a folder or a label that is gone
    would be left out."""
    bound, _dash, digest = whole.rpartition("-")
    below, wanted = SearchLimit.read(bound), read_request(session, text, now, own, mine)
    if not wanted.searchable or digest != _digest(wanted):
        raise UidValidityChangedError
    return session.all_found(_unanswered(session, wanted.query) if wanted.query.awaiting else wanted.query, below)


def _digest(wanted: SearchRequest) -> str:
    return blake2b(repr(wanted.query).encode(), digest_size=4).hexdigest()


def read_request(
    session: Session, text: str, now: datetime, own: Labels, mine: Callable[[], frozenset[str]]
) -> SearchRequest:
    """Folders from memory; asked for again when one that is named is not among them."""
    labels = {chip.name: chip.keyword for chip in own.chips}

    def understood(folders: Sequence[Folder]) -> SearchRequest:
        today = timezone.localdate(now)
        return parse_search(text, folders=folders, keywords=session.borne, labels=labels, mine=mine, today=today)

    try:
        found = understood(session.known_folders())
    except NoSuchFolderError:
        found = understood(session.folders())
    return understood(session.folders()) if found.folder_missing else found


def _unanswered(session: Session, query: Query) -> Query:
    """They lie in Sent, and the mailbox says which they are."""
    sent = session.by_role("sent")
    if sent is None or sent.id is None or query.folder not in {None, sent.id}:
        return replace(query, numbers=())
    return replace(query, folder=sent.id, numbers=tuple(session.matching(sent.id, "awaiting")))


def _nothing_asked(session: Session, wanted: SearchRequest, within: SearchQuery, label: str) -> Results:
    """Or a label that no message bears."""
    return Results(
        text=wanted.text, searched=False, scope=_scope(None) if label else "", said=() if label else wanted.said,
        chips=_understood(wanted, within), title=label or _("Search"), draw=list, place_words="", newer_url="",
        older_url="", wider_url="", role="", folder=None, neighbours=None, folders=session.folders(),
        quota=session.quota(), label=label,
    )  # fmt: skip


def _asks_for_files(wanted: SearchRequest) -> bool:
    return wanted.query.attachment is not None or any(term.where == "file" for term in wanted.query.sought)


def _so_far(found: SearchResults, progress: IndexProgress | None) -> list[str]:
    """What is not in the list yet, and comes by itself."""
    said = [_("A message has just been moved and is not here yet.")] if found.partial else []
    if progress:
        names = [lookup.folder_text(folder) for folder in progress.unread]
        words = ngettext("%s folder", "%s folders", len(names)) % number_text(len(names))
        said.append(
            _(
                "Still being made ready for searching: %(folders)s. There, only subjects, people and names of files "
                "are looked at for now; this list will complete itself."
            )
            % {"folders": ", ".join(names) if len(names) <= NAMED_FOLDERS else words}
        )
    return said


def _count(found: SearchResults, progress: IndexProgress | None) -> str:
    if not found.total:
        return _("Nothing found so far") if progress else _("Nothing found")
    words = ngettext("%s result", "%s results", found.total) % number_text(found.total)
    return _("At least %s") % words if found.at_least else words


def _scope(folder: Folder | None) -> str:
    if folder:
        return _("in %s") % lookup.folder_text(folder)
    return _("everywhere but in the bin and junk")


def _place_words(found: SearchResults, within: SearchQuery, count: int) -> str:
    first = (within.page - 1) * list_query.PAGE_SIZE + 1
    words = {"first": number_text(first), "last": number_text(first + count - 1), "total": number_text(found.total)}
    return _("%(first)s to %(last)s of %(total)s") % words if count else ""


def _days(
    hits: Sequence[SearchHit],
    wanted: SearchRequest,
    within: SearchQuery,
    access: MailboxAccess,
    mine: frozenset[str],
    now: datetime,
    own: Labels,
) -> list[ListDay]:
    """Whichever message is open: `rows.with_opened_row` marks its row."""
    writers = load_writers(access, [hit.row for hit in hits], mine)
    views = [(hit, _row(hit, wanted, within, mine, now, own, writers)) for hit in hits]
    if within.order is not None:
        drawn = {view.uid: list_rows.render_row(view) for _hit, view in views}
        return [ListDay(sort_order.heading_text(within.order), drawn)] if views else []
    by_day: Iterator[tuple[str, Iterator[tuple[SearchHit, RowView]]]] = groupby(
        views, lambda one: date_text.day_heading(one[0].row.received, now)
    )
    return [ListDay(heading, {view.uid: list_rows.render_row(view) for _hit, view in rows}) for heading, rows in by_day]


def _open_url(hits: Sequence[SearchHit], within: SearchQuery, current: Message | None) -> str:
    there = current and any(hit.place == current and hit.folder.role != "drafts" for hit in hits)
    return f"{own_url('webmail:folder', current[0])}{current[1]}/{within.query}" if current and there else ""


def _row(
    hit: SearchHit, wanted: SearchRequest, within: SearchQuery, mine: frozenset[str], now: datetime, own: Labels,
    writers: Writers,
) -> RowView:  # fmt: skip
    """The row that its own folder would show, with what the search adds."""
    beginnings = wanted.query.beginnings
    page = Page((hit.row,), 1, None, 1, older=False, newer=False, newer_before=None)
    [view] = list_rows.row_views(
        page, ListQuery(hit.id, order=within.order, within=within), hit.folder, mine, now, own.row, writers
    )
    where = format_html(
        '<span class="row-where">{}{}</span>',
        icon(lookup.ROLE_ICONS.get(hit.folder.role or "", "folder"), "icon-s"),
        lookup.folder_text(hit.folder),
    )
    words = FoundWords(highlight(view.subject, beginnings), highlight(view.who, beginnings), where)
    return replace(
        view, uid=message_token(*hit.place), preview=highlight(_snippet(hit, beginnings), beginnings), found=words
    )


def _snippet(hit: SearchHit, beginnings: Sequence[str]) -> str:
    """The words round the hit; else the name of the file that was found; else the first words, as in any list."""
    row = hit.row
    if hit.excerpt:
        return hit.excerpt
    if has_hit(row.preview, beginnings):
        return excerpt(row.preview, beginnings)
    return next((name for name in file_names(row) if has_hit(name, beginnings)), row.preview)


def _neighbours(
    found: SearchResults, within: SearchQuery, pages: int, start: int, current: Message
) -> AdjacentResults | None:
    """Beyond the end of the list, it continues to there; where it would be too long, another page of it begins."""
    places = [hit.place for hit in found.hits]
    if current not in places:
        return None
    place = places.index(current)
    words = {"place": number_text(start + place + 1), "total": number_text(found.total)}

    def url(beside: int) -> str:
        if not 0 <= beside < len(places):
            return ""
        below = (start + beside) // list_query.PAGE_SIZE + 1 - within.page
        address = reverse("webmail:message", args=places[beside])
        if not 0 <= below < infinite_scroll.MOST:
            return address + replace(within, page=within.page + below).query
        return infinite_scroll.with_pages(address + within.query, below + 1 if below >= pages else 1)

    return AdjacentResults(_("Result %(place)s of %(total)s") % words, url(place - 1), url(place + 1))


def _understood(wanted: SearchRequest, within: SearchQuery) -> list[SearchChip]:
    """Plain words stay in the box; what narrows is said again, and taken away by a press."""
    narrowing = [criterion for criterion in wanted.criteria if criterion.kind != "word"]
    return [SearchChip(criterion.words, _url(wanted.without(criterion), within), on=True) for criterion in narrowing]


def _offered(
    wanted: SearchRequest, hits: Sequence[SearchHit], within: SearchQuery, own: Labels, today: date
) -> list[SearchChip]:
    """What would narrow these results, in the words that one could have typed."""
    kinds = wanted.kinds()
    offers = [
        ("unseen", _("Unread"), "est:non-lu"),
        ("flagged", _("Starred"), "est:suivi"),
        ("attachment", _("Attachments"), "pj:oui"),
    ]
    received = _days_received(wanted, within, today)
    if not received and not kinds & {"after", "during"}:
        offers.append(("during", _("Last month"), 'pendant:"mois dernier"'))
    if "from" not in kinds and (sender := _frequent_sender(hits)):
        offers.append(("from", _("From %s") % sender[0], f"de:{sender[1]}"))
    if "folder" not in kinds and (folder := _frequent_folder(hits)):
        offers.append(("folder", _("in %s") % lookup.folder_text(folder), f'dans:"{lookup.search_path_text(folder)}"'))
    if any(hit.row.size > LARGE for hit in hits) and any(hit.row.size <= LARGE for hit in hits):
        offers.append(("larger", _("more than %s") % octets_text(LARGE), "taille:>1Mo"))
    offers += [("label", _("label %s") % chip.name, chip.typed) for chip in _frequent_labels(hits, own)]
    chips = [
        SearchChip(words, _url(wanted.with_(source), within), on=False)
        for kind, words, source in offers
        if kind not in kinds
    ]
    return [*received, *chips]


def _days_received(wanted: SearchRequest, within: SearchQuery, today: date) -> list[SearchChip]:
    """A date, or "le mois dernier", is looked for as it stands in the text: or is it the mail of those days?"""
    if wanted.kinds() & {"during", "after", "before"}:
        return []
    chips, words = [], [one.source if one.kind == "word" else "" for one in wanted.criteria]
    for start in range(len(words)):
        for end in range(min(start + LONGEST_PERIOD, len(words)), start, -1):
            said, alone = " ".join(words[start:end]), end - start == 1
            period = "" not in words[start:end] and (parse_day if alone else parse_period)(said, today)
            if period:
                asked = wanted.text_with(start, end, f"le:{said}" if alone else f'pendant:"{said}"')
                chips.append(SearchChip(_("Received %s") % period_query(*period, today), _url(asked, within), on=False))
                break
    return chips[:1]


def _frequent_sender(hits: Sequence[SearchHit]) -> tuple[str, str] | None:
    """Only where it narrows: several people wrote, one of them more than once."""
    senders = [hit.row.sender for hit in hits if hit.row.sender and _ADDRESS.fullmatch(hit.row.sender.address)]
    counted = Counter(sender.address.lower() for sender in senders)
    if len(counted) < 2:
        return None
    address, times = counted.most_common(1)[0]
    if times < 2:
        return None
    return next((sender.label, address) for sender in senders if sender.address.lower() == address)


def _frequent_folder(hits: Sequence[SearchHit]) -> Folder | None:
    counted = Counter(hit.folder for hit in hits if '"' not in hit.folder.name)
    return counted.most_common(1)[0][0] if len(counted) > 1 else None


def _frequent_labels(hits: Sequence[SearchHit], own: Labels) -> list[LabelChip]:
    """Those that some of them bear and not all, at most two."""
    counted = Counter(chip for hit in hits for chip in own.worn(hit.row.flags))
    return [chip for chip, times in counted.most_common() if times < len(hits)][:OFFERED_LABELS]


def _wider(wanted: SearchRequest) -> str:
    """The words alone, when they were narrowed to nothing."""
    words = [criterion.source for criterion in wanted.criteria if criterion.kind in {"word", "words"}]
    return SearchQuery(" ".join(words)).url if words and len(words) < len(wanted.criteria) else ""


def _url(text: str, within: SearchQuery) -> str:
    """Other words, in the same order."""
    return SearchQuery(text, order=within.order).url
