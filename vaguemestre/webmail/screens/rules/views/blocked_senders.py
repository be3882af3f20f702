"""A sender from outside who is not to be heard of any more, and the way back."""

from dataclasses import asdict

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.people.correspondents import is_outside
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.rules.filters import blocked_senders
from vaguemestre.webmail.rules.filters.edits import TooManyFiltersError
from vaguemestre.webmail.rules.filters.form_text import too_many_text
from vaguemestre.webmail.screens.panes.action_response import role_folder, undo_moves
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url
from vaguemestre.webmail.screens.settings_pages.page import Trouble, attempt_change
from vaguemestre.webmail.snooze import snoozed_messages
from vaguemestre.webmail.undo import Undo, read_token, undo_token

SALT = "vaguemestre.webmail.blocking"


@require_POST
@with_mailbox
@handles_outage
def block(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """The filter first, then this message: if the move fails, the next one will not come. What cannot be done (another
    program's script, too many filters) is said on the page of the filters, where it is put right."""
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        address = message.row.sender.address if message.row.sender else ""
        if not address or not is_outside(address):
            raise Http404("nobody to block")
        if said := _refused(request, address):
            return toasts.redirect(reverse("webmail:filters"), Toast(said))
        undo = _set_aside(request, session, folder_id, uid)
    word = undo_token(request.mailbox.key, address, asdict(undo) if undo else None, salt=SALT)
    said = _("%s is blocked: their messages go to the bin") % address
    toast = Toast(said, word, undo_at="webmail:block-undo")
    return toasts.redirect(return_url(request, folder_url(folder_id)), toast)


@require_POST
@with_mailbox
@handles_outage
def unblock(request: MailboxRequest) -> HttpResponse:
    back = return_url(request, reverse("webmail:home"))
    what = read_token(request, salt=SALT)
    if not what:
        return toasts.redirect(back, Toast(_("It is too late to undo this.")))
    address, moved = what
    trouble = attempt_change(
        request.mailbox.key, lambda: blocked_senders.unblock(request.mailbox, address, now=timezone.now())
    )
    if trouble is None and moved:
        undo = Undo(**moved)
        with open_mailbox(request.mailbox) as session:
            undo_moves(session, request.mailbox.mailbox.key, undo)
    return toasts.redirect(back, Toast(trouble.said if trouble else _("%s is no longer blocked") % address))


def _refused(request: MailboxRequest, address: str) -> str:
    """Why not; empty once it is done."""
    try:
        trouble: Trouble | None = attempt_change(
            request.mailbox.key, lambda: blocked_senders.block(request.mailbox, address, now=timezone.now())
        )
    except TooManyFiltersError:
        return too_many_text()
    return trouble.said if trouble else ""


def _set_aside(request: MailboxRequest, session: Session, folder_id: MailboxId, uid: Uid) -> Undo | None:
    trash = role_folder(session, "trash")
    if trash.id is None or trash.id == folder_id:
        return None
    moved = snoozed_messages.move_snoozed(request.mailbox.mailbox.key, session, folder_id, [uid], trash.id)
    return Undo(request.mailbox.key, folder_id, trash.id, [int(new) for new in moved.values()]) if moved else None
