"""The way to Dovecot and Postfix for the person who asks. The only place of this room that reads `settings.MAIL`."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.mail_access.access_tokens import door_token, mail_token
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.conversations.account_files import AccountFiles
from vaguemestre.mailbox.imap.conversations.index_file import IndexFile
from vaguemestre.mailbox.imap.conversations.kept_list import ListFiles
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.sieve import managesieve
from vaguemestre.web.monitoring import request_trace
from vaguemestre.webmail.mailbox_access import MailboxAccess


def mailbox_token(account_key: str) -> str:
    """A word that opens this mailbox for two minutes. Reading the clock here: the pool asks when it must connect."""
    return mail_token(account_key, now=timezone.now())


def access_token(access_key: str) -> str:
    """For Dovecot's own door and the key of an access: of a shared mailbox the word names its reader, whom Dovecot
    judges."""
    return door_token(access_key.rpartition("_")[2], now=timezone.now())


@lru_cache(maxsize=1)
def pool() -> Pool:
    if (files := account_files()) is None:
        return Pool(reading_endpoint(), access_token)
    index = IndexFile(files.folder, salted_hmac("vaguemestre.webmail.exchanges", "", algorithm="sha256").digest())
    lists = ListFiles(files.folder, salted_hmac("vaguemestre.webmail.lists", "", algorithm="sha256").digest())
    return Pool(reading_endpoint(), access_token, kept=index, list_files=lists)


def account_files() -> AccountFiles | None:
    """Where each account's exchanges are written down, in numbers that nobody else can make, and the top of its inbox,
    sealed."""
    folder: Path | None = settings.MAIL["exchanges"]
    return AccountFiles(folder) if folder else None


def open_mailbox(access: MailboxAccess) -> AbstractContextManager[Session]:
    return _traced_session(access.key, None)


def open_mailbox_of(account_key: str, *, patience: float | None = None) -> AbstractContextManager[Session]:
    """As the mailbox itself, for what continues after the reader has left: the outbox. With little `patience`, for what
    one can do without."""
    return _traced_session(account_key, patience)


@contextmanager
def _traced_session(account_key: str, patience: float | None) -> Iterator[Session]:
    """Noted at the end: a connection found dead has been replaced by another."""
    with pool().session(account_key, patience=patience) as session:
        try:
            yield session
        finally:
            request_trace.note_imap_session(session.server_name)


def reading_endpoint() -> Endpoint:
    host, port = settings.MAIL["imaps"]
    return Endpoint(host, port, socket=settings.MAIL["mailboxes"], spool=settings.MAIL["spool"])


def sending_endpoint() -> Endpoint:
    host, port = settings.MAIL["smtps"]
    return Endpoint(settings.MAIL["address"], port, ca=settings.MAIL["ca"], certified_as=host)


def open_scripts(account_key: str) -> AbstractContextManager[managesieve.ScriptServer]:
    """What filters this account's incoming mail."""
    return managesieve.open_script_server(scripts_endpoint(), account_key, mailbox_token(account_key))


def mail_name() -> str:
    """What our mail servers call themselves, in the lines that they write into a message."""
    return str(settings.MAIL["name"] or f"messagerie.{academy().domain}")


def courier_address() -> str:
    """Where the service's own writing comes from, as Postfix notes it."""
    return str(settings.COURIER["address"])


def inner_endpoint() -> Endpoint:
    """Postfix's door on loopback, for what the product itself sends."""
    host, port = settings.COURIER["door"]
    return Endpoint(host, port)


def scripts_endpoint() -> Endpoint:
    """On loopback, under the certificate of the public name. A person waits for it: little patience."""
    host, port = settings.MAIL["sieve"]
    name, _port = settings.MAIL["imaps"]
    return Endpoint(host, port, ca=settings.MAIL["ca"], certified_as=name, silence_timeout=3.0)
