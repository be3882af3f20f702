"""Which messages an act of the list is about: those that are ticked, or all that the list would show."""

from django.http import Http404, HttpRequest

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.matching import Only
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.uid_sets import UidSet
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid
from vaguemestre.webmail.access import chosen
from vaguemestre.webmail.exchange import meant
from vaguemestre.webmail.listing import FILTERS, label_in


def wanted(request: StaffRequest, session: Session, folder: MailboxId, *, whole: bool = False) -> UidSet:
    """`tout` holds the number that the next message would have had when the list was drawn: what came since is spared.

    The server finds the rest by the list's own filter; a page of ticked boxes costs no round trip. `whole`: what was
    chosen in a list of conversations (`ensemble`) stands for all of each."""
    bound = request.POST.get("tout", "")
    if not bound:
        uids = chosen(request)
        return UidSet.of(meant(session, folder, uids) if whole and "ensemble" in request.POST else uids)
    try:
        below = Uid(bound)
    except InvalidValue as error:
        raise Http404(str(error)) from error
    return session.matching(folder, only_of(request), below=below)


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
