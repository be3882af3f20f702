"""The address of a filter that sends mail on: judged, then confirmed by the code that was sent to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.courier.mail import AddressUnusableError
from vaguemestre.webmail.mailbox_access import MailboxRequest
from vaguemestre.webmail.rules import forward_targets
from vaguemestre.webmail.rules.filters import forward_confirmations
from vaguemestre.webmail.rules.filters.forward_confirmations import MOST, TooManyTargetsError, UnconfirmedTargetError
from vaguemestre.webmail.rules.filters.rule import Rule
from vaguemestre.webmail.rules.forward_targets import TargetRefusal, TargetRefusedError

PURPOSE = confirmation_codes.Purpose.REDIRECTION
REFUSED = (TargetRefusedError, UnconfirmedTargetError, TooManyTargetsError)


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """`rule`: with its address as it will be written. `waits`: for the code, at this address. `problem`: why not."""

    rule: Rule
    waits: str = ""
    problem: str = ""


def judge_target(request: MailboxRequest, rule: Rule, now: datetime) -> ForwardStep:
    """What was typed, a code included. `waits` without a code there: it is still to be sent (`send_code`)."""
    if not rule.forwards:
        return ForwardStep(rule)
    try:
        rule = replace(rule, forwards=forward_targets.parse_target(request.mailbox.mailbox, rule.forwards))
    except TargetRefusedError as problem:
        return ForwardStep(rule, problem=forward_targets.target_refusal_text(problem))
    typed = request.POST.get("code", "").strip()
    if not rule.on or forward_confirmations.is_confirmed(request.mailbox.mailbox, rule.forwards):
        return ForwardStep(rule)
    if not typed:
        return ForwardStep(rule, waits=rule.forwards)
    if confirmation_codes.check_confirmation(request.mailbox.mailbox, PURPOSE, typed, now=now) == rule.forwards:
        forward_confirmations.confirm(request.mailbox.mailbox, rule.forwards, now=now)
        return ForwardStep(rule)
    return ForwardStep(
        rule, rule.forwards, _("This is not the code, or it is no longer good. Look at the latest mail.")
    )


def is_code_valid_for(request: MailboxRequest, target: str, now: datetime) -> bool:
    """Whether the code that may still be typed is this address's."""
    waiting = confirmation_codes.waiting_code(request.mailbox.mailbox, PURPOSE, now=now)
    return waiting is not None and waiting.target == target


def send_code(request: MailboxRequest, target: str, now: datetime) -> str:
    """Why the code did not leave; empty when it did, or is on its way. Its box sent empty asks for another one."""
    if "code" not in request.POST and is_code_valid_for(request, target, now):
        return ""
    try:
        confirmation_codes.send_confirmation(request.mailbox.mailbox, PURPOSE, target, now=now)
    except AddressUnusableError:
        return forward_targets.target_refusal_text(TargetRefusedError(TargetRefusal.FORM))
    except confirmation_codes.TooSoonError as problem:
        return too_soon_text(problem)
    return ""


def too_soon_text(problem: confirmation_codes.TooSoonError) -> str:
    minutes = max(1, ceil(problem.wait.total_seconds() / 60))
    words = ngettext(
        "A code was sent a moment ago. Look at the mail, or ask again in %d minute.",
        "A code was sent a moment ago. Look at the mail, or ask again in %d minutes.",
        minutes,
    )
    return words % minutes


def refused_text(problem: Exception) -> str:
    if isinstance(problem, TargetRefusedError):
        return forward_targets.target_refusal_text(problem)
    if isinstance(problem, TooManyTargetsError):
        return _("Filters send mail on to %d addresses at most.") % MOST
    return _("The address that this filter sends to has not confirmed: open the filter and save it.")
