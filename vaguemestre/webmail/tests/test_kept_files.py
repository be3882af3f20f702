"""What is kept of a list on the disk is gone with the right to see it."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.lifecycle.lock import lock
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import mail_memories
from vaguemestre.accounts.projection import announce_change
from vaguemestre.mailbox.values import FLAGGED, SEEN, MailboxId, Uid
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import deliver_locally, letter, make_mail_account
from vaguemestre.webmail import connection, purge
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


def kept_of(reader: str) -> Path:
    return Path(settings.MAIL["exchanges"]) / reader[-2:] / f"{reader}.list"


def of_box(box: Box, desk: MailBrowser) -> str:
    return f"{box.key}_{desk.mail.key}"


@pytest.fixture
def box(desk: MailBrowser) -> Box:
    """Its member has looked into it, and into their own mailbox."""
    made = make_box()
    made.give(desk.mail, MailboxRights.MEMBER)
    for address in (made.address, desk.mail.address):
        deliver_locally(letter(address, subject="Absence de Léa"), address)
    assert "Absence de Léa" in body(desk.get(place(made, f"dossiers/{inbox(made)}/")))
    assert "Absence de Léa" in body(desk.get(desk.url()))
    assert kept_of(desk.mail.key).exists()
    assert kept_of(of_box(made, desk)).exists()
    return made


def close(account: Account) -> None:
    account.state = Account.State.CLOSED
    account.save(update_fields=["state"])
    announce_change([account])


def block(account: Account) -> None:
    """As the shutdown of a stolen account does."""
    account.mail_blocked_until = timezone.now() + timedelta(hours=1)
    account.save(update_fields=["mail_blocked_until"])
    announce_change([account])


ENDS: dict[str, Callable[[Account], object]] = {
    "locked": lambda account: lock(account, by="test", reason="", now=timezone.now()),
    "blocked": block,
    "closed": close,
    "purged": lambda account: purge.purge(account.key, timezone.now()),
}


@pytest.mark.parametrize("end", ENDS)
def test_with_the_account(desk: MailBrowser, box: Box, django_capture_on_commit_callbacks: Any, end: str) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ENDS[end](Account.every.get(pk=desk.mail.key))
    assert not kept_of(desk.mail.key).exists()
    assert not kept_of(of_box(box, desk)).exists()


def test_with_the_right_in_a_box(desk: MailBrowser, box: Box) -> None:
    box.take(desk.mail)
    assert not kept_of(of_box(box, desk)).exists()
    assert kept_of(desk.mail.key).exists()


def test_with_the_box(desk: MailBrowser, box: Box) -> None:
    purge.purge(box.key, timezone.now())
    assert not kept_of(of_box(box, desk)).exists()


def test_when_mail_is_taken_out_of_it(desk: MailBrowser, box: Box) -> None:
    """`withdrawals` asks whoever remembers."""
    for forget in mail_memories.all():
        forget(box.key)
    assert not kept_of(of_box(box, desk)).exists()


def test_a_change_that_ends_nothing_leaves_it(
    desk: MailBrowser, box: Box, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        announce_change([desk.mail.account])
    assert kept_of(desk.mail.key).exists()


@pytest.mark.parametrize("change", ["their own", "another's"])
def test_what_a_reader_of_a_box_has_read_is_theirs_in_every_process(desk: MailBrowser, box: Box, change: str) -> None:
    """Each has marks of their own of what was read there; Dovecot's count of changes follows them."""
    other = make_mail_account("Luc", "Second")
    box.give(other, MailboxRights.MEMBER)
    reader = desk.mail if change == "their own" else other
    access = MailboxAccess(box.account, reader.account, MailboxRights.MEMBER)
    with connection.open_mailbox(access) as session:
        session.store(MailboxId(inbox(box)), [Uid(1)], add=[SEEN])
        session.store(MailboxId(inbox(box)), [Uid(1)], add=[FLAGGED])
    connection.pool.cache_clear()  # another process
    with connection.open_mailbox(dataclasses.replace(access, reader=desk.mail.account)) as session:
        _folders, found, _quota = session.exchanges(MailboxId(inbox(box)), count=50)
    assert (found.page.rows[0].seen, found.page.rows[0].flagged) == (change == "their own", True)
