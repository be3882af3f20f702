"""An account as the daemons see it: nothing but what signs in, receives and sends."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, AppPassword, LocalPart
from vaguemestre.accounts.roles.role_lookup import administrators
from vaguemestre.people.offices import department_of
from vaguemestre.shared_mailboxes.models import Membership

PARIS = ZoneInfo("Europe/Paris")
# What standards ask for (RFC 2142), what we print, whom people write to in an alarm. Each is reserved in academy.toml.
ROUTED = ("postmaster", "abuse", "hostmaster", "webmaster", "security", "mailer-daemon", "dmarc", "dpd", "rssi")
ACCOUNT = "INSERT INTO mail_account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MEMBER = "INSERT INTO mail_member VALUES (?, ?, ?, ?, ?)"
PROGRAM = "INSERT INTO mail_app_password VALUES (?, ?, ?, ?, ?)"
LOGIN = "INSERT OR REPLACE INTO mail_login VALUES (?, ?, ?)"
ROUTE = "INSERT INTO mail_route VALUES (?, ?)"

type AccountRow = tuple[
    str, int, str | None, bool, int, str, str, str | None, int, int | None, int | None, bool, bool, bool
]  # fmt: skip
type MemberRow = tuple[str, str, str, int, int | None]
type AppPasswordRow = tuple[str, str, str, str, bool]
type LoginRow = tuple[str, str, bool]


def account_rows(accounts: Iterable[Account]) -> Iterator[AccountRow]:
    """Read with their persons."""
    own, shared = academy().mail.quota_mb, academy().shared_mailboxes.quota_mb
    for account in accounts:
        yield (
            account.key, account.mail_version, _password(account), not account.first_signin_due,
            shared if account.is_shared else own, account.language, _department(account), _shut(account),
            _midnight(account.opens_on), _midnight_or_never(account.closes_on),
            _second_or_never(account.mail_blocked_until), account.frozen_at is not None,
            account.needs_app_passwords, account.is_shared,
        )  # fmt: skip


def app_password_rows(passwords: QuerySet[AppPassword]) -> Iterator[AppPasswordRow]:
    """The withdrawn ones too: Dovecot tells their programs, and the gate does not take them for guesses."""
    rows = passwords.values_list("hash", "pk", "account_id", "scope", "withdrawn_at")
    for digest, number, key, scope, withdrawn_at in rows.iterator(chunk_size=5000):
        yield digest, str(number), key, scope, withdrawn_at is not None


def login_rows(accounts: Iterable[Account], parts: QuerySet[LocalPart]) -> Iterator[LoginRow]:
    """The key, and every local part of these accounts. `parts`: where theirs are found."""
    receiving = {account.key: account.delivers for account in accounts}
    yield from ((key, key, False) for key in receiving)
    for undotted, key in parts.values_list("undotted", "account_id").iterator(chunk_size=5000):
        if key in receiving:
            yield undotted, key, receiving[key]


def member_rows(memberships: QuerySet[Membership]) -> Iterator[MemberRow]:
    for one in memberships.iterator(chunk_size=5000):
        ends = None if one.ends is None else _midnight(one.ends + timedelta(days=1))
        yield one.member_id, one.box_id, one.right, _midnight(one.starts), ends


def route_rows(today: date) -> list[tuple[str, str]]:
    """Role addresses, to those who are administrators today, by their post or by the authority's own list; but those
    that have a mailbox of their own."""
    services = Account.every.filter(kind=Account.Kind.SHARED, state=Account.State.OPEN, local_part__in=ROUTED)
    taken = set(services.values_list("local_part", flat=True))
    return [(name, account.local_part) for account in administrators(today) for name in ROUTED if name not in taken]


def _password(account: Account) -> str | None:
    """The provisional one as well: it must be verified before anybody is told that it does not open mail."""
    return f"{{ARGON2ID}}{account.password}" if account.password else None


def _department(account: Account) -> str:
    return "" if account.is_shared else department_of(account.person)


def _shut(account: Account) -> str | None:
    if account.locked_at is not None:
        return "locked"
    return "closed" if account.state in {Account.State.STOPPED, Account.State.PURGED} else None


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=PARIS).timestamp())


def _midnight_or_never(day: date | None) -> int | None:
    return None if day is None else _midnight(day)


def _second_or_never(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
