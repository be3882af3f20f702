"""The only ways from a signed-in person and an address to what is theirs. Somebody else's is a 404, as what is not."""

from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.values import InvalidValue, Uid
from vaguemestre.webmail.models import Outgoing, OutgoingFile


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


def chosen(request: StaffRequest) -> list[Uid]:
    """The messages ticked in the list. A wrong number is a wrong address."""
    try:
        return [Uid(value) for value in dict.fromkeys(request.POST.getlist("choix"))]
    except InvalidValue as error:
        raise Http404(str(error)) from error


def way_back(request: HttpRequest, default: str) -> str:
    """The page the person came from, if it is one of the webmail's."""
    wanted = request.POST.get("retour", "")
    inside = (
        wanted.startswith("/webmail/")
        and wanted.isprintable()
        and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    )
    return wanted if inside else default
