"""The address of a filter that sends mail on: judged, then confirmed by the code that was sent to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.courier.mail import AddressUnusable
from vaguemestre.webmail.rules import forward_targets
from vaguemestre.webmail.rules.filters import forward_confirmations
from vaguemestre.webmail.rules.filters.forward_confirmations import MOST, TooManyTargets, Unconfirmed
from vaguemestre.webmail.rules.filters.rule import Rule
from vaguemestre.webmail.rules.forward_targets import TargetRefusal, TargetRefusedError

PURPOSE = confirmation_codes.Purpose.REDIRECTION
REFUSED = (TargetRefusedError, Unconfirmed, TooManyTargets)


@dataclass(frozen=True, slots=True)
class Step:
    """`rule`: with its address as it will be written. `waits`: for the code, at this address. `problem`: why not."""

    rule: Rule
    waits: str = ""
    problem: str = ""


def judged(request: StaffRequest, rule: Rule, now: datetime) -> Step:
    """What was typed, a code included. `waits` without a code there: it is still to be sent (`send`)."""
    if not rule.forwards:
        return Step(rule)
    try:
        rule = replace(rule, forwards=forward_targets.checked(request.account, rule.forwards))
    except TargetRefusedError as problem:
        return Step(rule, problem=forward_targets.target_refusal_text(problem))
    typed = request.POST.get("code", "").strip()
    if not rule.on or forward_confirmations.is_confirmed(request.account, rule.forwards):
        return Step(rule)
    if not typed:
        return Step(rule, waits=rule.forwards)
    if confirmation_codes.check(request.account, PURPOSE, typed, now=now) == rule.forwards:
        forward_confirmations.confirm(request.account, rule.forwards, now=now)
        return Step(rule)
    return Step(rule, rule.forwards, _("This is not the code, or it is no longer good. Look at the latest mail."))


def on_its_way(request: StaffRequest, target: str, now: datetime) -> bool:
    """Whether the code that may still be typed is this address's."""
    waiting = confirmation_codes.waiting(request.account, PURPOSE, now=now)
    return waiting is not None and waiting.target == target


def send(request: StaffRequest, target: str, now: datetime) -> str:
    """Why the code did not leave; empty when it did, or is on its way. Its box sent empty asks for another one."""
    if "code" not in request.POST and on_its_way(request, target, now):
        return ""
    try:
        confirmation_codes.send(request.account, PURPOSE, target, now=now)
    except AddressUnusable:
        return forward_targets.target_refusal_text(TargetRefusedError(TargetRefusal.FORM))
    except confirmation_codes.TooSoon as problem:
        return too_soon(problem)
    return ""


def too_soon(problem: confirmation_codes.TooSoon) -> str:
    minutes = max(1, ceil(problem.wait.total_seconds() / 60))
    words = ngettext(
        "A code was sent a moment ago. Look at the mail, or ask again in %d minute.",
        "A code was sent a moment ago. Look at the mail, or ask again in %d minutes.",
        minutes,
    )
    return words % minutes


def refused_in_words(problem: Exception) -> str:
    if isinstance(problem, TargetRefusedError):
        return forward_targets.target_refusal_text(problem)
    if isinstance(problem, TooManyTargets):
        return _("Filters send mail on to %d addresses at most.") % MOST
    return _("The address that this filter sends to has not confirmed: open the filter and save it.")
