"""An account as the daemons see it: nothing but what signs in, receives and sends."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.people.functions import Function, Role, roles

PARIS = ZoneInfo("Europe/Paris")
ROUTED = ("postmaster", "abuse")
ACCOUNT = "INSERT INTO mail_account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
LOGIN = "INSERT OR REPLACE INTO mail_login VALUES (?, ?, ?)"
ROUTE = "INSERT INTO mail_route VALUES (?, ?)"

type AccountRow = tuple[str, int, str | None, bool, int, str, str | None, int, int | None]
type LoginRow = tuple[str, str, bool]


def account_rows(accounts: Iterable[Account]) -> Iterator[AccountRow]:
    quota = academy().mail.quota_mb
    for account in accounts:
        yield (
            account.key, account.mail_version, _password(account), not account.first_signin_due, quota,
            account.language, _shut(account), _midnight(account.opens_on), _midnight_or_never(account.closes_on),
        )  # fmt: skip


def login_rows(accounts: Iterable[Account], parts: QuerySet[LocalPart]) -> Iterator[LoginRow]:
    """The key, and every local part of these accounts. `parts`: where theirs are found."""
    receiving = {account.key: account.delivers for account in accounts}
    yield from ((key, key, False) for key in receiving)
    for undotted, key in parts.values_list("undotted", "account_id").iterator(chunk_size=5000):
        if key in receiving:
            yield undotted, key, receiving[key]


def route_rows(today: date) -> list[tuple[str, str]]:
    """To those who are administrators by a post they hold today."""
    posted = Account.objects.filter(
        person__postings__function=Function.ADMINISTRATOR, state=Account.State.OPEN, locked_at=None
    ).select_related("person").prefetch_related("person__postings__school").distinct()  # fmt: skip
    targets = [account.local_part for account in posted if Role.ADMINISTRATOR in roles(account.person, today=today)]
    return [(name, target) for target in targets for name in ROUTED]


def _password(account: Account) -> str | None:
    """The provisional one as well: it must be verified before anybody is told that it does not open mail."""
    return f"{{ARGON2ID}}{account.password}" if account.password else None


def _shut(account: Account) -> str | None:
    if account.locked_at is not None:
        return "locked"
    return "closed" if account.state == Account.State.STOPPED else None


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), tzinfo=PARIS).timestamp())


def _midnight_or_never(day: date | None) -> int | None:
    return None if day is None else _midnight(day)
