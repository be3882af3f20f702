"""A visiting card of a message joins one's contacts, in one press that can be undone."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts.cards import Full
from vaguemestre.contacts.import_report import FileRefused
from vaguemestre.mailbox.values import MailboxId, PiecePath, Uid
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content import file_types
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.panes.outage import mailbox_screen
from vaguemestre.webmail.reader import contact_card
from vaguemestre.webmail.reader.viewer import find
from vaguemestre.webmail.return_url import way_back
from vaguemestre.webmail.toasts import Toast, redirect
from vaguemestre.webmail.trust import junk_attachments


@require_POST
@signed_in
@mailbox_screen
def keep(request: StaffRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    with open_mailbox(request) as session:
        found = find(session, AttachmentAddress(folder_id, uid, path), junk_attachments.asked(request))
    if file_types.display_way(found.piece.part) != "card":
        raise Http404("kind")
    back = way_back(request, reverse("webmail:message", args=[folder_id, uid]))
    try:
        done = contact_card.take(request.account, found.piece.content, now=timezone.now())
    except FileRefused as error:
        raise Http404("card") from error  # its page offered nothing
    except Full as full:
        return redirect(back, Toast(str(full), tone="bad"))
    return redirect(back, Toast(contact_card.in_words(done), done.word, undo_at="contacts:undo"))
