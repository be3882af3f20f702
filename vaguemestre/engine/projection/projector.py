"""Accounts to file: one account at its commit, all of them after a change of tables, and what differs on a timer."""

import logging
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db.models import QuerySet
from django.utils import timezone

from vaguemestre.accounts.models import Account, AppPassword, LocalPart, ProjectionRequest
from vaguemestre.engine import heartbeat_mailbox, leaver_replies
from vaguemestre.engine.doveadm import kick
from vaguemestre.engine.projection import file
from vaguemestre.engine.projection.rows import (
    ACCOUNT,
    LOGIN,
    MEMBER,
    PROGRAM,
    ROUTE,
    account_rows,
    app_password_rows,
    login_rows,
    member_rows,
    route_rows,
)
from vaguemestre.shared_mailboxes.periods import current

logger = logging.getLogger(__name__)
BATCH = 2000
_STANDING = "SELECT key, password, refusal, needs_app FROM mail_standing WHERE key IN ({marks})"
_MEMBERS = """SELECT box, member, rights FROM mail_member WHERE {column} IN ({marks})
    AND begins_at <= unixepoch() AND (ends_at IS NULL OR ends_at > unixepoch())"""
_WRITTEN = "SELECT key, version FROM mail_account WHERE key <> ?"  # but the service's own, of no account
_LIVE = "SELECT key, id FROM mail_app_password WHERE NOT withdrawn AND key IN ({marks})"

type Standings = dict[str, ProjectionState]


@dataclass(frozen=True)
class ProjectionState:
    """What somebody who is connected could have come in with."""

    password: str | None
    refusal: str | None
    needs_app: bool
    app_passwords: frozenset[str]

    def still_opens(self, before: "ProjectionState") -> bool:
        same = (self.password, self.needs_app) == (before.password, before.needs_app)
        return self.refusal is None and same and self.app_passwords >= before.app_passwords


def project(keys: Sequence[str]) -> None:
    """These accounts as they are now. Whoever is shut out by it, or has a new password, loses open connections.

    Returns once the daemons see it. Raises ProjectionUnavailableError; the outbox then keeps the request.
    """
    place = file.path()
    if place is None:
        return
    if not file.reads_as_current(place):
        rebuild()  # new, or of another version of the product: everybody else would be missing until the repair
    ended: set[str] = set()
    for batch in batched(keys, BATCH, strict=False):
        with file.written(place) as connection:
            before, shared = _standing(connection, batch), _members(connection, "box", batch)
            accounts = list(Account.every.filter(key__in=batch).select_related("person"))
            _replace(connection, batch, accounts)
            _write_routes(connection)
            out = _shut_out(before, _standing(connection, batch))
            ended |= out
            # And the boxes that they shared, or that somebody shares no longer, or with another right: whoever still
            # does comes back by themselves.
            ended |= {box for box, _member, _right in shared - _members(connection, "box", batch)}
            ended |= {box for box, _member, _right in _members(connection, "member", list(out))}
        leaver_replies.place(accounts)
        _settle({account.key: account.mail_version for account in accounts})
    kick(ended)


def rebuild() -> int:
    """Everything again in one transaction. Returns the number of accounts."""
    place = file.path()
    if place is None:
        return 0
    with file.written(place) as connection:
        file.empty(connection)
        accounts = list(Account.every.select_related("person"))
        _insert(connection, accounts, LocalPart.objects.filter(account__isnull=False))
        connection.executemany(PROGRAM, app_password_rows(AppPassword.objects.all()))
        connection.executemany(MEMBER, member_rows(current()))
        _write_routes(connection)
    leaver_replies.place(accounts)
    _settle({account.key: account.mail_version for account in accounts})
    return len(accounts)


def reconcile() -> int:
    """Repairs by version what a lost commit, a full disk or a restored copy left behind. Returns how many accounts."""
    place = file.path()
    if place is None:
        return 0
    with file.written(place) as connection:
        current = file.is_current(connection)
        written = dict(connection.execute(_WRITTEN, [heartbeat_mailbox.KEY])) if current else {}
        if current:
            _write_routes(connection)
    if not current:
        return rebuild()
    wanted = dict(Account.every.values_list("key", "mail_version"))
    differing = [key for key in wanted.keys() | written.keys() if wanted.get(key) != written.get(key)]
    if differing:
        logger.warning("mail file: %d accounts repaired", len(differing))
        project(differing)
    _settle_all(written)
    return len(differing)


def _replace(connection: sqlite3.Connection, keys: Sequence[str], accounts: Sequence[Account]) -> None:
    connection.executemany("DELETE FROM mail_account WHERE key = ?", [(key,) for key in keys])
    connection.executemany("DELETE FROM mail_login WHERE key = ?", [(key,) for key in keys])
    connection.executemany("DELETE FROM mail_app_password WHERE key = ?", [(key,) for key in keys])
    _insert(connection, accounts, LocalPart.objects.filter(account__in=list(keys)))
    theirs = AppPassword.objects.filter(account__in=list(keys))
    connection.executemany(PROGRAM, app_password_rows(theirs))
    connection.executemany("DELETE FROM mail_member WHERE box = ?", [(key,) for key in keys])
    connection.executemany(MEMBER, member_rows(current().filter(box__in=list(keys))))


def _insert(connection: sqlite3.Connection, accounts: Sequence[Account], parts: QuerySet[LocalPart]) -> None:
    connection.executemany(ACCOUNT, account_rows(accounts))
    connection.executemany(LOGIN, login_rows(accounts, parts))


def _write_routes(connection: sqlite3.Connection) -> None:
    wanted = sorted(route_rows(timezone.localdate()))
    if wanted == sorted(connection.execute("SELECT name, target FROM mail_route")):
        return
    connection.execute("DELETE FROM mail_route")
    connection.executemany(ROUTE, wanted)


def _standing(connection: sqlite3.Connection, keys: Sequence[str]) -> Standings:
    marks = ",".join("?" * len(keys))
    live: defaultdict[str, set[str]] = defaultdict(set)
    for key, number in connection.execute(_LIVE.format(marks=marks), keys):
        live[key].add(number)
    rows = connection.execute(_STANDING.format(marks=marks), keys)
    return {
        key: ProjectionState(password, refusal, bool(needs_app), frozenset(live[key]))
        for key, password, refusal, needs_app in rows
    }


def _members(connection: sqlite3.Connection, column: str, keys: Sequence[str]) -> set[tuple[str, str, str]]:
    marks = ",".join("?" * len(keys))
    return set(connection.execute(_MEMBERS.format(column=column, marks=marks), keys))


def _shut_out(before: Standings, after: Standings) -> set[str]:
    """Who could be connected and must not be any longer: refused now, gone, or with a password that opens no more."""
    return {
        key for key, former in before.items()
        if former.refusal is None and (key not in after or not after[key].still_opens(former))
    }  # fmt: skip


def _settle(reached: Mapping[str, int]) -> None:
    """Drops requests whose version the file has. A newer one, made meanwhile, stays. One statement a version."""
    keys_of: defaultdict[int, list[str]] = defaultdict(list)
    for key, version in reached.items():
        keys_of[version].append(key)
    for version, keys in keys_of.items():
        for batch in batched(keys, BATCH, strict=False):
            ProjectionRequest.objects.filter(account_id__in=batch, version__lte=version).delete()


def _settle_all(written: Mapping[str, int]) -> None:
    waiting = ProjectionRequest.objects.values_list("account_id", flat=True)
    _settle({key: written[key] for key in waiting if key in written})
