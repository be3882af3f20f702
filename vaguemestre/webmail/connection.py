"""The way to Dovecot and Postfix for the person who asks. The only place of this room that reads `settings.MAIL`."""

from contextlib import AbstractContextManager
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.mail_token import mail_token
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.pool import Pool
from vaguemestre.mailbox.session import Session


def token(account_key: str) -> str:
    """A word that opens this mailbox for two minutes. Reading the clock here: the pool asks when it must connect."""
    return mail_token(account_key, now=timezone.now())


@lru_cache(maxsize=1)
def pool() -> Pool:
    return Pool(reading_endpoint(), token)


def open_mailbox(request: StaffRequest) -> AbstractContextManager[Session]:
    return pool().session(request.account.key)


def open_mailbox_of(account_key: str) -> AbstractContextManager[Session]:
    """For what goes on after the person has left: the outbox."""
    return pool().session(account_key)


def reading_endpoint() -> Endpoint:
    host, port = settings.MAIL["imaps"]
    return Endpoint(host, port, ca=settings.MAIL["ca"], spool=settings.MAIL["spool"])


def sending_endpoint() -> Endpoint:
    host, port = settings.MAIL["smtps"]
    return Endpoint(host, port, ca=settings.MAIL["ca"])
