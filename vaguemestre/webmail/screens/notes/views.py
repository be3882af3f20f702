"""Internal notes of a shared mailbox: written, changed for some minutes, withdrawn. Each POST leads back to the
conversation; one that is refused shows its text again."""

from dataclasses import replace

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.shared_mailboxes import internal_notes
from vaguemestre.shared_mailboxes.internal_notes import NoteRefusedError
from vaguemestre.shared_mailboxes.models import InternalNote
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast, say
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.assignments.conversations import named_conversations
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.notes.note_form import (
    NoteForm,
    SentNote,
    change_form,
    new_note_form,
    parse_note,
    parse_subject,
)
from vaguemestre.webmail.notes.note_mail import send_mention_mails
from vaguemestre.webmail.notes.note_view import note_views
from vaguemestre.webmail.return_url import return_url
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust.permalinks import permalink_url

HOME = "/webmail/"


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
@handles_outage
def new_note(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Its form, in the open conversation or as a page; then the note."""
    box, now, here = _box(request), timezone.now(), reverse("webmail:message", args=[folder_id, uid])
    if request.method == "POST":
        return _add(request, box, here)
    with open_mailbox(request.mailbox) as session:
        found = named_conversations(session, folder_id, [uid])
    if not found:
        raise Http404("conversation")
    return _form_response(request, new_note_form(request.mailbox, found[0], now), here)


@require_http_methods(["GET", "HEAD", "POST"])
@with_mailbox
def note(request: MailboxRequest, number: int) -> HttpResponse:
    """One's own, which may be changed for some minutes."""
    box, now = _box(request), timezone.now()
    if request.method == "POST":
        return _change(request, box, number)
    own = InternalNote.objects.filter(box=box.key, author=request.account, pk=number, withdrawn_at=None).first()
    if own is None:
        raise Http404("note")
    [shown] = note_views([own], request.mailbox, now, may_write=True)
    return _form_response(request, replace(change_form(request.mailbox, now), text=shown.text, chosen=shown.chosen))


@require_POST
@with_mailbox
def note_withdrawal(request: MailboxRequest, number: int) -> HttpResponse:
    try:
        internal_notes.withdraw_note(_box(request), number, by=request.account, now=timezone.now())
    except NoteRefusedError:
        return _done(request, Toast(_("This note can no longer be withdrawn by you."), tone="bad"))
    return _done(request, Toast(_("Note withdrawn")))


def _add(request: MailboxRequest, box: Account, here: str) -> HttpResponse:
    """`here`: the page of the conversation."""
    now = timezone.now()
    sent = parse_note(request, now)
    subject = parse_subject(request.mailbox, sent.form.about, now)
    if subject is None:
        return _refused(request, sent, _("This page is too old. Copy your text, and open the conversation again."))
    if sent.form.error:
        return _refused(request, sent, sent.form.error)
    about, form_key = subject
    try:
        with transaction.atomic():
            note, is_new = internal_notes.add_note(
                box, about, sent.text, sent.mentions, form_key=form_key, by=request.account, now=now
            )
            if is_new:
                send_mention_mails(box, note, sent.mentions, permalink_url(note.newest), now=now)
    except NoteRefusedError:
        return _refused(request, sent, _("You may no longer leave a note in this mailbox."))
    return _done(request, Toast(_("Note kept for the members of this mailbox")), here)


def _change(request: MailboxRequest, box: Account, number: int) -> HttpResponse:
    now = timezone.now()
    sent = parse_note(request, now)
    if sent.form.error:
        return _refused(request, sent, sent.form.error)
    try:
        with transaction.atomic():
            note, added = internal_notes.change_note(box, number, sent.text, sent.mentions, by=request.account, now=now)
            send_mention_mails(box, note, added, permalink_url(note.newest), now=now)
    except NoteRefusedError:
        return _refused(request, sent, _("This note can no longer be changed. Leave another one."))
    return _done(request, Toast(_("Note changed")))


def _form_response(request: MailboxRequest, form: NoteForm, here: str = HOME, status: int = 200) -> HttpResponse:
    context = {"form": form, "back": return_url(request, here)}
    part = "#form" if is_htmx(request) else ""
    return render(request, f"webmail/notes/note_page.html{part}", context, status=status)


def _refused(request: MailboxRequest, sent: SentNote, error: str) -> HttpResponse:
    return _form_response(request, replace(sent.form, error=error), status=409)


def _done(request: MailboxRequest, toast: Toast, here: str = HOME) -> HttpResponse:
    response = HttpResponseRedirect(return_url(request, here))
    say(response, toast)
    return response


def _box(request: MailboxRequest) -> Account:
    if request.mailbox.is_own:
        raise Http404("no shared mailbox")
    return request.mailbox.mailbox
