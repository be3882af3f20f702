"""Sheets that begin from a message: an answer, a forward, a draft to continue with. Nothing is kept before a word."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.mailbox.errors import NoSuchMessageError
from vaguemestre.mailbox.imap.conversations.conversation_index import Spot
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.mime.header_text import ADDRESS_LIMIT
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.htmx import go_to, is_htmx
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.actions.selection import select
from vaguemestre.webmail.compose import attached_forwards, draft_copies, drafts, identities, replies, resent_message
from vaguemestre.webmail.compose.compose_form import OfferedFile, compose_form
from vaguemestre.webmail.compose.draft_content import FIELDS, DraftContent, DraftOrigin, draft_content
from vaguemestre.webmail.connection import open_mailbox
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.message_list.access import ticked_messages, ticked_results
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.outbox import delivery_reports
from vaguemestre.webmail.people.address_list import is_address
from vaguemestre.webmail.people.correspondents import own_addresses
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.screens.panes import impersonation_question
from vaguemestre.webmail.screens.panes.compose_window import closing_url, show_composer
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.trust import junk_attachments, notice
from vaguemestre.webmail.trust.notice import TrustNotice


@require_safe
@with_mailbox
@handles_outage
def reply(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """One that was begun is taken up again, and nothing of the mailbox is asked."""
    source = DraftOrigin(folder_id, uid)
    if begun := drafts.answer_in_progress(request.mailbox.mailbox, source):
        letter = draft_content(begun, new_key())
        return show_composer(
            request,
            compose_form(request.mailbox, begun.key, letter, back=closing_url(request), outgoing=begun),
            folder=folder_id,
        )
    return _reply(request, source, everybody=False)


@require_safe
@with_mailbox
@handles_outage
def reply_all(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    return _reply(request, DraftOrigin(folder_id, uid), everybody=True)


@require_safe
@with_mailbox
@handles_outage
def forward(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    source, key = DraftOrigin(folder_id, uid), new_key()
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        stays = _stays(request, session, folder_id, message)
        beginning = replies.initial_draft(request.mailbox.mailbox, message)
        letter = replies.forward(session, source, message, beginning, "" if stays else key)
    if (pretends := _pretends(request, message)) and impersonation_question.ALL_THE_SAME not in request.GET:
        return impersonation_question.ask_about_impersonation(request, source, message, pretends, forwards=True)
    return _begin_with_files(request, letter, message, key, stays=stays)


@require_safe
@with_mailbox
@handles_outage
def resume(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """A draft that is still open here is opened as it is, whichever of its copies was asked for; another program's is
    read from the mailbox. Who only reads sees it as a message."""
    if not request.mailbox.may_write:
        shown = reverse("webmail:message", args=[folder_id, uid])
        return go_to(shown) if is_htmx(request) else HttpResponseRedirect(shown)
    if known := draft_copies.draft_at(request.mailbox.mailbox, folder_id, uid):
        return HttpResponseRedirect(reverse("webmail:compose", args=[known.key]))
    key, asked = draft_copies.key_for(request.mailbox.mailbox, folder_id, uid), request.GET.get(draft_copies.LETTER, "")
    with open_mailbox(request.mailbox) as session:
        try:
            message = session.message(folder_id, uid)
        except NoSuchMessageError:
            if url := draft_copies.present_url(session, request.mailbox.mailbox, folder_id, asked):
                return HttpResponseRedirect(url)
            raise
        if known := draft_copies.draft_being_stored(request.mailbox.mailbox, message.message_id, uid):
            return HttpResponseRedirect(reverse("webmail:compose", args=[known.key]))
        stays = _stays(request, session, folder_id, message)
        letter = replies.resume(session, DraftOrigin(folder_id, uid), message, "" if stays else key)
    return _begin_with_files(request, _as_written_from(request, letter, message), message, key, stays=stays)


@require_safe
@with_mailbox
@handles_outage
def again(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """Any message as the beginning of a new one. `refusee`: to that address alone, which it did not reach."""
    key, refused = new_key(), request.GET.get("refusee", "")
    with open_mailbox(request.mailbox) as session:
        message = session.message(folder_id, uid)
        stays = _stays(request, session, folder_id, message)
        letter = replies.send_again(session, DraftOrigin(folder_id, uid), message, "" if stays else key)
    letter = _as_written_from(request, letter, message)
    typed: dict[str, str] = {}
    if is_address(refused):
        letter = resent_message.resent_to_one(letter, message, refused)
        letter, typed = replace(letter, to="", refused=refused), {FIELDS["to"]: letter.to}
    return _begin_with_files(request, letter, message, key, stays=stays, typed=typed)


@require_safe
@with_mailbox
@handles_outage
def forward_whole(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    return _hand_on(request, [(folder_id, uid)])


@require_POST
@with_mailbox
@handles_outage
def forward_chosen(request: MailboxRequest, folder_id: MailboxId | None = None) -> HttpResponse:
    """Those ticked in the list. Nothing is kept yet: it is only a sheet that begins."""
    with open_mailbox(request.mailbox) as session:
        places = select(request, session, folder_id, whole=True).places
    return _hand_on(request, [(folder, uid) for folder, uids in places.items() for uid in uids.uids])


def _hand_on(request: MailboxRequest, spots: Sequence[Spot]) -> HttpResponse:
    """Whole messages; those of the junk with files only once these were asked for."""
    with open_mailbox(request.mailbox) as session:
        rows = attached_forwards.find_rows(session, spots)
        stay = junk_attachments.withheld_files(junk_attachments.parse_consent(request), session, rows)
        taken = {spot: row for spot, row in rows.items() if spot not in stay}
        if impersonation_question.ALL_THE_SAME not in request.GET and (trap := _trap(request, session, taken)):
            source, message, pretends = trap
            return impersonation_question.ask_about_impersonation(
                request, source, message, pretends, forwards=True, several=len(taken) > 1
            )
    if not rows:
        raise NoSuchMessageError
    letter = attached_forwards.forward_content(rows, replies.initial_draft(request.mailbox.mailbox))
    letter = replace(letter, messages=tuple(DraftOrigin(*spot) for spot in taken))
    said = [*attached_forwards.too_many_text(len(spots)), *([junk_attachments.withheld_text()] if stay else [])]
    return _begin(request, letter, attached_forwards.offered_forwards(taken), new_key(), said)


def _trap(
    request: MailboxRequest, session: Session, spots: Iterable[Spot]
) -> tuple[DraftOrigin, Message, TrustNotice] | None:
    """The first of them that pretends to be somebody else's."""
    for folder, uid in spots:
        message = session.message(folder, uid)
        if pretends := _pretends(request, message):
            return DraftOrigin(folder, uid), message, pretends
    return None


@require_safe
@with_mailbox
@handles_outage
def reminder(request: MailboxRequest, folder_id: MailboxId, uid: Uid) -> HttpResponse:
    """To those of whom no receipt came back; to all of them (`tous`) of what nobody has answered."""
    return _remind(request, DraftOrigin(folder_id, uid), everybody="tous" in request.GET)


@require_POST
@with_mailbox
@handles_outage
def reminder_chosen(request: MailboxRequest, folder_id: MailboxId) -> HttpResponse:
    """Of a row that nobody has answered. One letter is written at a time."""
    if not (uids := ticked_messages(request)):
        raise NoSuchMessageError
    return _remind(request, DraftOrigin(folder_id, uids[0]), everybody=True)


@require_POST
@with_mailbox
@handles_outage
def reminder_found(request: MailboxRequest) -> HttpResponse:
    """The same among results of a search."""
    if not (places := ticked_results(request)):
        raise NoSuchMessageError
    folder, uids = next(iter(places.items()))
    return _remind(request, DraftOrigin(folder, uids[0]), everybody=True)


def _remind(request: MailboxRequest, source: DraftOrigin, *, everybody: bool) -> HttpResponse:
    mine = own_addresses(request.mailbox.mailbox)
    with open_mailbox(request.mailbox) as session:
        message = session.message(source.folder, source.uid)
        beginning = replies.initial_draft(request.mailbox.mailbox, message)
        people = (
            (*message.to, *message.cc)
            if everybody
            else delivery_reports.recipients_without_receipt(request.mailbox.mailbox, message)
        )
        people = [one for one in people if one.address.lower() not in mine]
        letter = replies.reminder(session, source, message, beginning, people)
    return _begin(request, letter, [], new_key())


def _reply(request: MailboxRequest, source: DraftOrigin, *, everybody: bool) -> HttpResponse:
    mine = own_addresses(request.mailbox.mailbox)
    with open_mailbox(request.mailbox) as session:
        message = session.message(source.folder, source.uid)
        beginning = replies.initial_draft(request.mailbox.mailbox, message)
        letter = replies.reply(session, source, message, mine, beginning, everybody=everybody)
    pretends = _pretends(request, message)
    if pretends and impersonation_question.ALL_THE_SAME not in request.GET:
        return impersonation_question.ask_about_impersonation(request, source, message, pretends, forwards=False)
    said = [f"{pretends.title} {pretends.said}"] if pretends else []
    return _begin(request, letter, [], new_key(), [*said, *(_cut(message) if everybody else [])])


def _pretends(request: MailboxRequest, message: Message) -> TrustNotice | None:
    return notice.impersonation_notice(
        request.account, message, own_addresses(request.mailbox.mailbox), timezone.localdate()
    )


def _cut(message: Message) -> list[str]:
    """More people than are read of one field: an answer to everybody would pass some over without a word."""
    if max(len(message.to), len(message.cc)) < ADDRESS_LIMIT:
        return []
    words = _("This message has more recipients than can be answered at once: only the first %s are here.")
    return [words % number_text(ADDRESS_LIMIT)]


def _stays(request: MailboxRequest, session: Session, folder: MailboxId, message: Message) -> bool:
    """Its files are not taken along: it lies in the junk, and nobody has asked for them."""
    return junk_attachments.parse_consent(request).holds(session, folder, message.row)


def _begin_with_files(
    request: MailboxRequest, letter: DraftContent, message: Message, key: str, *, stays: bool,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    if not stays:
        return _begin(request, letter, _offered(message), key, typed=typed)
    said = [junk_attachments.withheld_text()] if message.attachments or message.inline else []
    return _begin(request, replace(letter, parts=()), [], key, said, typed=typed)


def _begin(
    request: MailboxRequest,
    letter: DraftContent,
    offered: Sequence[OfferedFile],
    key: str,
    said: Sequence[str] = (),
    *,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`typed`: what waits in a box, by its name."""
    folder = letter.source.folder if letter.source else None
    sheet = compose_form(
        request.mailbox,
        key,
        letter.by(new_key()),
        back=closing_url(request),
        offered=offered,
        problems=said,
        typed=typed,
    )
    return show_composer(request, sheet, folder=folder)


def _as_written_from(request: MailboxRequest, letter: DraftContent, message: Message) -> DraftContent:
    chosen = lookup.load_preferences(request.mailbox.mailbox)
    return replace(letter, sender=identities.reply_sender(request.mailbox.mailbox, chosen, message))


def _offered(message: Message) -> list[OfferedFile]:
    return [
        OfferedFile(str(part.path), part.download_name, octets_text(part.decoded_size))
        for part in message.attachments
        if part.path
    ]
