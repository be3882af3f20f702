"""The press on "Envoyer": at once or at an hour chosen, after what is worth a look; and the moment to think again."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import attached_files, drafts, identities, recipient_chips, send_checks, signatures
from vaguemestre.webmail.compose.access import outgoing_for, outgoing_or_none
from vaguemestre.webmail.compose.compose_form import compose_form
from vaguemestre.webmail.compose.draft_content import draft_content
from vaguemestre.webmail.compose.draft_copies import message_id_of
from vaguemestre.webmail.compose.drafts import AlreadySentError, WrittenElsewhereError
from vaguemestre.webmail.compose.send_checks import SendContext
from vaguemestre.webmail.connection import open_mailbox, open_mailbox_of
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.outbox import delivery, schedule
from vaguemestre.webmail.outbox.delivery import SendOutcome, SendRefusal, SendRefusedError
from vaguemestre.webmail.outbox.schedule import SendTime
from vaguemestre.webmail.outbox.wrong_mailbox import rightful_mailbox
from vaguemestre.webmail.people import homonyms
from vaguemestre.webmail.people.address_list import parse_recipients, recipients_text
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.screens.panes.compose_window import (
    close_window,
    closing_url,
    problem_text,
    show_composer,
    show_problems,
    unsaved_text,
)
from vaguemestre.webmail.screens.panes.draft_request import keep_draft, kept_content, receive_content
from vaguemestre.webmail.screens.panes.outage import handles_outage
from vaguemestre.webmail.screens.panes.send_response import (
    pressed_button,
    refuse_sensitive_data,
    sent_before_toast,
    sent_toast,
)


@require_POST
@with_mailbox
@handles_outage
def send(request: MailboxRequest, key: str) -> HttpResponse:
    return _leave(request, key, timezone.now(), None)


@require_POST
@with_mailbox
@handles_outage
def plan(request: MailboxRequest, key: str) -> HttpResponse:
    """`depart`: an instant; or a `jour` and an `heure`, asked for when there is none, or none that will do."""
    now = timezone.now()
    leaves_at = schedule.parse_send_time(pressed_button(request), now)
    if leaves_at is not None:
        return _leave(request, key, now, leaves_at)
    letter = receive_content(request, key)
    try:
        outgoing = keep_draft(request, key, letter)
    except AlreadySentError:
        return close_window(request, sent_before_toast(outgoing_for(request.mailbox.mailbox, key), now))
    except WrittenElsewhereError as problem:
        return show_problems(request, key, letter, [problem_text(problem)], elsewhere=True)
    except attached_files.NotAttachedError as problem:
        return show_problems(request, key, kept_content(request, key, letter), [problem_text(problem)])
    day, hour = request.POST.get("jour", ""), request.POST.get("heure", "")
    return _again(request, outgoing, hour=schedule.send_time_question(day, hour, now))


@require_POST
@with_mailbox
@handles_outage
def hide_everybody(request: MailboxRequest, key: str) -> HttpResponse:
    """All who were written to in sight of one another are in hidden copy instead."""
    letter = receive_content(request, key)
    everybody = recipients_text(parse_recipients("\n".join((letter.bcc, letter.to, letter.cc))))
    try:
        outgoing = keep_draft(request, key, replace(letter, to="", cc="", bcc=everybody))
    except (AlreadySentError, WrittenElsewhereError, attached_files.NotAttachedError) as problem:
        return show_problems(
            request, key, letter, [problem_text(problem)], elsewhere=isinstance(problem, WrittenElsewhereError)
        )
    return _again(request, outgoing)


@require_POST
@with_mailbox
@handles_outage
def meant_instead(request: MailboxRequest, key: str) -> HttpResponse:
    """The other one of a name takes the place of the first; it is said, and asked no more."""
    first, _space, other = request.POST.get("plutot", "").partition(" ")
    found = homonyms.visible_account(other, timezone.localdate())
    letter = receive_content(request, key)
    try:
        outgoing = keep_draft(
            request, key, recipient_chips.exchange_recipient(letter, first, found) if found else letter
        )
    except (AlreadySentError, WrittenElsewhereError, attached_files.NotAttachedError) as problem:
        return show_problems(
            request, key, letter, [problem_text(problem)], elsewhere=isinstance(problem, WrittenElsewhereError)
        )
    if found is None:
        return _again(request, outgoing)
    passes = " ".join(dict.fromkeys([*request.POST.get("malgre", "").split(), send_checks.WarningCode.HOMONYM]))
    said = send_checks.SendWarning(send_checks.WarningCode.HOMONYM, homonyms.changed_recipient_text(found))
    before = SendContext([said], passes, request.POST.get("depart", ""), settled=True)
    return _again(request, outgoing, before=before)


@require_POST
@with_mailbox
def call_back(request: MailboxRequest) -> HttpResponse:
    """The message is on the sheet again, as it was; or it is said that it has left."""
    key = request.POST.get("fait", "")
    outgoing = outgoing_for(request.mailbox.mailbox, key)
    if not (outgoing.is_draft or delivery.call_back(outgoing, timezone.now())):
        return close_window(request, Toast(_("Too late: this message has left.")))
    if not is_htmx(request):
        return HttpResponseRedirect(reverse("webmail:compose", args=[key]))
    return _again(request, outgoing_for(request.mailbox.mailbox, key), writer=new_key())


def _leave(request: MailboxRequest, key: str, now: datetime, hour: datetime | None) -> HttpResponse:
    letter = receive_content(request, key)
    chosen = lookup.load_preferences(request.mailbox.mailbox)
    own = chosen if request.mailbox.is_own else lookup.load_preferences(request.account)
    seconds = lookup.undo_seconds(own.undo_seconds)
    leaves_at = hour or (now + timedelta(seconds=seconds) if seconds else None)
    try:
        if "attente" in request.POST and _has_left_long_ago(request, key):
            return close_window(request, Toast(_("This message has already left.")))
        outgoing = keep_draft(request, key, letter)
        if letter.unkept:
            return show_problems(request, key, replace(letter, revision=outgoing.revision), [unsaved_text()])
        if letter.sender and not identities.may_write_from(request.mailbox.mailbox, letter.sender):
            raise SendRefusedError(SendRefusal.FOREIGN_SENDER, letter.sender)
        delivery.check_sendable(outgoing)
        refuse_sensitive_data(outgoing, request.account, now)
        if before := _worth_a_look(request, outgoing, chosen, hour):
            return _again(request, outgoing, before=before)
        outcome = delivery.send(outgoing, now, leaves_at, planned=hour is not None)
    except AlreadySentError:
        return close_window(request, sent_before_toast(outgoing_for(request.mailbox.mailbox, key), now))
    except WrittenElsewhereError as problem:
        return show_problems(request, key, letter, [problem_text(problem)], elsewhere=True)
    except (SendRefusedError, attached_files.NotAttachedError) as problem:
        coming = isinstance(problem, SendRefusedError) and problem.reason == SendRefusal.STILL_UPLOADING
        return show_problems(request, key, kept_content(request, key, letter), [problem_text(problem)], coming=coming)
    if outcome == SendOutcome.REFUSED:
        return show_problems(request, key, kept_content(request, key, letter), [])
    if outcome == SendOutcome.ALREADY:
        return close_window(request, sent_before_toast(outgoing_for(request.mailbox.mailbox, key), now))
    if outcome == SendOutcome.PLANNED:
        _withdraw_copy(outgoing_for(request.mailbox.mailbox, key))
    return close_window(request, sent_toast(outcome, outgoing, seconds, hour, now))


def _has_left_long_ago(request: MailboxRequest, key: str) -> bool:
    """A browser may bring it days after its first press: the row is forgotten by then, its copy in Sent is not."""
    if outgoing_or_none(request.mailbox.mailbox, key) is not None:
        return False
    with open_mailbox(request.mailbox) as session:
        sent = session.by_role("sent")
        return bool(sent and sent.id and session.find(sent.id, message_id_of(key)))


def _worth_a_look(
    request: MailboxRequest, outgoing: Outgoing, chosen: Preferences, hour: datetime | None
) -> SendContext | None:
    """None when nothing was noticed, or nothing that its author has not seen."""
    passed = request.POST.get("malgre", "").split()

    def circle() -> Collection[str] | None:
        if outgoing.kind == Outgoing.Kind.NEW or not (outgoing.source_folder and outgoing.source_uid):
            return None
        try:
            with open_mailbox(request.mailbox) as session:
                message = session.message(MailboxId(outgoing.source_folder), Uid(outgoing.source_uid))
        except MailboxError:
            return None  # it is gone, or nobody answers: nothing is held up for that
        return send_checks.addresses_in(message)

    found = send_checks.find_warnings(
        outgoing, signatures.signature_text(chosen), circle, passed=passed, today=timezone.localdate()
    )
    if send_checks.WarningCode.OTHER_MAILBOX not in passed and (
        rightful := rightful_mailbox(request.mailbox, outgoing, circle)
    ):
        found = [send_checks.wrong_mailbox(*rightful), *found]
    if not found:
        return None
    passes = " ".join(dict.fromkeys([*passed, *(one.code for one in found)]))
    return SendContext(found, passes, hour.isoformat() if hour else "")


def _again(
    request: MailboxRequest, outgoing: Outgoing, *,
    before: SendContext | None = None, hour: SendTime | None = None, writer: str = "",
) -> HttpResponse:  # fmt: skip
    """The sheet with what is kept, in the window that is open."""
    letter = draft_content(outgoing, writer or outgoing.writer)
    sheet = compose_form(request.mailbox, outgoing.key, letter, back=closing_url(request), outgoing=outgoing)
    return show_composer(request, sheet, before=before, hour=hour, undone=bool(writer))


def _withdraw_copy(outgoing: Outgoing) -> None:
    if not outgoing.draft_folder:
        return
    try:
        with open_mailbox_of(outgoing.account_id) as session:
            drafts.withdraw_copy(outgoing, session)
    except MailboxError:
        return  # it goes when the message is filed
