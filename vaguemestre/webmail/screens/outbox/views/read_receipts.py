"""The answer to who asks whether a message was read: the person's own, by a press in the reader."""

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.outbox import read_receipts
from vaguemestre.webmail.outbox.read_receipts import ReceiptRequest
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url


@require_POST
@with_mailbox
@handles_outage
def send(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    with open_mailbox(request.mailbox) as session:
        message, wanted = _asked(request, session, folder_id, uid)
        if wanted is not None:
            read_receipts.send_receipt(
                request.mailbox.mailbox, session, folder_id, message, wanted, now=timezone.now(), automatic=False
            )
    return _back(request, folder_id, _("Receipt sent"))


@require_POST
@with_mailbox
@handles_outage
def refuse(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponseBase:
    with open_mailbox(request.mailbox) as session:
        message, wanted = _asked(request, session, folder_id, uid)
        if wanted is not None:
            read_receipts.refuse_receipt(session, folder_id, message)
    return _back(request, folder_id, _("No receipt will be sent"))


def _asked(
    request: MailboxRequest, session: Session, folder_id: MailboxId, uid: Uid
) -> tuple[Message, ReceiptRequest | None]:
    """None when it was answered meanwhile, in another window or program."""
    message = session.message(folder_id, uid)
    return message, read_receipts.find_receipt_request(
        session, folder_id, message, own_addresses(request.mailbox.mailbox)
    )


def _back(request: MailboxRequest, folder_id: MailboxId, said: str) -> HttpResponse:
    return toasts.redirect(return_url(request, folder_url(folder_id)), Toast(said))
