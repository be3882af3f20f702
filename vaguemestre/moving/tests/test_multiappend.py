"""Several messages by one command: each once when the line breaks, and one that is refused harms no other."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.utils import timezone

from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.messages.append import MessageToAppend
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import Flag, MailboxId, Uid
from vaguemestre.moving import import_run, known_messages
from vaguemestre.moving.models import Intake, Refusal
from vaguemestre.moving.stored_message import StoredMessage, message_to_store
from vaguemestre.moving.testing.bringing import box, bring, raw, subjects, sums, take_in
from vaguemestre.testing import MailAccount

pytestmark = pytest.mark.usefixtures("daemons")
State = Intake.State


@pytest.mark.parametrize("kept", [True, False])
def test_several_at_once_and_the_line_breaks_each_once(
    mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """One command stores ten: the server has them all when only its answer was lost, and none when it heard half."""
    letters = [raw(number) for number in range(25)]
    letters[12:12] = [letters[10], letters[3]]
    intake = take_in(mail_account, {"a.mbox": box(*letters)})
    monkeypatch.setattr(import_run, "MOST_TOGETHER", 10)
    store, times = Session.append_all, 0

    def breaking(session: Session, folder: MailboxId, messages: Sequence[MessageToAppend]) -> list[Uid]:
        nonlocal times
        times += 1
        if times != 2:
            return store(session, folder, messages)
        if kept:
            store(session, folder, messages)
        else:
            connection = session._link.connection
            assert connection._asked("x", b"x APPEND Reprise () {%d}" % len(messages[0].raw)) is None
            connection._send(messages[0].raw)
            assert connection._asked("x", b" () {%d}" % len(messages[1].raw)) is None
            connection._send(messages[1].raw[:20])
            connection.close()
        raise MailboxUnavailableError("lost")

    monkeypatch.setattr(Session, "append_all", breaking)
    assert import_run.go_on(now=timezone.now(), seconds=60) is False
    assert sums(intake) == (10, 0, 0, 0)
    assert len(subjects(mail_account, "Reprise")) == (18 if kept else 10)
    known_messages.forget_known(intake.key)
    bring(intake)
    assert (intake.state, sums(intake)) == (State.DONE, (25, 2, 0, 0))
    assert subjects(mail_account, "Reprise") == sorted(f"n{number}" for number in range(25))


def test_one_that_the_server_refuses_costs_the_others_nothing(
    mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are refused together, then each is asked about: those that may be are stored, in their order."""
    real = message_to_store

    def odd(data: bytes, *rest: object, **more: object) -> StoredMessage:
        found = real(data, *rest, **more)  # type: ignore[arg-type]
        return replace(found, flags=(Flag("\\Recent"),)) if b"<n2@" in data else found  # Dovecot takes no such mark

    monkeypatch.setattr(import_run, "message_to_store", odd)
    intake = bring(take_in(mail_account, {"a.mbox": box(*(raw(number) for number in range(5)))}))
    assert (intake.state, sums(intake)) == (State.DONE, (4, 0, 0, 1))
    assert Refusal.objects.get(part__intake=intake).subject == "n2"
    assert subjects(mail_account, "Reprise") == ["n0", "n1", "n3", "n4"]
