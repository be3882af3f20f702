"""A visiting card of a message joins one's contacts, in one press that can be undone."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from vaguemestre.contacts.cards import BookFullError
from vaguemestre.contacts.import_report import FileRefusedError
from vaguemestre.mailbox.values import MailboxId, PiecePath, Uid
from vaguemestre.web.toasts import Toast, redirect
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.content import file_types
from vaguemestre.webmail.content.attachments import AttachmentAddress
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.reader import contact_card
from vaguemestre.webmail.reader.viewer import find_file
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import junk_attachments


@require_POST
@with_mailbox
@handles_outage
def keep(request: MailboxRequest, folder_id: MailboxId, uid: Uid, path: PiecePath) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        found = find_file(session, AttachmentAddress(folder_id, uid, path), junk_attachments.parse_consent(request))
    if file_types.display_way(found.piece.part) != "card":
        raise Http404("kind")
    back = return_url(request, reverse("webmail:message", args=[folder_id, uid]))
    try:
        done = contact_card.import_cards(request.account, found.piece.content, now=timezone.now())
    except FileRefusedError as error:
        raise Http404("card") from error  # its page offered nothing
    except BookFullError as full:
        return redirect(back, Toast(str(full), tone="bad"))
    return redirect(back, Toast(contact_card.imported_text(done), done.word, undo_at="contacts:undo"))
