from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.pool import Pool
from vaguemestre.mailbox.session import Session
from vaguemestre.mailbox.tests.scripted import Authority
from vaguemestre.testing import MailAccount


@pytest.fixture
def dovecot(daemons: None) -> Endpoint:
    host, port = settings.MAIL["imaps"]
    return Endpoint(host, port, ca=settings.MAIL["ca"], spool=settings.MAIL["spool"])


@pytest.fixture
def pool(dovecot: Endpoint, mail_account: MailAccount) -> Iterator[Pool]:
    pool = Pool(dovecot, lambda _user: mail_account.token)
    yield pool
    pool.close()


@pytest.fixture
def session(pool: Pool, mail_account: MailAccount) -> Iterator[Session]:
    with pool.session(mail_account.key) as session:
        yield session


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def museum() -> Path:
    return Path(__file__).parent / "museum"
