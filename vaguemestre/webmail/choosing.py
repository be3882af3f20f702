"""Which messages an act of the list is about: those that are ticked, or all that the list would show."""

from django.http import Http404, HttpRequest
from django.utils import timezone

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.matching import Only
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid
from vaguemestre.webmail import labels
from vaguemestre.webmail.conversation_targets import conversation_targets
from vaguemestre.webmail.correspondents import own_addresses
from vaguemestre.webmail.list_query import FILTERS, label_in
from vaguemestre.webmail.message_list_access import chosen, chosen_places
from vaguemestre.webmail.search import results
from vaguemestre.webmail.search.reading import LIMIT, tidied


def wanted(request: StaffRequest, session: Session, folder: MailboxId, *, whole: bool = False) -> UidSet:
    """`tout` holds the number that the next message would have had when the list was drawn: what came since is spared.

    The server finds the rest by the list's own filter; a page of ticked boxes costs no round trip. `whole`: what was
    chosen in a list of conversations (`ensemble`) stands for all of each."""
    bound = request.POST.get("tout", "")
    if not bound:
        uids = chosen(request)
        return UidSet.of(conversation_targets(session, folder, uids) if whole and "ensemble" in request.POST else uids)
    try:
        below = Uid(bound)
    except InvalidValue as error:
        raise Http404(str(error)) from error
    return session.matching(folder, only_of(request), below=below)


def found(request: StaffRequest, session: Session) -> dict[MailboxId, UidSet]:
    """The same among results of a search, by folder. There `tout` is what the list said of itself (`Results.whole`);
    the search is made again. Raises `NumberedAnew`."""
    whole = request.POST.get("tout", "")
    if not whole:
        return {folder: UidSet.of(uids) for folder, uids in chosen_places(request).items()}
    text = tidied(request.POST.get("q", ""))[:LIMIT]
    try:
        mine, own = (lambda: own_addresses(request.account)), labels.of(request.account)
        return results.everything(session, text, whole, timezone.now(), own, mine)
    except InvalidValue as error:
        raise Http404(str(error)) from error


def whole_choice(request: HttpRequest) -> dict[str, str]:
    """What a question keeps of it, so that the answer is about the same messages."""
    name = next((one for one in ("q", "etiquette") if one in request.POST), "voir")
    return {"whole": request.POST.get("tout", ""), "filter_name": name, "filter": request.POST.get(name, "")}


def only_of(request: HttpRequest) -> Only | None:
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
