"""Where incoming mail may be sent on, whole or by a filter: where the authority allows it, never in a circle."""

from collections.abc import Iterator
from enum import StrEnum, auto
from typing import assert_never

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue import contact
from vaguemestre.webmail.models import Redirection
from vaguemestre.webmail.people.address_list import is_address
from vaguemestre.webmail.rules.filters import store

PLACES = 200  # more mailboxes than any chain that people make


class TargetRefusal(StrEnum):
    FORM = auto()
    OWN = auto()
    OUTSIDE = auto()
    UNKNOWN = auto()
    CIRCLE = auto()


class TargetRefusedError(Exception):
    """Why mail cannot be sent on there."""

    def __init__(self, reason: TargetRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_target(account: Account, typed: str) -> str:
    """The target as it will be written. Raises `TargetRefusedError`."""
    target = typed.strip()
    if not is_address(target):
        raise TargetRefusedError(TargetRefusal.FORM)
    local, _at, domain = target.rpartition("@")
    target, domain = f"{local}@{domain.lower()}", domain.lower()
    if domain != academy().domain:
        if domain not in {allowed.lower() for allowed in academy().redirections.allowed_domains}:
            raise TargetRefusedError(TargetRefusal.OUTSIDE)
        return target
    colleague = colleague_at(target)
    if colleague is None or not colleague.delivers:
        raise TargetRefusedError(TargetRefusal.UNKNOWN)
    if colleague.key == account.key:
        raise TargetRefusedError(TargetRefusal.OWN)
    if _comes_back(colleague, account):
        raise TargetRefusedError(TargetRefusal.CIRCLE)
    return target


def target_text(target: str) -> str:
    """A colleague's address as it is; one outside is private and half hidden."""
    return target if target.endswith(f"@{academy().domain}") else contact.mask_email(target)


def target_refusal_text(problem: TargetRefusedError) -> str:
    match problem.reason:
        case TargetRefusal.FORM:
            return _("This is not an address. It looks like this: first.last@%s.") % academy().domain
        case TargetRefusal.OWN:
            return _("This is the mailbox itself. Give the address of somebody else, or of another mailbox.")
        case TargetRefusal.OUTSIDE if allowed := academy().redirections.allowed_domains:
            return _("This domain is not allowed. You may redirect to a colleague or to: %s.") % ", ".join(allowed)
        case TargetRefusal.OUTSIDE:
            words = _("The authority keeps its mail inside: you may redirect to a colleague's address, ending in @%s.")
            return words % academy().domain
        case TargetRefusal.UNKNOWN:
            return _("Nobody receives mail at this address here. Check its spelling.")
        case TargetRefusal.CIRCLE:
            return _("This person's mail is redirected to you: messages would go round in a circle.")
    assert_never(problem.reason)


def _comes_back(start: Account, home: Account) -> bool:
    """Whether mail that reaches `start` is sent on, hop after hop, to `home`: by redirections, and by filters, which
    may catch it. A chain without end counts as a circle."""
    waiting, seen = [start], {start.key}
    while waiting:
        for colleague in _next(waiting.pop()):
            if colleague.key == home.key or len(seen) > PLACES:
                return True
            if colleague.key not in seen:
                seen.add(colleague.key)
                waiting.append(colleague)
    return False


def _next(account: Account) -> Iterator[Account]:
    redirected = Redirection.objects.filter(account=account, removed_at=None).values_list("target", flat=True)
    forwarded = (rule.forwards for rule in store.active_rules(account.key) if rule.forwards)
    for target in (*redirected, *forwarded):
        colleague = colleague_at(target)
        if colleague is not None:
            yield colleague


def colleague_at(target: str) -> Account | None:
    """Whose address it is, in any of its forms; None outside."""
    local, _at, domain = target.rpartition("@")
    return account_named(f"{local.partition('+')[0]}@{domain}") if domain == academy().domain else None
