"""Few connections are kept, and one imap process serves many, one after another: nobody pays for another's boxes, and
nothing is left of who was served before."""

import io
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.mail_access.access_tokens import door_token
from vaguemestre.engine import doveadm
from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.wire.connection import Connection
from vaguemestre.mailbox.values import FolderName, MailboxId
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.testing import MailAccount, deliver_locally, letter, make_mail_account

BOXES, OTHERS = 20, 30
TRIES = 200  # until the same process comes again


@pytest.fixture
def pool(daemons: None) -> Iterator[Pool]:
    """As the webmail's."""
    host, port = settings.MAIL["imaps"]
    pool = Pool(
        Endpoint(host, port, socket=settings.MAIL["mailboxes"]),
        lambda user: door_token(user.rpartition("_")[2], now=timezone.now()),
    )  # fmt: skip
    yield pool
    pool.close()


def test_a_reader_of_many_boxes_takes_nobody_else_s_connection(pool: Pool, mail_account: MailAccount) -> None:
    others = [make_mail_account("Karim", "Belkacem") for _ in range(OTHERS)]
    boxes = [make_box(name=f"Collège {number}") for number in range(BOXES)]
    for box in boxes:
        box.give(mail_account, MailboxRights.MEMBER)
    accesses = [f"{box.key}_{mail_account.key}" for box in boxes]
    kept = [connection_after(pool, one.key) for one in [mail_account, *others]]
    counted = [connection_after(pool, access) for access in accesses]
    assert all(one.dead for one in counted)
    assert not [one for one in kept if one.dead]
    opened = [connection_after(pool, access, opening=True) for access in accesses]
    assert [one.dead for one in opened] == [*[True] * (BOXES - 2), False, False]  # one place was left, and one's own
    assert not [one for one in kept[1:] if one.dead]


def connection_after(pool: Pool, user: str, *, opening: bool = False) -> Connection:
    """What served this user, and may be kept."""
    with pool.session(user) as session:
        inbox = inbox_of(session)
        if opening:
            session.page(inbox)
        return session._link.connection


def open_after(pool: Pool, before: str, user: str) -> None:
    """The pool keeps a connection of `user`, to a process that has just served `before`."""
    served = set()
    for _ in range(TRIES):
        with pool.session(before) as session:
            session.page(inbox_of(session))
            served.add(process_of(before))
        pool.forget(before)
        with pool.session(user) as session:
            session.page(inbox_of(session))
            if process_of(user) in served:
                return
        pool.forget(user)
    raise AssertionError("no imap process is used again")


def process_of(user: str) -> str:
    return doveadm.run("", "who", user.partition("_")[0])[3]


def inbox_of(session: Session) -> MailboxId:
    [found] = [folder.id for folder in session.folders() if folder.role == "inbox"]
    assert found
    return found


def test_nothing_of_who_was_served_before_is_left(pool: Pool, mail_account: MailAccount) -> None:
    box, colleague = make_box(), make_mail_account("Karim", "Belkacem")
    box.give(mail_account, MailboxRights.READER)
    member, raw = f"{box.key}_{mail_account.key}", letter("x@librairie.example", subject="Cantine").as_bytes()
    deliver_locally(letter(box.address), box.address)

    open_after(pool, member, mail_account.key)  # of a reader's rights and of the box
    with pool.session(mail_account.key) as session:
        session.create(FolderName("Familles"))
        session.append(inbox_of(session), io.BytesIO(raw))
        assert session.page(inbox_of(session)).rows[0].subject == "Cantine"

    open_after(pool, mail_account.key, member)  # of an owner's rights
    with pool.session(member) as session:
        assert "Familles" not in {str(folder.name) for folder in session.folders()}
        with pytest.raises(MailboxRefusedError):
            session.append(inbox_of(session), io.BytesIO(raw))

    open_after(pool, mail_account.key, colleague.key)
    with pool.session(colleague.key) as session:
        assert "Familles" not in {str(folder.name) for folder in session.folders()}
        assert not session.page(inbox_of(session)).rows
