"""The ways to the mailbox that mail is brought into and to those it comes from. The only place of this room that reads
`settings.MAIL` and `settings.OUTSIDE`."""

from contextlib import AbstractContextManager
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.mail_access.access_tokens import door_token, mail_token
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.sandbox.fetcher.address_guard import Guard
from vaguemestre.mailbox.sieve import managesieve
from vaguemestre.moving.remote_mailbox import PORTS, Server


def open_mailbox_of(account_key: str) -> AbstractContextManager[Session]:
    return _pool().session(account_key)


def open_scripts(account_key: str) -> AbstractContextManager[managesieve.ScriptServer]:
    """What filters this account's incoming mail."""
    host, port = settings.MAIL["sieve"]
    name, _port = settings.MAIL["imaps"]
    endpoint = Endpoint(host, port, ca=settings.MAIL["ca"], certified_as=name)
    return managesieve.open_script_server(endpoint, account_key, mail_token(account_key, now=timezone.now()))


def server(host: str, port: int) -> Server:
    """A stranger's; one of this machine's own only in tests, which then bears our own authority's certificate."""
    guard = Guard(settings.OUTSIDE["refused"], settings.OUTSIDE["permitted"], PORTS)
    return Server(host, port, guard, settings.MAIL["ca"] if guard.permitted else None)


@lru_cache(maxsize=1)
def _pool() -> Pool:
    host, port = settings.MAIL["imaps"]
    endpoint = Endpoint(host, port, socket=settings.MAIL["mailboxes"], spool=settings.MAIL["spool"])
    return Pool(endpoint, lambda key: door_token(key, now=timezone.now()))
