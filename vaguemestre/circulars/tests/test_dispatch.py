"""A circular in real mailboxes: no one twice, no one missed, whatever dies; stop, continue; who has left gets none."""

import smtplib
from collections import Counter
from datetime import timedelta
from typing import Any, cast

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.circulars import dispatch, read_state, settling
from vaguemestre.circulars.message import message_id
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.progress import Progress, mailing_context
from vaguemestre.circulars.testing import approved, officer, second_person, teachers
from vaguemestre.engine import projection
from vaguemestre.engine.bulk_delivery import SliceOutcome, submit_slice
from vaguemestre.engine.bulk_sender import bulk_sender
from vaguemestre.engine.doveadm_protocol import ask
from vaguemestre.engine.message_withdrawal import find_copies
from vaguemestre.testing import MailAccount, deliver, letter, submission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("daemons")]
Copy = Delivery.State
READERS = 25


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    monkeypatch.setattr(dispatch, "SLICE", 10)
    monkeypatch.setattr(dispatch, "UNDERWAY", 1000)
    return teachers(READERS)


def leaving(readers: list[Account]) -> Circular:
    circular = approved(officer(), second_person())
    projection.project([one.key for one in readers])
    return circular


def run(*, rounds: int = 200) -> None:
    for _one in range(rounds):
        if not dispatch.go_on(now=timezone.now()):
            return
    raise AssertionError("it does not end")


def first(circular: Circular) -> Dispatch:
    return circular.mailings.get(kind=Dispatch.Kind.FIRST)


def ledger(circular: Circular, readers: list[Account]) -> Counter[int]:
    """How many readers have so many copies."""
    mailing = first(circular)
    since = timezone.now() - timedelta(hours=1)
    return Counter(len(find_copies(one.key, f"<{message_id(mailing)}>", "", since)) for one in readers)


def test_everybody_has_one_copy_and_its_state_is_known(readers: list[Account]) -> None:
    circular = leaving(readers)
    run()
    assert ledger(circular, readers) == {1: READERS}
    assert set(first(circular).deliveries.values_list("state", flat=True)) == {Copy.DELIVERED}
    assert first(circular).state == Dispatch.State.SENT
    assert first(circular).deliveries.count() == READERS


def test_killed_after_postfix_had_a_slice_it_doubles_nothing(
    readers: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    circular, submit = leaving(readers), submit_slice

    def dies(recipients: Any, message: bytes) -> str:
        submit(recipients, message)
        raise KeyboardInterrupt  # as a kill: nothing after it is done

    monkeypatch.setattr(dispatch, "submit_slice", dies)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(dispatch, "submit_slice", submit)
    assert first(circular).deliveries.filter(state=Copy.HANDING).count() == 10
    run()
    assert ledger(circular, readers) == {1: READERS}


def test_killed_before_postfix_had_a_slice_it_misses_nobody(
    readers: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    circular, submit = leaving(readers), submit_slice

    def dies(_recipients: Any, _message: bytes) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "submit_slice", dies)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(dispatch, "submit_slice", submit)
    run()
    assert ledger(circular, readers) == {1: READERS}


def test_stopped_it_keeps_the_others_waiting_and_continues_another_day(readers: list[Account]) -> None:
    circular = leaving(readers)
    dispatch.go_on(now=timezone.now())
    assert dispatch.stop_mailing(first(circular))
    run()
    assert ledger(circular, readers) == {1: 10, 0: 15}
    assert first(circular).deliveries.filter(state=Copy.WAITING).count() == 15
    assert not dispatch.stop_mailing(first(circular))
    assert dispatch.continue_mailing(first(circular))
    run()
    assert ledger(circular, readers) == {1: READERS}


def test_whoever_has_left_post_meanwhile_gets_none(readers: list[Account]) -> None:
    circular, gone = leaving(readers), readers[3]
    gone.person.duty_end = timezone.localdate() - timedelta(days=1)
    gone.person.save()
    run()
    assert first(circular).deliveries.get(account=gone).state == Copy.LEFT
    assert ledger(circular, readers) == {1: READERS - 1, 0: 1}


@pytest.mark.parametrize("changed", [{"text": "Autre chose"}, {"subject": "Autre"}, {"reply_to": "x@y.example"}])
def test_changed_after_its_approval_nothing_leaves(readers: list[Account], changed: dict[str, str]) -> None:
    circular = leaving(readers)
    Circular.objects.filter(pk=circular.pk).update(**changed)
    run()
    assert ledger(circular, readers) == {0: READERS}
    assert first(circular).state == Dispatch.State.STOPPED
    dispatch.continue_mailing(first(circular))
    run()
    assert ledger(circular, readers) == {0: READERS}


def test_a_recipient_added_after_its_approval_stops_it(readers: list[Account]) -> None:
    circular = leaving(readers)
    [stranger] = teachers(1)
    Delivery.objects.create(mailing=first(circular), account=stranger)
    run()
    assert ledger(circular, [*readers, stranger]) == {0: READERS + 1}


def test_seen_is_counted_from_the_mailboxes_and_the_others_are_reminded_once(readers: list[Account]) -> None:
    circular = leaving(readers)
    run()
    for one in readers[:12]:
        ask(one.key, "flags add", "\\Seen", "mailbox", "INBOX", "all")
    while read_state.go_on(now=timezone.now()):
        pass
    figures = read_state.figures_of(first(circular))
    assert (figures.seen, figures.unseen) == (12, 13)
    author = Account.objects.get(pk=circular.author)
    assert read_state.remind(circular, author, now=timezone.now()) == 13
    assert read_state.remind(circular, author, now=timezone.now()) == 0
    run()
    reminder = circular.mailings.get(kind=Dispatch.Kind.REMINDER)
    since = timezone.now() - timedelta(hours=1)
    counts = [len(find_copies(one.key, f"<{message_id(reminder)}>", "", since)) for one in readers]
    assert counts == [0] * 12 + [1] * 13


def test_its_headers_keep_machines_from_answering(readers: list[Account]) -> None:
    circular = leaving(readers)
    run()
    fields = "hdr.list-id hdr.precedence hdr.reply-to hdr.return-path hdr.auto-submitted"
    said = ask(readers[0].key, "fetch", fields, "mailbox", "INBOX", "all")
    author = Account.objects.get(pk=circular.author)
    assert circular.key in said[0]
    assert said[1] == "list"
    assert author.address in said[2]
    assert "ne-pas-repondre" in said[3]


def test_its_envelope_is_taken_from_no_person_and_no_stranger(mail_account: MailAccount) -> None:
    """Who could use it would reach the transport of circulars, whose bounces are dropped."""
    with submission(mail_account) as connection:
        connection.docmd("MAIL", f"FROM:<{bulk_sender()}>")
        assert connection.docmd("RCPT", f"TO:<{mail_account.address}>")[0] == 553
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        deliver(letter(mail_account.address), mail_account.address, sender=bulk_sender())
    assert caught.value.recipients[mail_account.address][0] == 553


def test_full_mailboxes_wait_and_the_reason_is_shown_without_an_address(
    readers: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    circular = leaving(readers)
    full = readers[0].address
    waiting = SliceOutcome(waiting={full: f"host x said: 452 4.2.2 <{full}> Boite pleine (mailbox is full)"})
    run()
    first(circular).deliveries.filter(account=readers[0]).update(state=Copy.QUEUED)
    monkeypatch.setattr(settling, "slice_outcomes", lambda numbers: dict.fromkeys(numbers, waiting))
    settling.settle_deliveries()
    [shown] = cast(list[Progress], mailing_context(circular)["mailings"])
    assert shown.reasons == [("Boîte pleine", 1)]
    assert shown.figures.underway == 1


def test_after_the_keeper_of_the_queue_is_started_again_the_mailbox_answers(readers: list[Account]) -> None:
    circular = leaving(readers)
    run()
    first(circular).deliveries.update(state=Copy.QUEUED, queue_id="4unknown000zxy")
    settling.settle_deliveries()
    assert set(first(circular).deliveries.values_list("state", flat=True)) == {Copy.DELIVERED}
