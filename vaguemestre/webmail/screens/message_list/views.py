"""Pinned to the top of their folder, and no longer."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.values import PINNED, MailboxId
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.webmail.actions import flags
from vaguemestre.webmail.actions.conversation_targets import newest_target
from vaguemestre.webmail.actions.flags import FlagUndo
from vaguemestre.webmail.actions.selection import selected_messages
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list import pins
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url
from vaguemestre.webmail.undo import with_gone_text


@require_POST
@with_mailbox
@handles_outage
def pin(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    """Of a conversation one message bears it for all."""
    back = return_url(request, folder_url(folder_id))
    with open_mailbox(request.mailbox) as session:
        folder = lookup.folder_by_id(session.folders(), folder_id)
        if folder is None or not pins.may_be_pinned(folder.role):
            raise NoSuchFolderError
        uids = selected_messages(request, session, folder_id)
        there = session.matching(folder_id, PINNED)
        if len(there.united(uids)) > pins.MOST:
            said = _("At most %s messages are pinned in a folder: unpin one of them first.") % pins.MOST
            return toasts.redirect(back, Toast(said))
        if "ensemble" in request.POST:
            uids = UidSet.of(
                newest_target(session, folder_id, uids.uids, own_addresses(request.mailbox.mailbox), unless=PINNED)
            )
        done = flags.set_flag(session, request.mailbox.key, PINNED, {folder_id: uids.uids}, put=True)
    pins.remember_folder(request.account, folder_id, timezone.now())
    words = ngettext("%s message pinned on top of the folder", "%s messages pinned on top of the folder", done.count)
    return _said(back, words, done)


@require_POST
@with_mailbox
@handles_outage
def unpin(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    with open_mailbox(request.mailbox) as session:
        uids = selected_messages(request, session, folder_id, whole=True)
        done = flags.set_flag(session, request.mailbox.key, PINNED, {folder_id: uids.uids}, put=False)
    words = ngettext("%s message is no longer pinned", "%s messages are no longer pinned", done.count)
    return _said(return_url(request, folder_url(folder_id)), words, done)


def _said(back: str, words: str, done: FlagUndo) -> HttpResponse:
    """Nothing is said of what was so already."""
    said = with_gone_text(words % number_text(done.count), done.count, done.gone)
    if not said:
        return HttpResponseRedirect(back)
    return toasts.redirect(back, Toast(said, done.signed(), undo_at=flags.UNDO_AT))
