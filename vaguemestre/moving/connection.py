"""The way to the mailbox that mail is brought into. The only place of this room that reads `settings.MAIL`."""

from contextlib import AbstractContextManager
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.mail_token import mail_token
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.pool import Pool
from vaguemestre.mailbox.session import Session


def open_mailbox_of(account_key: str) -> AbstractContextManager[Session]:
    return _pool().session(account_key)


@lru_cache(maxsize=1)
def _pool() -> Pool:
    host, port = settings.MAIL["imaps"]
    endpoint = Endpoint(host, port, socket=settings.MAIL["mailboxes"], spool=settings.MAIL["spool"])
    return Pool(endpoint, lambda key: mail_token(key, now=timezone.now()))
