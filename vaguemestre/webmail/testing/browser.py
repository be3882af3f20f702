"""Shared by tests: browser."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.sandbox.cleaner import worker_pool
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.testing import MailAccount, wait_for_mail
from vaguemestre.webmail import connection

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass
class MailBrowser:
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


@contextmanager
def cleaning() -> Iterator[Path]:
    """The cleaner of mail HTML, in its own processes."""
    stopping = threading.Event()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cleaner.sock"
        thread = threading.Thread(target=worker_pool.serve, args=(path, stopping))
        thread.start()
        deadline = time.monotonic() + 10
        while not path.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield path
        stopping.set()
        thread.join(10)
