"""What an account holds beside its password, and what must follow when that changes."""

from datetime import date, datetime
from enum import StrEnum

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import notices
from vaguemestre.accounts.agents import roles_of
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.projection import announce
from vaguemestre.audit import journal


class Kind(StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"  # unused codes on paper: a way in, never a factor alone


FACTORS = {Kind.TOTP, Kind.PASSKEY}


def kinds(account: Account) -> set[Kind]:
    """What the second step of a sign-in may be answered with."""
    held = {
        Kind.TOTP: account.totps.filter(confirmed_at__isnull=False),
        Kind.PASSKEY: account.passkeys.all(),
        Kind.RECOVERY: account.recovery_codes.filter(used_at=None),
    }
    return {kind for kind, rows in held.items() if rows.exists()}


def refresh(account: Account) -> None:
    """Call it inside the act's transaction, after any change of a factor or of `method`: the daemons follow."""
    account.second_factor = bool(kinds(account) & FACTORS)
    account.save(update_fields=["second_factor"])
    if not account.second_factor:
        account.recovery_codes.all().delete()  # they stand for a factor, and there is none
    announce([account])


def changed(
    account: Account, change: str, now: datetime, *, by: str | None = None, name: str = "", left: int | None = None
) -> None:
    """What every change owes, inside its transaction: a line in the journal, a word to the person, the daemons told."""
    journal.record(by or account.key, f"factor.{change}", account.key, name=name, left=left)
    notices.tell(account, Notice.Kind.FACTOR, now=now, change=change, name=name, left=left)
    refresh(account)


def required(account: Account, today: date) -> bool:
    """By the authority's own choice (`academy.toml`), for the roles that see other people's accounts."""
    return not roles_of(account, today).isdisjoint(academy().second_factor.required_roles)


def missing(account: Account, today: date) -> bool:
    """Nothing else opens then. An OTP key is two factors already."""
    if account.second_factor or account.method == Account.Method.OTP_KEY:
        return False
    return required(account, today)


def is_last_required(account: Account, today: date) -> bool:
    """Withdrawing the one factor that is left would shut its holder out of their own work."""
    return held(account) == 1 and account.method != Account.Method.OTP_KEY and required(account, today)


def held(account: Account) -> int:
    """How many telephones and passkeys."""
    return account.passkeys.count() + account.totps.filter(confirmed_at__isnull=False).count()
