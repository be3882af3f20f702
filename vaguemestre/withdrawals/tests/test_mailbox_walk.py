"""A message in several real mailboxes: counted, taken out, looked for again, put back, erased. Also when Dovecot is
away, a mailbox is broken, or a slice ends half-way."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.audit.models import Entry
from vaguemestre.engine import message_withdrawal, projection
from vaguemestre.engine.doveadm_protocol import DoveadmRefusedError, DoveadmUnavailableError
from vaguemestre.engine.testing.sign_in import by_token
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.testing import MailAccount, append, imap_connection, letter, make_mail_account
from vaguemestre.webmail.connection import account_files
from vaguemestre.withdrawals import mailbox_walk, purge, withdrawal_jobs, withdrawal_status
from vaguemestre.withdrawals.models import Withdrawal, Withheld
from vaguemestre.withdrawals.withdrawal_jobs import Criteria

State, Walk = Withdrawal.State, Withdrawal.Walk
NAME = "<piege@voleur.example>"
SUBJECT = "Votre boîte est pleine : réunion d’urgence, et une fin assez longue pour que la ligne se plie en deux"


def trap(to: str, name: str = NAME, subject: str = SUBJECT) -> bytes:
    return letter(to, sender="Assistance <aide@voleur.example>", subject=subject, Message_ID=name).as_bytes()


def subjects(account: MailAccount, folder: str = "INBOX") -> int:
    connection = imap_connection(account)
    count = connection.select(folder, readonly=True)[1][0]
    connection.logout()
    return int(count or b"0")


@pytest.fixture
def boxes(db: None, daemons: None) -> list[MailAccount]:
    """Who read it, who did not, and who never had it."""
    found = [make_mail_account("Lise", "Lue"), make_mail_account("Noé", "Neuf"), make_mail_account("Rémi", "Rien")]
    append(found[0], trap(found[0].address), "INBOX", "(\\Seen \\Answered)")
    append(found[0], trap(found[0].address), "Trash", "(\\Seen)")
    append(found[1], trap(found[1].address))
    append(found[1], letter(found[1].address, subject="À garder"))
    append(found[2], letter(found[2].address, subject="À garder"))
    return found


def search(*, alike: bool = False) -> Withdrawal:
    since = timezone.now() - timedelta(days=1)
    criteria = Criteria("" if alike else NAME, "aide@voleur.example", SUBJECT, alike, since)
    return withdrawal_jobs.begin_withdrawal(criteria, by="operator:essai", reason="hameçonnage", now=timezone.now())


def walk(withdrawal: Withdrawal, *, now: datetime | None = None, seconds: float = 60) -> Withdrawal:
    for _slice in range(200):
        if not mailbox_walk.go_on(now=now or timezone.now(), seconds=seconds):
            break
    withdrawal.refresh_from_db()
    return withdrawal


def test_counted_first_and_nothing_moves(boxes: list[MailAccount]) -> None:
    found = walk(search())
    assert (found.state, found.walk, found.boxes, found.copies) == (State.COUNTED, "", 2, 3)
    sums = withdrawal_status.withdrawal_sums(found)
    assert (sums.read, sums.answered, sums.taken) == (1, 1, 0)
    assert [reader.account.key for reader in withdrawal_status.readers_of(found)] == [boxes[0].key]
    assert (subjects(boxes[0]), subjects(boxes[1])) == (1, 2)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("alike", [False, True])
def test_taken_out_of_all_and_put_back_as_it_was(boxes: list[MailAccount], alike: bool) -> None:
    found = walk(search(alike=alike))
    files = account_files()
    assert files
    for box in boxes:
        files.write(box.key, b"what a list showed")
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    walk(found)
    assert (found.state, found.boxes, found.copies) == (State.TAKEN, 2, 3)
    assert [files.place(box.key).exists() for box in boxes] == [False, False, True]
    assert [subjects(box) for box in boxes] == [0, 1, 1]
    assert subjects(boxes[0], "Trash") == 0
    told = Notice.objects.get()
    assert (told.account_id, told.kind, told.details["change"]) == (boxes[0].key, Notice.Kind.WITHDRAWAL, "taken")
    taken = Entry.objects.filter(act="withdrawal.taken")
    assert {line.subject for line in taken} == {boxes[0].key, boxes[1].key}
    assert not any("voleur" in str(line.details) or SUBJECT in str(line.details) for line in taken)
    withdrawal_jobs.undo_withdrawal(found, by="operator:essai")
    walk(found)
    assert found.state == State.RETURNED
    assert [subjects(box) for box in boxes] == [1, 2, 1]
    connection = imap_connection(boxes[0])
    connection.select("INBOX", readonly=True)
    assert b"\\Answered" in b"".join(part for part in connection.fetch("1", "(FLAGS)")[1] if isinstance(part, bytes))
    connection.logout()
    assert message_withdrawal.places(boxes[0].key) == []
    assert Notice.objects.filter(details__change="put-back").count() == 1


def test_what_comes_later_is_taken_by_the_next_pass(boxes: list[MailAccount]) -> None:
    found = walk(search())
    start = timezone.now()
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=start)
    walk(found)
    append(boxes[2], trap(boxes[2].address))
    withdrawal_jobs.look_after("", start + timedelta(minutes=59))
    walk(found)
    assert subjects(boxes[2]) == 2, "not yet"
    later = start + timedelta(minutes=61)
    withdrawal_jobs.look_after("", later)
    walk(found, now=later)
    assert subjects(boxes[2]) == 1
    assert (found.state, found.boxes, found.next_pass_at) == (State.TAKEN, 3, start + timedelta(hours=24))
    last = start + timedelta(hours=25)
    withdrawal_jobs.look_after("", last)
    walk(found, now=last)
    assert found.next_pass_at is None


def test_erased_at_the_end_and_no_sooner(boxes: list[MailAccount]) -> None:
    found = walk(search())
    start = timezone.now()
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=start)
    walk(found)
    withdrawal_jobs.look_after("", start + timedelta(days=29))
    walk(found, now=start + timedelta(days=29))
    assert message_withdrawal.places(boxes[0].key)
    withdrawal_jobs.look_after("", start + timedelta(days=31))
    walk(found, now=start + timedelta(days=31))
    assert (found.state, found.boxes) == (State.ERASED, 2)
    assert message_withdrawal.places(boxes[0].key) == []
    assert not Withheld.objects.exists()
    with pytest.raises(withdrawal_jobs.TooLateError):
        withdrawal_jobs.undo_withdrawal(found, by="operator:essai")


def test_slice_by_slice_it_is_the_same(boxes: list[MailAccount]) -> None:
    found = search()
    assert mailbox_walk.go_on(now=timezone.now(), seconds=0)
    found.refresh_from_db()
    assert (found.state, found.done) == (State.COUNTING, 1)
    assert found.total >= 3
    walk(found, seconds=0)
    assert (found.state, found.copies) == (State.COUNTED, 3)
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    walk(found, seconds=0)
    assert (found.state, found.copies) == (State.TAKEN, 3)


def test_what_a_crash_left_between_the_move_and_the_line_is_known(
    boxes: list[MailAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = walk(search())
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    with monkeypatch.context() as crash:
        crash.setattr(message_withdrawal, "count_withdrawn", lambda *_words: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mailbox_walk.go_on(now=timezone.now())
    assert Withheld.objects.filter(state=Withheld.State.TAKING).exists()
    walk(found)
    assert (found.state, found.copies) == (State.TAKEN, 3)
    withdrawal_jobs.undo_withdrawal(found, by="operator:essai")
    walk(found)
    assert [subjects(box) for box in boxes] == [1, 2, 1]


def test_moved_by_its_owner_meanwhile_it_is_found_where_it_is(boxes: list[MailAccount]) -> None:
    found = walk(search())
    connection = imap_connection(boxes[1])
    connection.create("Apres")
    connection.select("INBOX")
    connection.uid("MOVE", "1", "Apres")
    connection.logout()
    connection = imap_connection(boxes[0])
    connection.select("Trash")
    connection.store("1:*", "+FLAGS", "(\\Deleted)")
    connection.expunge()
    connection.logout()
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    walk(found)
    assert found.copies == 3, "also what its owner deleted for good, and could bring back"
    assert subjects(boxes[1], "Apres") == 0


def test_put_back_half_way_takes_no_more(boxes: list[MailAccount]) -> None:
    found = walk(search())
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    mailbox_walk.go_on(now=timezone.now(), seconds=0)
    withdrawal_jobs.undo_withdrawal(Withdrawal.objects.get(pk=found.pk), by="operator:essai")
    walk(found)
    assert found.state == State.RETURNED
    assert [subjects(box) for box in boxes] == [1, 2, 1]


def test_a_decision_during_a_slice_is_obeyed(boxes: list[MailAccount], monkeypatch: pytest.MonkeyPatch) -> None:
    found = search()
    find, seen = message_withdrawal.find_copies, []

    def dropped_meanwhile(key: str, *words: object) -> list[message_withdrawal.MessageCopy]:
        seen.append(key)
        if len(seen) == 1:
            withdrawal_jobs.drop_withdrawal(Withdrawal.objects.get(pk=found.pk), by="operator:essai")
        return find(key, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(message_withdrawal, "find_copies", dropped_meanwhile)
    walk(found)
    assert (found.state, len(seen)) == (State.DROPPED, 1)


@pytest.mark.parametrize("trouble", [DoveadmRefusedError("TEMPFAIL"), DoveadmUnavailableError("hung up")])
def test_one_broken_mailbox_does_not_save_the_others(
    boxes: list[MailAccount], monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    find = message_withdrawal.find_copies

    def broken(key: str, *words: object) -> list[message_withdrawal.MessageCopy]:
        if key == boxes[0].key:
            raise trouble
        return find(key, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(message_withdrawal, "find_copies", broken)
    found = walk(search())
    assert (found.state, found.copies, found.passed_over) == (State.COUNTED, 1, [boxes[0].key])


def test_what_could_not_be_put_back_is_tried_again_and_never_forgotten(
    boxes: list[MailAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = walk(search())
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    walk(found)
    put_back, start = message_withdrawal.restore_copies, timezone.now()
    withdrawal_jobs.undo_withdrawal(found, by="operator:essai")
    with monkeypatch.context() as trouble:

        def refused(key: str, place: str, folder: str) -> bool:
            if folder == "Trash":
                raise DoveadmRefusedError("TEMPFAIL")
            return put_back(key, place, folder)

        trouble.setattr(message_withdrawal, "restore_copies", refused)
        walk(found)
        assert (found.state, found.walk, found.passed_over) == (State.RETURNING, "", [boxes[0].key])
        assert [subjects(box) for box in boxes] == [1, 2, 1], "the other folder, and the others"
        withdrawal_jobs.look_after("", start + timedelta(days=400))
        assert Withdrawal.objects.filter(pk=found.pk).exists()
        walk(found)
    withdrawal_jobs.look_after("", start + timedelta(days=500))
    walk(found)
    assert found.state == State.RETURNED
    assert subjects(boxes[0], "Trash") == 1


def test_what_is_not_erased_is_not_said_to_be(boxes: list[MailAccount], monkeypatch: pytest.MonkeyPatch) -> None:
    found = walk(search())
    start = timezone.now()
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=start)
    walk(found)
    late = start + timedelta(days=31)

    def refused(*_words: str) -> None:
        raise DoveadmRefusedError("TEMPFAIL")

    with monkeypatch.context() as trouble:
        trouble.setattr(message_withdrawal, "delete_copies", refused)
        withdrawal_jobs.look_after("", late)
        walk(found, now=late)
    assert (found.state, found.ends_at) == (State.TAKEN, late + timedelta(hours=1))
    later = late + timedelta(hours=2)
    withdrawal_jobs.look_after("", later)
    assert walk(found, now=later).state == State.ERASED


def test_what_somebody_waits_for_comes_before_further_passes(boxes: list[MailAccount]) -> None:
    older = walk(search())
    Withdrawal.objects.filter(pk=older.pk).update(state=State.TAKEN, walk=Walk.ALL)
    search()
    mailbox_walk.go_on(now=timezone.now(), seconds=0)
    older.refresh_from_db()
    assert older.done == 0


def test_however_many_ask_one_chain_of_slices_walks(db: None) -> None:
    for _time in range(5):
        withdrawal_jobs.WALKING.start()
    assert DBTaskResult.objects.ready().count() == 1


def test_without_the_mail_server_it_waits_and_says_so(
    boxes: list[MailAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = search()
    with monkeypatch.context() as away:

        def gone(*_words: object) -> list[message_withdrawal.MessageCopy]:
            raise DoveadmUnavailableError("connection refused")

        away.setattr(message_withdrawal, "find_copies", gone)
        away.setattr(message_withdrawal, "places", gone)
        assert not mailbox_walk.go_on(now=timezone.now())
    found.refresh_from_db()
    assert (found.state, found.waits, found.done) == (State.COUNTING, True, 0)
    assert (walk(found).state, found.waits) == (State.COUNTED, False)


def test_of_two_who_press_one_is_told(boxes: list[MailAccount]) -> None:
    found = walk(search())
    withdrawal_jobs.withdraw_messages(found, by="operator:un", now=timezone.now())
    with pytest.raises(withdrawal_jobs.TooLateError):
        withdrawal_jobs.withdraw_messages(Withdrawal.objects.get(pk=found.pk), by="operator:deux", now=timezone.now())
    with pytest.raises(withdrawal_jobs.TooLateError):
        withdrawal_jobs.drop_withdrawal(Withdrawal.objects.get(pk=found.pk), by="operator:deux")


def test_a_count_that_nobody_decides_on_goes_out_of_date(boxes: list[MailAccount]) -> None:
    found = walk(search())
    withdrawal_jobs.look_after("", timezone.now() + timedelta(days=6))
    found.refresh_from_db()
    assert found.state == State.COUNTED
    withdrawal_jobs.look_after("", timezone.now() + timedelta(days=8))
    found.refresh_from_db()
    assert found.state == State.DROPPED
    withdrawal_jobs.look_after("", timezone.now() + timedelta(days=400))
    assert not Withdrawal.objects.exists()


def test_a_purged_account_leaves_nothing_here(boxes: list[MailAccount]) -> None:
    found = walk(search())
    purge.forget_account(boxes[0].key, timezone.now())
    assert withdrawal_status.withdrawal_sums(found).boxes == 1
    Account.objects.filter(pk=boxes[0].key).update(state=Account.State.PURGED)
    projection.project([boxes[0].key])
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    assert (walk(found).state, found.boxes) == (State.TAKEN, 1)


def test_out_of_a_shared_mailbox_too(boxes: list[MailAccount]) -> None:
    shared = make_box()
    shared.give(boxes[2], MailboxRights.MEMBER)
    with by_token(shared, shared.token) as connection:
        connection.append("INBOX", "", "", trap(shared.address))
    found = walk(search())
    assert (found.boxes, found.copies) == (3, 4)
    withdrawal_jobs.withdraw_messages(found, by="operator:essai", now=timezone.now())
    walk(found)
    with by_token(shared, shared.token) as connection:
        assert connection.select("INBOX", readonly=True)[1] == [b"0"]
    assert found.state == State.TAKEN
