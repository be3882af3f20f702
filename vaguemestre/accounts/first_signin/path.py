"""The path of the first sign-in: what is done, what comes next. Nothing is kept but what each step has left behind,
so that another device continues where this one stopped."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from vaguemestre.accounts.charter import acceptance
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.rescue.contact import contact_of
from vaguemestre.audit import journal


class PathStep(Enum):
    """In order. The value is also the name of the step's address."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    CHARTER = "charter"
    RESCUE = "rescue"
    PERSONALISE = "personalise"

    @property
    def forced(self) -> bool:
        """Until it is done nothing else opens."""
        return self in {PathStep.PASSWORD, PathStep.CHARTER}

    @property
    def url(self) -> str:
        return reverse(f"accounts:first-{self.value}")

    @property
    def title(self) -> str:
        match self:
            case PathStep.PASSWORD:
                return _("Password")
            case PathStep.CHARTER:
                return _("Charter")
            case PathStep.RESCUE:
                return _("Rescue contact")
            case PathStep.PERSONALISE:
                return _("Personalise")

    @property
    def asks(self) -> str:
        match self:
            case PathStep.PASSWORD:
                return _("You replace the password you were given.")
            case PathStep.CHARTER:
                return _("One page to read.")
            case PathStep.RESCUE:
                return _("To find your access again.")
            case PathStep.PERSONALISE:
                return _("Signature, absence, redirection.")


@dataclass(frozen=True)
class PathProgress:
    step: PathStep
    number: int
    done: bool


def next_step(account: Account) -> PathStep | None:
    """What is left to do; None once the path was walked to its end and the charter is the present one."""
    return next((standing.step for standing in path_of(account) if not standing.done), None)


def path_of(account: Account) -> list[PathProgress]:
    """A newcomer's four steps; for the others only what is asked again (a temporary password, a new charter)."""
    steps = [step for step in PathStep if account.welcomed_at is None or not _done(account, step)]
    return [PathProgress(step, number, _done(account, step)) for number, step in enumerate(steps, 1)]


def finish_path(account: Account, *, now: datetime) -> bool:
    """The end of the path. False while something before it is still to do; twice is once."""
    if _left_before_the_end(account):
        return False
    with transaction.atomic():
        if Account.objects.filter(pk=account.pk, welcomed_at=None).update(welcomed_at=now):
            journal.record(account.key, "account.welcomed", account.key)
    account.welcomed_at = account.welcomed_at or now
    return True


def _left_before_the_end(account: Account) -> list[PathStep]:
    return [step for step in PathStep if step is not PathStep.PERSONALISE and not _done(account, step)]


def _done(account: Account, step: PathStep) -> bool:
    match step:
        case PathStep.PASSWORD:
            return account.password_kind == Account.PasswordKind.OWN
        case PathStep.CHARTER:
            return not acceptance.is_charter_due(account)
        case PathStep.RESCUE:
            return account.welcomed_at is not None or _answered(account)
        case PathStep.PERSONALISE:
            return account.welcomed_at is not None


def _answered(account: Account) -> bool:
    contact = contact_of(account)
    return bool(contact.confirmed_at or contact.phone_confirmed_at or contact.put_off_at)
