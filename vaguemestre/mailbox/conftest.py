import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.conf import settings

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.sandbox.cleaner import clean, worker_pool
from vaguemestre.mailbox.testing.scripted_server import Authority
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


@pytest.fixture(scope="package")
def cleaner() -> Iterator[Path]:
    """The real process with less patience, so that floods take less of the run."""
    stopping = threading.Event()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_pool, "SECONDS_A_JOB", 1.0)
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
        assert not thread.is_alive()
        assert not path.exists()


@pytest.fixture
def ask_cleaner(cleaner: Path) -> Callable[[str], str]:
    return lambda html: clean(html, socket=cleaner, cid_url=lambda cid: f"/image/{cid}", timeout=20).html
