"""The projected file itself: its tables, and the one way to write it.

Journal DELETE, because readers that may not write cannot use WAL. Changed in place, never renamed over: the daemons
keep the old file open, and a revoked password would continue working. One transaction at a time; readers wait only
for its commit.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from vaguemestre.engine import heartbeat_mailbox
from vaguemestre.engine.projection.refusals import texts
from vaguemestre.engine.projection.rows import ACCOUNT, LOGIN

# Raised with the tables, and what stands in each file: one of another number is rebuilt whole.
SCHEMA = 6
BUSY_SECONDS = 20
TABLES = """
CREATE TABLE mail_account (
    key TEXT PRIMARY KEY,
    version INTEGER NOT NULL,      -- accounts' mail_version when this was written
    password TEXT,                 -- {ARGON2ID}…
    own_password INTEGER NOT NULL, -- 0 while only the letter's provisional one exists
    quota_mb INTEGER NOT NULL,
    language TEXT NOT NULL,
    department TEXT NOT NULL,      -- whose office a refusal names
    shut TEXT,                     -- locked, closed: refused whatever the date
    opens_at INTEGER NOT NULL,     -- seconds; by the date, so that no job can be late
    closes_at INTEGER,
    blocked_until INTEGER,         -- the mailbox alone is shut
    frozen INTEGER NOT NULL,       -- nothing leaves in this name
    needs_app INTEGER NOT NULL,    -- holds a second factor: the person's own password opens no mail program
    shared INTEGER NOT NULL        -- of no person: signed in to by its members' tokens alone
) WITHOUT ROWID;
CREATE TABLE mail_app_password (
    hash TEXT PRIMARY KEY,         -- SHA-256, in hexadecimal; portal:… of a program that has tokens and no password
    id TEXT NOT NULL,
    key TEXT NOT NULL,
    scope TEXT NOT NULL,           -- imap, smtp, both
    withdrawn INTEGER NOT NULL     -- kept: a forgotten program is told, and is not taken for somebody who guesses
) WITHOUT ROWID;
CREATE INDEX mail_app_password_key ON mail_app_password (key);
CREATE TABLE mail_login (
    name TEXT PRIMARY KEY,         -- local part in lower case without dots, or the key
    key TEXT NOT NULL,
    receives INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX mail_login_key ON mail_login (key);
CREATE TABLE mail_member (
    member TEXT NOT NULL,
    box TEXT NOT NULL,             -- key of a shared account
    rights TEXT NOT NULL,          -- owner, member, reader
    begins_at INTEGER NOT NULL,
    ends_at INTEGER,               -- by the date, so that no job can be late
    PRIMARY KEY (member, box)
) WITHOUT ROWID;
CREATE INDEX mail_member_box ON mail_member (box);
CREATE TABLE mail_route (
    name TEXT NOT NULL,
    target TEXT NOT NULL,          -- local part
    PRIMARY KEY (name, target)
) WITHOUT ROWID;
CREATE TABLE mail_refusal (
    code TEXT NOT NULL,
    language TEXT NOT NULL,
    department TEXT NOT NULL,      -- empty: the rectorat's, for departments without a text of their own
    text TEXT NOT NULL,
    PRIMARY KEY (code, language, department)
) WITHOUT ROWID;
CREATE VIEW mail_standing AS
SELECT key, password, quota_mb, language, department, frozen, needs_app, shared, CASE
    WHEN shut IS NOT NULL THEN shut
    WHEN closes_at <= unixepoch() THEN 'closed'
    WHEN opens_at > unixepoch() THEN 'pending'
    WHEN blocked_until > unixepoch() THEN 'blocked'
    WHEN NOT own_password THEN 'first-signin'
END AS refusal
FROM mail_account;
CREATE VIEW mail_membership AS     -- of today, of people who are refused nothing: whoever is, opens no box either
SELECT m.member, m.box, m.rights FROM mail_member m JOIN mail_standing s ON s.key = m.member
WHERE s.refusal IS NULL AND m.begins_at <= unixepoch() AND (m.ends_at IS NULL OR m.ends_at > unixepoch());
"""
NAMES = ("mail_account", "mail_app_password", "mail_login", "mail_member", "mail_route", "mail_refusal")
VIEWS = ("mail_membership", "mail_standing")


class ProjectionUnavailableError(Exception):
    """The file cannot be written now. What was asked stays in the outbox; the timer tries again."""

    permanent = False


def path() -> Path | None:
    """None without a data folder: then no daemon reads anything (checks, translations, pure tests)."""
    return settings.DATA / "db" / "mail.sqlite3" if settings.DATA else None


@contextmanager
def written(file: Path) -> Iterator[sqlite3.Connection]:
    """One transaction that holds the writer's turn from its first line, so that what is read for it is not older."""
    if not file.exists():
        raise ProjectionUnavailableError(f"{file} is missing: `vaguemestre engine render` makes it, as root")
    try:
        connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            # A change larger than the cache would lock readers out long before its commit.
            connection.execute("PRAGMA cache_spill = OFF")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()  # rolls back what was not committed
    except sqlite3.Error as error:
        raise ProjectionUnavailableError(f"{file}: {error}") from error


def is_current(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA)


def reads_as_current(file: Path) -> bool:
    with written(file) as connection:
        return is_current(connection)


def empty(connection: sqlite3.Connection) -> None:
    """No accounts; the tables stay, unless another version of the product made them.

    Dovecot's prepared queries do not survive a change of tables: each of its processes answers one time "try again".
    """
    if not is_current(connection):
        _make_tables(connection)
    for name in NAMES:
        connection.execute(f"DELETE FROM {name}")  # noqa: S608 - our own names
    connection.executemany("INSERT INTO mail_refusal VALUES (?, ?, ?, ?)", texts())
    connection.execute(ACCOUNT, heartbeat_mailbox.ACCOUNT_ROW)
    connection.execute(LOGIN, heartbeat_mailbox.LOGIN_ROW)


def _make_tables(connection: sqlite3.Connection) -> None:
    for name in VIEWS:
        connection.execute(f"DROP VIEW IF EXISTS {name}")
    for name in NAMES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    # Not executescript, which would commit first.
    for statement in TABLES.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA}")
