"""Fixtures of the room's tests."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from vaguemestre.engine.testing.queue import home_of
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.testing import MailAccount, deliver, letter, make_mail_account, wait_for_mail


@pytest.fixture
def pool(mail_account: MailAccount) -> Iterator[Pool]:
    host, port = settings.MAIL["imaps"]
    endpoint = Endpoint(host, port, ca=settings.MAIL["ca"], spool=settings.MAIL["spool"])
    pool = Pool(endpoint, lambda _user: mail_account.token)
    yield pool
    pool.close()


@pytest.fixture
def unreachable(mail_account: MailAccount) -> Iterator[MailAccount]:
    """A colleague whose mailbox Dovecot cannot open: what is sent there waits in the queue, and is tried again."""
    colleague = make_mail_account("Karim", "Belkacem")
    deliver(letter(colleague.address), colleague.address)
    wait_for_mail(colleague)
    home = home_of(colleague)
    home.chmod(0)
    yield colleague
    home.chmod(0o700)
