"""Where incoming mail also goes: a target that the person reads, where the authority allows it, never in a circle."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import notices, rescue
from vaguemestre.accounts.access import account_named
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.audit import journal
from vaguemestre.webmail import filtering
from vaguemestre.webmail.models import Redirection
from vaguemestre.webmail.recipients import is_address

HOPS = 20  # longer than any chain that people make


@dataclass(frozen=True)
class Unsuitable(Exception):
    """Why mail cannot be redirected there. `reason`: "form", "own", "outside", "unknown", "circle"."""

    reason: str


def current(account: Account) -> Redirection | None:
    return Redirection.objects.filter(account=account, removed_at=None).first()


def checked(account: Account, typed: str) -> str:
    """The target as it will be written. Raises `Unsuitable`."""
    target = typed.strip()
    if not is_address(target):
        raise Unsuitable("form")
    local, _at, domain = target.rpartition("@")
    target, domain = f"{local}@{domain.lower()}", domain.lower()
    if domain != academy().domain:
        if domain not in {allowed.lower() for allowed in academy().redirections.allowed_domains}:
            raise Unsuitable("outside")
        return target
    colleague = account_named(f"{local.partition('+')[0]}@{domain}")
    if colleague is None or not colleague.delivers:
        raise Unsuitable("unknown")
    if colleague.key == account.key:
        raise Unsuitable("own")
    if _comes_back(colleague, account):
        raise Unsuitable("circle")
    return target


def set_up(account: Account, target: str, *, keep_copy: bool, by: str, now: datetime, agreed: str = "") -> None:
    """The target was confirmed by its code. Raises `Unsuitable`, `ForeignScript` and the mailbox's errors."""
    target = checked(account, target)
    with filtering.changing(account, by=by, now=now, agreed=agreed):
        _close(account, by, now)
        Redirection.objects.create(account=account, target=target, keep_copy=keep_copy, set_at=now, set_by=by)
        journal.record(by, "redirection.set", account.key, target=shown(target), keep_copy=keep_copy)
        _tell(account, "set", target, by, now)


def remove(account: Account, *, by: str, now: datetime, agreed: str = "") -> bool:
    """False when there was none. Raises `ForeignScript` where ours was changed, and the mailbox's errors."""
    found = current(account)
    if found is None:
        return False
    with filtering.changing(account, by=by, now=now, agreed=agreed or filtering.WHATEVER):
        take_away(account, found, by=by, now=now)
    return True


def take_away(account: Account, found: Redirection, *, by: str, now: datetime) -> None:
    """In the tables, with its words to the person and to the journal; inside the caller's transaction."""
    _close(account, by, now)
    journal.record(by, "redirection.removed", account.key, target=shown(found.target))
    _tell(account, "removed", found.target, by, now)


def shown(target: str) -> str:
    """A colleague's address as it is; one outside is private and half hidden."""
    return target if target.endswith(f"@{academy().domain}") else rescue.mask(target)


def in_words(problem: Unsuitable) -> str:
    """Why not, and what to do."""
    allowed = academy().redirections.allowed_domains
    return {
        "form": _("This is not an address. It looks like this: first.last@%s.") % academy().domain,
        "own": _("This is your own mailbox. Give the address of somebody else, or of another mailbox."),
        "outside": _("This domain is not allowed. You may redirect to a colleague or to: %s.") % ", ".join(allowed)
        if allowed
        else _("The authority keeps its mail inside: you may redirect to a colleague's address, ending in @%s.")
        % academy().domain,
        "unknown": _("Nobody receives mail at this address here. Check its spelling."),
        "circle": _("This person's mail is redirected to you: messages would go round in a circle."),
    }[problem.reason]


def _comes_back(start: Account, home: Account) -> bool:
    """Whether mail that reaches `start` is sent on, hop after hop, to `home`."""
    place: Account | None = start
    for _hop in range(HOPS):
        found = current(place) if place else None
        if found is None:
            return False
        local, _at, domain = found.target.rpartition("@")
        place = account_named(f"{local.partition('+')[0]}@{domain}") if domain == academy().domain else None
        if place is not None and place.key == home.key:
            return True
    return True


def _close(account: Account, by: str, now: datetime) -> None:
    Redirection.objects.filter(account=account, removed_at=None).update(removed_at=now, removed_by=by)


def _tell(account: Account, change: str, target: str, by: str, now: datetime) -> None:
    notices.tell(account, Notice.Kind.REDIRECTION, now=now, by=by, to_rescue=True, change=change, address=shown(target))
