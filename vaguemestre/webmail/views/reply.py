"""Sheets that begin from a message: an answer, a forward, a draft to go on with. Nothing is kept before a word."""

from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.quantities import size_in_words
from vaguemestre.webmail import answering, echoes
from vaguemestre.webmail.calm import mailbox_screen
from vaguemestre.webmail.composer import Offered, composer
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.correspondents import own_addresses
from vaguemestre.webmail.letter import Letter, Source
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.sheet import back_of, show_composer


@require_safe
@signed_in
@mailbox_screen
def reply(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    return _reply(request, Source(folder_id, uid), everybody=False)


@require_safe
@signed_in
@mailbox_screen
def reply_all(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    return _reply(request, Source(folder_id, uid), everybody=True)


@require_safe
@signed_in
@mailbox_screen
def forward(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    source = Source(folder_id, uid)
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        letter = answering.forward(session, source, message, answering.beginning_of(request.account))
    return _begin(request, letter, _offered(message))


@require_safe
@signed_in
@mailbox_screen
def resume(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """A draft that is still open here is opened as it is; another program's is read from the mailbox."""
    known = Outgoing.objects.filter(
        account=request.account, state=Outgoing.State.DRAFT, draft_folder=folder_id, draft_uid=uid
    ).first()
    if known is not None:
        return HttpResponseRedirect(reverse("webmail:compose", args=[known.key]))
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        letter = answering.resume(session, Source(folder_id, uid), message)
    return _begin(request, letter, _offered(message))


@require_safe
@signed_in
@mailbox_screen
def reminder(request: StaffRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """To those of whom no receipt came back."""
    source, beginning = Source(folder_id, uid), answering.beginning_of(request.account)
    with open_mailbox(request) as session:
        message = session.message(folder_id, uid)
        people = echoes.unread_by(request.account, message)
        letter = answering.reminder(session, source, message, beginning, people)
    return _begin(request, letter, [])


def _reply(request: StaffRequest, source: Source, *, everybody: bool) -> HttpResponse:
    mine, beginning = own_addresses(request.account), answering.beginning_of(request.account)
    with open_mailbox(request) as session:
        message = session.message(source.folder, source.uid)
        letter = answering.reply(session, source, message, mine, beginning, everybody=everybody)
    return _begin(request, letter, [])


def _begin(request: StaffRequest, letter: Letter, offered: Sequence[Offered]) -> HttpResponse:
    folder = letter.source.folder if letter.source else None
    sheet = composer(request.account, new_key(), letter.by(new_key()), back=back_of(request), offered=offered)
    return show_composer(request, sheet, folder=folder)


def _offered(message: Message) -> list[Offered]:
    return [
        Offered(part.path, part.download_name, size_in_words(part.decoded_size))
        for part in message.attachments
        if part.path
    ]
