"""From a signed-in person and an id to a draft, a file, a template of theirs. Somebody else's is a 404."""

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.compose.message_templates import store
from vaguemestre.webmail.compose.message_templates.store import MessageTemplate
from vaguemestre.webmail.models import Outgoing, OutgoingFile, SignaturePicture


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


def template_for(account: Account, ready_id: str) -> MessageTemplate:
    """A letter that this person may use: one of theirs, or of the authority's."""
    found = store.find_template(account, ready_id)
    if found is None:
        raise Http404("ready-made letter")
    return found


def own_template_for(account: Account, ready_id: str) -> MessageTemplate:
    """One that they may change as well."""
    found = template_for(account, ready_id)
    if found.id.startswith(store.OF_AUTHORITY):
        raise Http404("of the authority")
    return found
