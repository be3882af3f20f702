"""Deleted messages brought back, or deleted for good at once."""

from collections.abc import Callable

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.mailbox.errors import NoSuchFolderError, QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.uid_sets import UidSet
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import InvalidValueError, MailboxId, Uid
from vaguemestre.web import toasts
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.actions import bulk_actions, progress_cookie
from vaguemestre.webmail.cleanup import deleted_messages
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.folders import lookup, retention
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.access import ticked_messages
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.screens.panes.action_response import deleted_text, role_folder
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.page import folder_url
from vaguemestre.webmail.screens.settings_pages.page import render_settings
from vaguemestre.webmail.undo import LONGEST_UNDO, UNDO_LIFE, with_gone_text

SALT = "vaguemestre.webmail.recovery"


@require_safe
@with_mailbox
@handles_outage
def recovery(request: MailboxRequest) -> HttpResponse:
    if not retention.recover_days():
        raise Http404("nothing is kept")
    word = request.GET.get("page", "1")
    number = int(word) if word.isascii() and word.isdigit() and 0 < len(word) < 6 else 1
    with open_mailbox(request.mailbox) as session:
        found = deleted_messages.deleted_messages_page(
            session, request.GET.get("q", ""), max(1, number), timezone.now()
        )
    return _show(request, found, {})


@require_POST
@with_mailbox
@handles_outage
def bring_back(request: MailboxRequest) -> HttpResponse:
    def act(session: Session, lost: Folder, uids: UidSet) -> HttpResponse:
        target = deleted_messages.recovery_folder(session)
        assert lost.id is not None and target.id is not None  # noqa: PT018, S101 - both can be opened
        response = HttpResponseRedirect(folder_url(target.id))
        if len(uids) > bulk_actions.IMMEDIATE:
            asked = bulk_actions.BulkRequest(BulkAct.Verb.MOVE, target=target.id, label=lookup.folder_text(target))
            bulk_actions.begin(request.mailbox.mailbox, asked, {lost: uids}, timezone.now())
            progress_cookie.remember(response)
            return response
        try:
            moved = session.move(lost.id, uids.uids, target.id)
        except QuotaExceededError:
            said = _("The mailbox is full: nothing was brought back. Make room first, they are still here.")
            return toasts.redirect(reverse("webmail:recovery"), Toast(said, tone="bad"))
        gone = len(uids) - len(moved)
        said = with_gone_text(deleted_messages.recovered_text(len(moved), target), len(moved), gone)
        word = signing.dumps([request.mailbox.key, target.id, list(moved.values())], salt=SALT, compress=True)
        undo = word if moved and len(word) <= LONGEST_UNDO else ""
        toasts.say(response, Toast(said, undo, undo_at="webmail:recovery-undo"))
        return response

    return _upon(request, act)


@require_POST
@with_mailbox
@handles_outage
def erase(request: MailboxRequest) -> HttpResponse:
    """For good and at once, after a page that says so (`definitif`)."""

    def act(session: Session, lost: Folder, uids: UidSet) -> HttpResponse:
        assert lost.id is not None  # noqa: S101 - it can be opened
        if request.POST.get("definitif") != "1":
            whole = request.POST.get("tout", "")
            typed = request.POST.get("q", "")
            asked = {"count": len(uids), "uids": [] if whole else uids.uids, "whole": whole}
            return _show(request, deleted_messages.DeletedMessagesPage([], len(uids), typed), {"asked": asked})
        response = HttpResponseRedirect(reverse("webmail:recovery"))
        if len(uids) > bulk_actions.IMMEDIATE:
            trash = role_folder(session, "trash")
            response = HttpResponseRedirect(folder_url(trash.id) if trash.id else reverse("webmail:home"))
            bulk_actions.begin(
                request.mailbox.mailbox, bulk_actions.BulkRequest(BulkAct.Verb.DELETE), {lost: uids}, timezone.now()
            )
            progress_cookie.remember(response)
            return response
        there = session.among(lost.id, uids, "all")
        session.delete(lost.id, there.uids)
        said = with_gone_text(deleted_text(len(there), kept=False), len(there), len(uids) - len(there))
        toasts.say(response, Toast(said))
        return response

    return _upon(request, act)


@require_POST
@with_mailbox
@handles_outage
def undo(request: MailboxRequest) -> HttpResponse:
    """Deleted again: they are among the deleted once more, and their days begin again."""
    response = HttpResponseRedirect(reverse("webmail:recovery"))
    try:
        account, target, uids = signing.loads(request.POST.get("fait", ""), salt=SALT, max_age=UNDO_LIFE)
    except (signing.BadSignature, ValueError):
        account, target, uids = "", "", []
    if account != request.mailbox.key or not retention.recover_days():
        toasts.say(response, Toast(_("It is too late to undo this. The messages are where you put them.")))
        return response
    with open_mailbox(request.mailbox) as session:
        there = session.among(MailboxId(target), UidSet.of(map(Uid, uids)), "all")
        session.delete(MailboxId(target), there.uids)
    words = ngettext("%s message deleted again", "%s messages deleted again", len(there)) % number_text(len(there))
    toasts.say(response, Toast(words))
    return response


def _upon(request: MailboxRequest, act: Callable[[Session, Folder, UidSet], HttpResponse]) -> HttpResponse:
    """The chosen ones, or all that the words name."""
    bound = request.POST.get("tout", "")
    with open_mailbox(request.mailbox) as session:
        lost = session.recoverable_folder()
        if lost is None or lost.id is None:
            raise NoSuchFolderError
        try:
            below = Uid(bound) if bound else None
        except InvalidValueError as error:
            raise Http404(str(error)) from error
        typed = request.POST.get("q", "")
        uids = (
            deleted_messages.matching_messages(session, lost, typed, below)
            if below
            else UidSet.of(ticked_messages(request))
        )
        if uids:
            return act(session, lost, uids)
    return toasts.redirect(reverse("webmail:recovery"), Toast(_("Choose the messages first.")))


def _show(
    request: MailboxRequest, found: deleted_messages.DeletedMessagesPage, more: dict[str, object]
) -> HttpResponse:
    return render_settings(request, "recovery", {"lost": found, "kept": retention.recover_days(), **more}, at="space")
