"""What an account holds beside its password, and what must follow when that changes."""

from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Notice, TextFactor
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.roles.role_lookup import roles_of
from vaguemestre.audit import journal


class Kind(StrEnum):
    TOTP = "totp"
    PASSKEY = "passkey"
    TEXT = "text"  # codes sent to the confirmed number: not enough for a role
    RECOVERY = "recovery"  # unused codes on paper: a way in, never a factor alone


STRONG = {Kind.TOTP, Kind.PASSKEY}
FACTORS = {*STRONG, Kind.TEXT}


def factor_kinds(account: Account) -> set[Kind]:
    """What is held for the second step of a sign-in, in one query."""
    held = {
        f"has_{Kind.TOTP}": Exists(account.totps.filter(confirmed_at__isnull=False)),
        f"has_{Kind.PASSKEY}": Exists(account.passkeys.all()),
        f"has_{Kind.TEXT}": Exists(TextFactor.objects.filter(account=account)),
        f"has_{Kind.RECOVERY}": Exists(account.recovery_codes.filter(used_at=None)),
    }
    found = Account.objects.filter(pk=account.pk).annotate(**held).values(*held).first() or {}
    return {kind for kind in Kind if found.get(f"has_{kind}")}


def refresh_method(account: Account) -> None:
    """Call it inside the act's transaction, after any change of a factor or of `method`: the daemons follow."""
    account.second_factor = bool(factor_kinds(account) & FACTORS)
    account.save(update_fields=["second_factor"])
    if not account.second_factor:
        account.recovery_codes.all().delete()  # they stand for a factor, and there is none
    announce_change([account])


def note_change(
    account: Account, change: str, now: datetime, *, by: str | None = None, name: str = "", left: int | None = None
) -> None:
    """What every change owes, inside its transaction: a line in the journal, a word to the person, the daemons told."""
    journal.record(by or account.key, f"factor.{change}", account.key, name=name, left=left)
    notices.tell_owner(account, Notice.Kind.FACTOR, now=now, change=change, name=name, left=left)
    refresh_method(account)


def is_factor_required(account: Account, today: date) -> bool:
    """By the authority's own choice (`academy.toml`), for the roles that see other people's accounts."""
    return not roles_of(account, today).isdisjoint(academy().second_factor.required_roles)


def is_factor_missing(account: Account, today: date) -> bool:
    """Nothing else opens then. An OTP key is two factors already; a text message is too weak a second one."""
    if account.method == Account.Method.OTP_KEY or (account.second_factor and not has_text_alone(account)):
        return False
    return is_factor_required(account, today)


def has_text_alone(account: Account) -> bool:
    """A number, and neither phone application nor passkey."""
    return factor_kinds(account) & FACTORS == {Kind.TEXT}


def has_no_strong_factor(account: Account) -> bool:
    """Sessions that there are stand on a password alone, or on a text message: a better factor ends the others."""
    return not account.second_factor or has_text_alone(account)


def is_last_required(account: Account, today: date) -> bool:
    """Withdrawing the one factor that is left would shut its holder out of their own work."""
    return (
        count_strong(account) == 1 and account.method != Account.Method.OTP_KEY and is_factor_required(account, today)
    )


def count_strong(account: Account) -> int:
    """How many phone applications and passkeys."""
    return account.passkeys.count() + account.totps.filter(confirmed_at__isnull=False).count()
