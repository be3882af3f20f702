"""Which messages an action is about: those that are ticked in a list, or all that it would show; of a folder, or of a
search, whose results lie in several."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.http import Http404, HttpRequest
from django.utils import timezone

from vaguemestre.mailbox.imap.list_filters import ListFilter
from vaguemestre.mailbox.imap.search.whole_results import Places
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid
from vaguemestre.web.url_cache import own_url
from vaguemestre.webmail.actions.conversation_targets import conversation_targets
from vaguemestre.webmail.assignments.filters import with_notes
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.message_list.access import ticked_messages, ticked_results
from vaguemestre.webmail.message_list.list_query import FILTERS, SearchQuery, label_in
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.search import results
from vaguemestre.webmail.search.query_parser import LIMIT, tidy_query
from vaguemestre.webmail.search.results import RESULTS, message_token


class Selection(Protocol):
    """`places`: by folder. `list_id` and `url`: of the list, as addresses have them. `spans_folders`: one that was
    deleted meanwhile keeps nothing back of what the others hold."""

    @property
    def places(self) -> Places: ...

    @property
    def spans_folders(self) -> bool: ...

    @property
    def list_id(self) -> str: ...

    @property
    def url(self) -> str: ...

    def box_values(self, folders: Collection[MailboxId]) -> Sequence[object]:
        """What the boxes of its messages hold, as far as they lie there."""
        ...


@dataclass(frozen=True, slots=True)
class ListedSelection:
    folder: MailboxId
    uids: UidSet
    spans_folders: ClassVar = False

    @property
    def places(self) -> Places:
        return {self.folder: self.uids}

    @property
    def list_id(self) -> str:
        return self.folder

    @property
    def url(self) -> str:
        return own_url("webmail:folder", self.folder)

    def box_values(self, folders: Collection[MailboxId]) -> Sequence[object]:
        return self.uids.uids if self.folder in folders else []


@dataclass(frozen=True, slots=True)
class FoundSelection:
    places: Places
    spans_folders: ClassVar = True
    list_id: ClassVar = RESULTS

    @property
    def url(self) -> str:
        return SearchQuery("").url

    def box_values(self, folders: Collection[MailboxId]) -> Sequence[object]:
        return [message_token(folder, uid) for folder in folders for uid in self.places[folder].uids]


def select(request: MailboxRequest, session: Session, folder: MailboxId | None, *, whole: bool = False) -> Selection:
    """`folder`: the one that is listed; None: results of a search. `whole`: as for `selected_messages`."""
    if folder is None:
        return FoundSelection(selected_results(request, session))
    return ListedSelection(folder, selected_messages(request, session, folder, whole=whole))


def count_places(places: Mapping[MailboxId, UidSet]) -> int:
    return sum(map(len, places.values()))


def uids_by_folder(places: Mapping[MailboxId, UidSet]) -> dict[MailboxId, list[Uid]]:
    return {folder: uids.uids for folder, uids in places.items()}


def selected_messages(request: MailboxRequest, session: Session, folder: MailboxId, *, whole: bool = False) -> UidSet:
    """`tout` holds the number that the next message would have had when the list was drawn: what came since is spared.

    The server finds the rest by the list's own filter; a page of ticked boxes costs no round trip. `whole`: what was
    chosen in a list of conversations (`ensemble`) stands for all of each."""
    bound = request.POST.get("tout", "")
    if not bound:
        uids = ticked_messages(request)
        return UidSet.of(conversation_targets(session, folder, uids) if whole and "ensemble" in request.POST else uids)
    try:
        below = Uid(bound)
    except InvalidValueError as error:
        raise Http404(str(error)) from error
    return session.matching(folder, with_notes(list_filter(request), request.mailbox), below=below)


def selected_results(request: MailboxRequest, session: Session) -> Places:
    """The same among results of a search, by folder. There `tout` is what the list said of itself (`Results.whole`);
    the search is made again. Raises `UidValidityChangedError`."""
    whole = request.POST.get("tout", "")
    if not whole:
        return {folder: UidSet.of(uids) for folder, uids in ticked_results(request).items()}
    text = tidy_query(request.POST.get("q", ""))[:LIMIT]
    try:
        mine, own = (lambda: own_addresses(request.mailbox.mailbox)), labels.load_labels(request.mailbox.mailbox)
        return results.all_places(session, text, whole, timezone.now(), own, mine)
    except InvalidValueError as error:
        raise Http404(str(error)) from error


def whole_choice(request: HttpRequest) -> dict[str, str]:
    """What a question keeps of it, so that the answer is about the same messages."""
    name = next((one for one in ("q", "etiquette") if one in request.POST), "voir")
    return {"whole": request.POST.get("tout", ""), "filter_name": name, "filter": request.POST.get(name, "")}


def list_filter(request: HttpRequest) -> ListFilter | None:
    """The filter of the list that was acted on. An unknown word is refused: it must not mean everything."""
    if "etiquette" in request.POST:
        if (label := label_in(request.POST)) is None:
            raise Http404("label")
        return label
    word = request.POST.get("voir", "")
    only = next((name for name, known in FILTERS.items() if known == word), None)
    if word and only is None:
        raise Http404("filter")
    return only
