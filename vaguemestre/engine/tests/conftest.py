"""Fixtures of the room's tests."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.testing import MailAccount


@pytest.fixture
def pool(mail_account: MailAccount) -> Iterator[Pool]:
    host, port = settings.MAIL["imaps"]
    endpoint = Endpoint(host, port, ca=settings.MAIL["ca"], spool=settings.MAIL["spool"])
    pool = Pool(endpoint, lambda _user: mail_account.token)
    yield pool
    pool.close()
