"""A person at the webmail: a signed-in browser, and the mailbox behind it seen by an ordinary program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings, settings as configured
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.academy.facts import Preferences as Said, academy
from vaguemestre.accounts.testing import sign_in
from vaguemestre.engine import doveadm
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.sieve.managesieve import ScriptServer, open_script_server
from vaguemestre.mailbox.testing.thumbnails import running
from vaguemestre.mailbox.values import SEEN
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import MailAccount, make_mail_account
from vaguemestre.webmail import connection
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.connection import scripts_endpoint
from vaguemestre.webmail.invitations import updates
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.preferences import authority_defaults
from vaguemestre.webmail.search import index_progress
from vaguemestre.webmail.snooze import wakeups
from vaguemestre.webmail.testing.browser import MailBrowser, cleaning
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.presets import Saying


@pytest.fixture
def desk(mail_account: MailAccount, client: Client) -> MailBrowser:
    sign_in(client, mail_account.account)
    return MailBrowser(mail_account, client)


@pytest.fixture
def neighbour(db: None, daemons: None) -> MailBrowser:
    """Somebody else, with a mailbox and a browser of their own."""
    account = make_mail_account("Karim", "Belkacem")
    browser = Client()
    sign_in(browser, account.account)
    return MailBrowser(account, browser)


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Exchanges with Dovecot, one number for each time a view opened the mailbox."""
    counted: list[int] = []
    opened = Pool.session

    @contextmanager
    def counting(pool: Pool, user: str, **more: Any) -> Iterator[Session]:
        with opened(pool, user, **more) as session:
            before = session.round_trips
            yield session
            counted.append(session.round_trips - before)

    monkeypatch.setattr(Pool, "session", counting)
    return counted


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def patient_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, a slice of what comes back is as many messages as it is, and a search waits for its
    answer: it is told what the index lacks only where that is the subject."""
    monkeypatch.setattr(wakeups, "SLICE_SECONDS", 600.0)
    monkeypatch.setattr(index_progress, "PATIENCE", 600.0)
    monkeypatch.setattr(updates, "PATIENCE", 600.0)
    monkeypatch.setattr(doveadm, "TIMEOUT_SECONDS", 600)


@pytest.fixture(autouse=True)
def own_outbox(settings: Settings, tmp_path: Path) -> None:
    settings.MAIL = {
        **settings.MAIL,
        "outbox": tmp_path / "outbox",
        "presence": tmp_path / "presence",
        "undo_seconds": 0,
    }


@pytest.fixture
def no_dovecot(settings: Settings) -> Iterator[Callable[[], None]]:
    """Call it, and the mailbox no longer answers: nobody listens at its socket."""
    yield from _deaf(settings, "mailboxes", Path("/nowhere/imap-web"))


@pytest.fixture
def no_postfix(settings: Settings) -> Iterator[Callable[[], None]]:
    yield from _deaf(settings, "smtps")


@pytest.fixture
def no_scripts(settings: Settings) -> Iterator[Callable[[], None]]:
    """Call it, and the filters can no longer be asked for; the mailbox answers."""
    yield from _deaf(settings, "sieve")


@pytest.fixture
def scripts_again(settings: Settings) -> Callable[[], None]:
    true = settings.MAIL["sieve"]

    def restore() -> None:
        settings.MAIL = {**settings.MAIL, "sieve": true}

    return restore


@pytest.fixture
def back_again(settings: Settings) -> Iterator[Callable[[], None]]:
    """Call it, and both answer again."""
    true = dict(settings.MAIL)

    def restore() -> None:
        settings.MAIL = {**settings.MAIL, "mailboxes": true["mailboxes"], "smtps": true["smtps"]}
        connection.pool.cache_clear()

    yield restore
    connection.pool.cache_clear()


@pytest.fixture(scope="package")
def running_cleaner() -> Iterator[Path]:
    """One for all: what it keeps is found again by its account alone."""
    with cleaning() as path:
        yield path


@pytest.fixture
def cleaner(running_cleaner: Path, settings: Settings) -> Path:
    settings.MAIL = {**settings.MAIL, "cleaner": running_cleaner}
    return running_cleaner


@pytest.fixture(autouse=True)
def sessions_ended() -> Iterator[None]:
    """Dovecot's processes serve one session after the other: the next test finds one ready, instead of a new one."""
    yield
    if connection.pool.cache_info().currsize:
        connection.pool().close()


@pytest.fixture
def conversions(settings: Settings) -> Iterator[Path]:
    """Where nobody draws or converts."""
    with TemporaryDirectory() as name:
        settings.MAIL = {**settings.MAIL, "conversions": Path(name)}
        yield Path(name)


@pytest.fixture
def drawing(conversions: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The real process, and patience for a busy machine."""
    monkeypatch.setattr("vaguemestre.webmail.reader.thumbnails.PATIENCE", 20.0)
    with running(conversions):
        yield conversions


def _deaf(
    wrapper: Settings, name: str, nobody: Path | tuple[str, int] = ("127.0.0.1", 1)
) -> Iterator[Callable[[], None]]:
    def fall() -> None:
        wrapper.MAIL = {**settings.MAIL, name: nobody}
        connection.pool.cache_clear()

    yield fall
    connection.pool.cache_clear()


@pytest.fixture
def exchange(desk: MailBrowser) -> Exchange:
    made = Exchange(desk)
    made.asked = made.put("Quarante-sept élèves ?", sender="Sophie Marchand <sophie@autocars.example>", flags=(SEEN,))
    made.answered = made.put("Oui, et quatre adultes.", role="sent", flags=(SEEN,))
    made.added = made.put("Je viens aussi.", sender="Luc Petit <luc@autocars.example>")
    return made


@pytest.fixture
def own_handouts(settings: Settings, own_outbox: None) -> None:
    """Beside the test's own outbox."""
    folder = configured.MAIL["outbox"].parent / "handouts"
    folder.mkdir()
    fetched = folder.parent / "run" / "files" / "fetched"
    fetched.mkdir(parents=True)
    settings.MAIL = {**configured.MAIL, "handouts": folder, "fetched": fetched}


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Saying:
    """`says(density=("compact", True))`: the file of the authority, with these presets in it."""
    real = academy()

    def put(**values: tuple[object, bool] | tuple[object, bool, str]) -> None:
        written = {name: dict(zip(("value", "locked", "reason"), one, strict=False)) for name, one in values.items()}
        changed = real.model_copy(update={"preferences": Said.model_validate(written)})
        monkeypatch.setattr(authority_defaults, "academy", lambda: changed)

    return put


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> Callable[[BulkAct], None]:
    """The request that asks does one chunk; call it, and others do the rest."""
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 0.0)

    def finish(act: BulkAct) -> None:
        while bulk_actions.go_on(act.key, timezone.now(), seconds=60, size=100):
            continue
        act.refresh_from_db()

    return finish


@pytest.fixture
def server(mail_account: MailAccount) -> Iterator[ScriptServer]:
    with open_script_server(scripts_endpoint(), mail_account.key, mail_account.token) as server:
        yield server


@pytest.fixture
def box(desk: MailBrowser) -> Box:
    """Its owner sits at the desk."""
    made = make_box()
    made.give(desk.mail, MailboxRights.OWNER)
    return made
