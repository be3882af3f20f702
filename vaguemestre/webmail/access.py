"""The only ways from a signed-in person and an address to what is theirs. Somebody else's is a 404, as what is not."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import NoSuchFolder
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import InvalidValue, MailboxId, Uid
from vaguemestre.webmail.filters import keeping
from vaguemestre.webmail.filters.keeping import Kept
from vaguemestre.webmail.folders import by_key
from vaguemestre.webmail.models import BulkAct, Mailing, Outgoing, OutgoingFile, SignaturePicture
from vaguemestre.webmail.ready_made import keeping as ready_made
from vaguemestre.webmail.ready_made.keeping import Ready


def outgoing_for(account: Account, key: str) -> Outgoing:
    found = outgoing_or_none(account, key)
    if found is None:
        raise Http404("outgoing")
    return found


def outgoing_or_none(account: Account, key: str) -> Outgoing | None:
    """None for a compose id that nobody has saved yet. The id of somebody else is refused, not reused."""
    found = Outgoing.objects.filter(key=key).first()
    if found is not None and found.account_id != account.key:
        raise Http404("outgoing")
    return found


def file_for(account: Account, key: str, file_id: int) -> OutgoingFile:
    found = OutgoingFile.objects.filter(pk=file_id, outgoing=outgoing_for(account, key)).first()
    if found is None:
        raise Http404("file")
    return found


def signature_picture_for(account: Account, picture_id: int) -> SignaturePicture:
    found = SignaturePicture.objects.filter(pk=picture_id, account=account).first()
    if found is None:
        raise Http404("picture of a signature")
    return found


def bulk_act_for(account: Account, key: str) -> BulkAct:
    found = BulkAct.objects.filter(pk=key, account=account).first()
    if found is None:
        raise Http404("bulk act")
    return found


def filter_for(account: Account, filter_id: int) -> Kept:
    found = keeping.one(account.key, filter_id)
    if found is None:
        raise Http404("filter")
    return found


def ready_for(account: Account, ready_id: str) -> Ready:
    """A letter that this person may use: one of theirs, or of the authority's."""
    found = ready_made.find(account, ready_id)
    if found is None:
        raise Http404("ready-made letter")
    return found


def own_ready_for(account: Account, ready_id: str) -> Ready:
    """One that they may change as well."""
    found = ready_for(account, ready_id)
    if found.id.startswith(ready_made.OF_AUTHORITY):
        raise Http404("of the authority")
    return found


def mailing_for(account: Account, key: str) -> Mailing:
    found = Mailing.objects.select_related("letter", "account__person").filter(pk=key, account=account).first()
    if found is None or (found.state == Mailing.State.WRITTEN and not found.letter.is_draft):
        raise Http404("mailing")  # or its draft left as a message
    return found


def chosen(request: StaffRequest) -> list[Uid]:
    """The messages ticked in the list. A wrong number is a wrong address."""
    try:
        return [Uid(value) for value in dict.fromkeys(request.POST.getlist("choix"))]
    except InvalidValue as error:
        raise Http404(str(error)) from error


def chosen_places(request: StaffRequest) -> dict[MailboxId, list[Uid]]:
    """The messages ticked among results of a search, by their folder. A wrong one is a wrong address."""
    places: dict[MailboxId, list[Uid]] = {}
    try:
        for value in dict.fromkeys(request.POST.getlist("choix")):
            folder, _, uid = value.partition("-")
            places.setdefault(MailboxId(folder), []).append(Uid(uid))
    except InvalidValue as error:
        raise Http404(str(error)) from error
    return places


def folder_named(request: HttpRequest, everything: Sequence[Folder]) -> Folder:
    """The folder that a form is about, by its key. Raises `NoSuchFolder`, also for somebody else's."""
    found = by_key(everything, request.POST.get("dossier") or request.GET.get("dossier", ""))
    if found is None:
        raise NoSuchFolder
    return found


def way_back(request: HttpRequest, default: str) -> str:
    """The page the person came from, if it is one of the webmail's."""
    wanted = request.POST.get("retour", "") or request.GET.get("retour", "")
    inside = (
        wanted.startswith("/webmail/")
        and wanted.isprintable()
        and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    )
    return wanted if inside else default
