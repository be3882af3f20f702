"""Conversations of a shared mailbox given to a member, freed, or done. Each is a POST that leads back."""

from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.shared_mailboxes import conversation_events
from vaguemestre.shared_mailboxes.access import members_who_write
from vaguemestre.shared_mailboxes.conversation_events import Kind
from vaguemestre.shared_mailboxes.models import ConversationEvent
from vaguemestre.web.number_text import number_text
from vaguemestre.web.toasts import Toast, say
from vaguemestre.webmail.actions.selection import select
from vaguemestre.webmail.assignments.assignment_mail import send_assignment_mail
from vaguemestre.webmail.assignments.conversations import named_conversations
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.action_response import list_redirect
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.undo import read_token, undo_token

SALT = "vaguemestre.webmail.assignments"
UNDO_AT = "webmail:assignment-undo"
MOST = 500  # conversations of one act


@require_POST
@with_mailbox
@handles_outage
def give(request: MailboxRequest, folder_id: MailboxId, member: str) -> HttpResponse:
    box = _box(request)
    to = next((one for one in members_who_write(box.key, timezone.localdate()) if one.key == member), None)
    if to is None:
        said = _("This person may no longer write in this mailbox. Choose somebody else.")
        return list_redirect(request, return_url(request, "/webmail/"), Toast(said, tone="bad"))
    return _noted(request, folder_id, Kind.GIVEN, to)


@require_POST
@with_mailbox
@handles_outage
def free(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    return _noted(request, folder_id, Kind.FREED)


@require_POST
@with_mailbox
@handles_outage
def done(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    return _noted(request, folder_id, Kind.DONE)


@require_POST
@with_mailbox
def undo(request: MailboxRequest) -> HttpResponse:
    """The state of before, unless somebody else has changed it since."""
    box, now, numbers = _box(request), timezone.now(), read_token(request, salt=SALT)
    writers = {one.key for one in members_who_write(box.key, timezone.localdate(now))}
    count = conversation_events.take_back(box, numbers, writers, by=request.account, now=now)
    said = ngettext("%s conversation as it was before", "%s conversations as they were before", count)
    response = HttpResponseRedirect(return_url(request, "/webmail/"))
    say(response, Toast(said % number_text(count) if count else _("It is too late to undo this.")))
    return response


def _noted(
    request: MailboxRequest, folder: MailboxId, kind: ConversationEvent.Kind, to: Account | None = None
) -> HttpResponse:
    box, now = _box(request), timezone.now()
    with open_mailbox(request.mailbox) as session:
        selection = select(request, session, folder)
        chosen = named_conversations(session, folder, selection.places[folder].uids)
    if len(chosen) > MOST:
        said = _("At most %s conversations at once. Choose fewer.") % number_text(MOST)
        return list_redirect(request, selection.url, Toast(said, tone="bad"))
    if not chosen:
        said = _("Nothing can be noted of this message: it is gone, or its sender gave it no number.")
        return list_redirect(request, selection.url, Toast(said, tone="bad"))
    with transaction.atomic():
        made = conversation_events.record(box, kind, chosen, to=to, by=request.account, now=now)
        if made:
            send_assignment_mail(box, made, now=now)
    if not made:
        return list_redirect(request, selection.url, Toast(_("Nothing has changed: this was so already.")))
    word = undo_token(request.mailbox.key, *(one.pk for one in made), salt=SALT)
    return list_redirect(request, selection.url, Toast(_said(request, made, to), word, undo_at=UNDO_AT))


def _said(request: MailboxRequest, made: Sequence[ConversationEvent], to: Account | None) -> str:
    count, words = len(made), {"count": number_text(len(made)), "name": to.display_name if to else ""}
    if to is None:
        done = made[0].kind == Kind.DONE
        return (
            ngettext("Marked done", "%(count)s conversations marked done", count) % words
            if done
            else ngettext("Given to nobody", "%(count)s conversations given to nobody", count) % words
        )
    if to == request.account:
        return ngettext("Given to you", "%(count)s conversations given to you", count) % words
    return ngettext("Given to %(name)s", "%(count)s conversations given to %(name)s", count) % words


def _box(request: MailboxRequest) -> Account:
    if request.mailbox.is_own:
        raise Http404("no shared mailbox")
    return request.mailbox.mailbox
