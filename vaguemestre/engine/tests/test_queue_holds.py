"""What a stolen account had sent and has not left: held in the real Postfix's queue, let go or deleted."""

import json
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.models import Account, ShutdownStep
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.engine import projection, queue_holds, queue_manager, root_socket
from vaguemestre.engine.testing.queue import home_of, send, waiting
from vaguemestre.testing import MailAccount, data_folder, letter, make_mail_account, submission, wait_for_mail

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def test_what_waits_is_held_and_then_let_go(mail_account: MailAccount, unreachable: MailAccount) -> None:
    send(mail_account, unreachable.address)
    waiting(unreachable.address)
    [stopped] = queue_holds.hold_messages(mail_account.account, NOW)
    assert (stopped.recipients, stopped.reach) == ((unreachable.address,), 1)
    [message] = queue_holds.held_messages(mail_account.account)
    assert message.size > 0
    home_of(unreachable).chmod(0o700)
    assert queue_holds.release_messages(mail_account.account, [message.id]) == [message.id]
    wait_for_mail(unreachable, 2)
    assert queue_holds.held_messages(mail_account.account) == []


def test_what_is_deleted_is_gone_and_the_rest_stays(mail_account: MailAccount, unreachable: MailAccount) -> None:
    for _ in range(2):
        send(mail_account, unreachable.address)
    waiting(unreachable.address, 2)
    queue_holds.hold_messages(mail_account.account, NOW)
    first, second = queue_holds.held_messages(mail_account.account)
    assert queue_holds.delete_messages(mail_account.account, [first.id]) == [first.id]
    assert [one.id for one in queue_holds.held_messages(mail_account.account)] == [second.id]
    assert queue_holds.delete_messages(mail_account.account, [second.id, first.id, "ALL", "-d"]) == [second.id]


def test_everybody_else_s_mail_goes_on(mail_account: MailAccount, unreachable: MailAccount) -> None:
    other = make_mail_account("Zoé", "Voisine")
    send(other, unreachable.address)
    [number] = waiting(unreachable.address)
    assert queue_holds.hold_messages(mail_account.account, NOW) == []
    assert queue_holds.release_messages(mail_account.account, [number]) == []
    assert queue_holds.delete_messages(mail_account.account, [number]) == []
    assert waiting(unreachable.address) == [number]
    home_of(unreachable).chmod(0o700)
    wait_for_mail(unreachable, 2)


def test_any_of_a_person_s_addresses_counts(mail_account: MailAccount, unreachable: MailAccount) -> None:
    undotted = next(one for one in mail_account.account.addresses if "." not in one.partition("@")[0])
    send(mail_account, unreachable.address, sender=undotted)
    waiting(unreachable.address)
    assert len(queue_holds.hold_messages(mail_account.account, NOW)) == 1
    [message] = queue_holds.held_messages(mail_account.account)
    queue_holds.delete_messages(mail_account.account, [message.id])


def test_a_shutdown_holds_what_waits(mail_account: MailAccount, unreachable: MailAccount) -> None:
    send(mail_account, unreachable.address)
    waiting(unreachable.address)
    shutdown = account_shutdown.shut_account_down(
        mail_account.account, by="system", office="", reason="essai", now=timezone.now()
    )
    step = shutdown.steps.get(act=ShutdownStep.Act.FREEZE)
    assert (step.count, step.done_at is not None) == (1, True)
    assert unreachable.address in step.said[0]
    home_of(unreachable).chmod(0o700)
    [message] = queue_holds.held_messages(mail_account.account)
    queue_holds.release_messages(mail_account.account, [message.id])
    wait_for_mail(unreachable, 2)


def test_a_purge_deletes_what_is_still_held_and_the_journal_says_so(
    mail_account: MailAccount, unreachable: MailAccount
) -> None:
    send(mail_account, unreachable.address)
    waiting(unreachable.address)
    queue_holds.hold_messages(mail_account.account, NOW)
    queue_holds.forget_account(mail_account.key, NOW)
    assert len(queue_holds.held_messages(mail_account.account)) == 1, (
        "of an account that never was declared stolen nothing is looked for"
    )
    journal.record("system", "account.stolen", mail_account.key)
    queue_holds.forget_account(mail_account.key, NOW)
    assert queue_holds.held_messages(mail_account.account) == []
    assert Entry.objects.get(subject=mail_account.key, act="held.deleted").details["held"] == 1


def test_a_message_that_was_on_its_way_when_the_account_was_frozen_is_refused(mail_account: MailAccount) -> None:
    message = letter(mail_account.address, sender=mail_account.address).as_bytes()
    connection = submission(mail_account)
    connection.mail(mail_account.address)
    connection.rcpt(mail_account.address)
    connection.docmd("DATA")
    Account.objects.filter(pk=mail_account.key).update(frozen_at=timezone.now())
    projection.project([mail_account.key])
    connection.send(message.replace(b"\n", b"\r\n") + b"\r\n.\r\n")
    code, said = connection.getreply()
    assert code == 450
    assert b"Envoi suspendu" in said


def test_no_answer_is_not_nothing(mail_account: MailAccount, settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    with pytest.raises(queue_holds.QueueUnavailableError):
        queue_holds.hold_messages(mail_account.account, NOW)


@pytest.mark.parametrize("asked", [b"\n", b"{}\n", b'{"act": "hold"}\n', b'{"act": "x", "senders": [], "ids": []}\n'])
def test_nonsense_changes_nothing_and_hurts_nobody(mail_account: MailAccount, asked: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(data_folder() / "run" / "queuekeeper.sock"))
        connection.sendall(asked)
        connection.settimeout(20)
        said = json.loads(connection.makefile("rb").readline())
    assert set(said) in ({"error"}, {"ids"})
    assert queue_holds.held_messages(mail_account.account) == []


def test_only_the_product_may_ask(daemons: None) -> None:
    path = data_folder() / "run" / "queuekeeper.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.owner() == root_socket.OWNER


@pytest.mark.parametrize("address", ["jean.martin@x.fr", "JeanMartin@x.fr", "jean.martin+classe@x.fr"])
def test_forms_of_one_address(address: str) -> None:
    assert queue_manager.plain(address) == "jeanmartin@x.fr"
