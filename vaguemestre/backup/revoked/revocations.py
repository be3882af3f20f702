"""Acts that took a right away, copied to the place of the secrets within a minute: a restored database is older, and
would give it back. Key, act and time, never a secret.

Read here without Django and without its tables, by the database's own user: it is asked every half minute."""

import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# Whoever is in this list lost something, or somebody did; "account.opened" keeps a number from being given twice.
ACTS = (
    "account.locked", "account.unlocked", "account.stolen", "account.unfrozen", "account.opened", "account.closing",
    "account.reopened", "account.restored", "account.withdrawn", "account.purged",
    "password.chosen", "password.provisional", "password.temporary", "reset.done", "letter.revoked",
    "app-password.withdrawn", "mail-program.ended",
    "rescue.withdrawn", "rescue.voided", "rescue.confirmed", "rescue.recorded", "rescue.phone",
    "rescue.phone-withdrawn", "rescue.phone-voided", "rescue.phone-confirmed",
    "sso.consent-withdrawn", "application.secret-replaced", "application.changed", "application.closed",
    "application.opened-again", "delegation.withdrawn", "redirection.set", "redirection.removed", "forwarding.removed",
    "departure.address-withdrawn", "handout.withdrawn", "withdrawal.taken",
    "box.opened", "box.closed", "box.withdrawn", "box.reopened", "box.member-added", "box.member-removed",
    "approval-right.ended",
)  # fmt: skip
# And these with any ending: a factor, an OTP key.
PREFIXES = ("factor.", "otp-key.")
# Of an act's details, what is no secret and is needed to do it again.
DETAILS = ("on", "file", "application", "uai", "box")
# What a restore did again, in the journal that it brought back: `of` is the act. A second disaster knows it so.
AGAIN = "backup.revoked-again"
_TABLE = "audit_entry"


@dataclass(frozen=True)
class Revocation:
    """`id`: of its line in the journal."""

    id: int
    at: str
    act: str
    subject: str
    on: str = ""
    file: str = ""
    application: str = ""
    uai: str = ""
    box: str = ""  # the address of a shared mailbox

    @property
    def line(self) -> tuple[int, str, str]:
        """Which line of which journal: numbers come back after a restore."""
        return self.id, self.act, self.subject


def read_lines(text: str) -> list[Revocation]:
    """Oldest first. A last line that was cut short is none."""
    found = []
    for line in text.splitlines():
        with contextlib.suppress(ValueError, TypeError):
            found.append(Revocation(**json.loads(line)))
    return sorted(found, key=lambda one: one.id)


def write_lines(revocations: Iterable[Revocation]) -> str:
    return "".join(f"{json.dumps(asdict(one))}\n" for one in revocations)


def revocations_after(database: dict[str, Any], last: int) -> list[Revocation]:
    """`database` as in Django's `DATABASES`. A transaction that ends late has a lower id than what is known: the
    caller asks from somewhat before, and leaves out what it has."""
    query, values = _query("%s" if "postgresql" in database["ENGINE"] else "?", last)
    rows = _rows(database, query, values)
    return [
        Revocation(
            number, str(at), first_act(act, kept), subject,
            **{name: str(kept[name]) for name in DETAILS if kept.get(name)},
        )
        for number, at, act, subject, details in rows
        for kept in [json.loads(details) if isinstance(details, str) else details]
    ]  # fmt: skip


def first_act(act: str, details: dict[str, Any]) -> str:
    return str(details["of"]) if act == AGAIN else act


def _query(mark: str, last: int) -> tuple[str, list[Any]]:
    acts = ", ".join(mark for _act in (*ACTS, AGAIN))
    prefixes = " OR ".join(f"act LIKE {mark}" for _prefix in PREFIXES)
    query = (
        f"SELECT id, at, act, subject, details FROM {_TABLE} "  # noqa: S608 - constants alone
        f"WHERE id > {mark} AND (act IN ({acts}) OR {prefixes}) ORDER BY id"
    )
    return query, [last, *ACTS, AGAIN, *(f"{prefix}%" for prefix in PREFIXES)]


def _rows(database: dict[str, Any], query: str, values: list[Any]) -> Iterator[Any]:
    if "postgresql" not in database["ENGINE"]:
        with contextlib.closing(
            sqlite3.connect(f"file:{database['NAME']}?mode=ro", uri=True, timeout=20)
        ) as connection:
            yield from connection.execute(query, values)
        return
    import psycopg  # not where SQLite is: each half minute it would cost

    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    with psycopg.connect(**{name: database[key] for name, key in names.items() if database.get(key)}) as opened:
        yield from opened.execute(query.encode(), values)


def main() -> None:
    """A child, as the database's user: its question comes on standard input."""
    question = json.load(sys.stdin)
    sys.stdout.write(write_lines(revocations_after(question["database"], question["last"])))


def child_command() -> list[str]:
    return [sys.executable, "-P", "-m", "vaguemestre.backup.revoked.revocations"]


def child_environment(checkout: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "PYTHONPATH": str(checkout)}


if __name__ == "__main__":
    main()
