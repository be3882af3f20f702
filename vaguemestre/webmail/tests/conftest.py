"""A person at the webmail: a signed-in browser, and the mailbox behind it seen by an ordinary program."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.accounts.testing import sign_in
from vaguemestre.engine import doveadm
from vaguemestre.mailbox.cleaner import keeper
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.pool import Pool
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.tests.test_thumbnails import running
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.testing import MailAccount, make_mail_account, wait_for_mail
from vaguemestre.webmail import connection, superseding
from vaguemestre.webmail.search import unready
from vaguemestre.webmail.snooze import returning

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass
class Desk:
    """`mail` is the account as Dovecot knows it; `client` its browser."""

    mail: MailAccount
    client: Client

    def folder(self, role: str = "inbox") -> Folder:
        with self.session() as session:
            found = session.by_role(role)
        assert found is not None
        return found

    def id(self, role: str = "inbox") -> MailboxId:
        found = self.folder(role).id
        assert found is not None
        return found

    @contextmanager
    def session(self) -> Iterator[Session]:
        with connection.open_mailbox_of(self.mail.key) as session:
            yield session

    def url(self, role: str = "inbox", tail: str = "") -> str:
        return f"/webmail/dossiers/{self.id(role)}/{tail}"

    def put(self, message: EmailMessage | bytes, role: str = "inbox", *, flags: tuple[str, ...] = ()) -> Uid:
        """Straight into a folder. Answers its number."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        return self.put_as_it_is(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), role, flags=flags)

    def put_as_it_is(self, raw: bytes, role: str = "inbox", *, flags: tuple[str, ...] = ()) -> Uid:
        with self.session() as session:
            uid = session.append(self.id(role), raw, flags, timezone.now())
        assert uid is not None
        return uid

    def uids(self, role: str = "inbox") -> list[int]:
        with self.session() as session:
            return [row.uid for row in session.page(self.id(role)).rows]

    def flags(self, uid: int, role: str = "inbox") -> frozenset[str]:
        with self.session() as session:
            return session.message(self.id(role), Uid(uid)).row.flags

    def stored(self, role: str, count: int = 1) -> list[Message]:
        """What an ordinary program finds in a folder."""
        name = str(self.folder(role).name)
        return [message_from_bytes(raw) for raw in wait_for_mail(self.mail, count, folder=name)]

    def get(self, url: str, **headers: str) -> HttpResponse:
        return cast(HttpResponse, self.client.get(url, headers=headers))

    def post(self, url: str, data: dict[str, object] | None = None, **headers: str) -> HttpResponse:
        return cast(HttpResponse, self.client.post(url, data or {}, headers=headers))

    def empty(self, role: str = "trash") -> HttpResponse:
        """The bin or the junk, as its question was asked."""
        url = self.url(role, "vidage/")
        said = dict(re.findall(r'name="(jusque|dedans)" value="([^"]*)"', self.get(url).content.decode()))
        return self.post(url, said)

    def write(self, key: str, tail: str = "envoi/", **fields: object) -> HttpResponse:
        """The writing form sent: to `a` about `objet`."""
        data = {"a": "", "objet": "Essai", "texte": "Bonjour.", "fenetre": "w1", "revision": "0", **fields}
        return self.post(f"/webmail/ecrire/{key}/{tail}", data)


@pytest.fixture
def desk(mail_account: MailAccount, client: Client) -> Desk:
    sign_in(client, mail_account.account)
    return Desk(mail_account, client)


@pytest.fixture
def neighbour(db: None, daemons: None) -> Desk:
    """Somebody else, with a mailbox and a browser of their own."""
    account = make_mail_account("Karim", "Belkacem")
    browser = Client()
    sign_in(browser, account.account)
    return Desk(account, browser)


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
    monkeypatch.setattr(returning, "SLICE_SECONDS", 600.0)
    monkeypatch.setattr(unready, "PATIENCE", 600.0)
    monkeypatch.setattr(superseding, "PATIENCE", 600.0)
    monkeypatch.setattr(doveadm, "TIMEOUT_SECONDS", 600)


@pytest.fixture(autouse=True)
def own_outbox(settings: Settings, tmp_path: Path) -> None:
    settings.MAIL = {**settings.MAIL, "outbox": tmp_path / "outbox", "undo_seconds": 0}


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


@contextmanager
def cleaning() -> Iterator[Path]:
    """The cleaner of mail HTML, in its own processes."""
    stopping = threading.Event()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cleaner.sock"
        thread = threading.Thread(target=keeper.serve, args=(path, stopping))
        thread.start()
        deadline = time.monotonic() + 10
        while not path.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield path
        stopping.set()
        thread.join(10)


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
    monkeypatch.setattr("vaguemestre.webmail.thumbnails.PATIENCE", 20.0)
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
