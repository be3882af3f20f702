"""Real files into a real mailbox, each message once, also when things go wrong half-way."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.engine.projection import file
from vaguemestre.exports import archive_run, export_jobs
from vaguemestre.mailbox.errors import MailboxUnavailableError, QuotaExceededError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import MailboxId
from vaguemestre.moving import import_jobs, import_run, known_messages, zip_archives
from vaguemestre.moving.connection import open_mailbox_of
from vaguemestre.moving.models import Intake, Part, Refusal
from vaguemestre.moving.testing.bringing import LINE, box, bring, folders, packed, raw, subjects, sums, take_in
from vaguemestre.moving.uploaded_files import FileRefusedError
from vaguemestre.testing import MailAccount, append, data_folder, imap_connection, make_mail_account

pytestmark = pytest.mark.usefixtures("daemons")
State = Intake.State


def test_a_box_with_days_and_marks(mail_account: MailAccount) -> None:
    data = box(
        raw(1, head=b"Status: RO\nX-Status: F\n"), raw(2, b">From here\n", head=b"Status: O\n"),
        raw(3, head=b"X-Mozilla-Status: 0009\n"), raw(4) + b"\0\n",
    )  # fmt: skip
    broken = packed({"a.eml": b"no field here", "b.eml": raw(5)})
    intake = bring(take_in(mail_account, {"Archive.mbox": data, "deux.zip": broken}))
    assert (intake.state, sums(intake)) == (State.DONE, (4, 0, 1, 1))
    connection = imap_connection(mail_account)
    connection.select("Reprise", readonly=True)
    [first, *_rest] = connection.fetch("1", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]
    assert isinstance(first, tuple)
    assert b"\\Flagged" in first[0]
    assert b"\\Seen" in first[0]
    assert b"02-Mar-2020" in first[0]
    assert first[1] == raw(1).replace(b"\n", b"\r\n")
    second = connection.fetch("2", "(FLAGS BODY.PEEK[TEXT])")[1][0]
    assert isinstance(second, tuple)
    assert b"\\Seen" not in second[0]
    assert second[1] == b"From here\r\n"
    connection.logout()
    refusal = Refusal.objects.get(part__intake=intake)
    assert (refusal.place, refusal.reason) == (1, "form")
    assert not import_jobs.folder_of(intake.key).exists()
    assert set(Entry.objects.filter(subject=mail_account.key).values_list("act", flat=True)) >= {
        "intake.asked", "intake.done",
    }  # fmt: skip


def test_the_same_file_again_brings_nothing(mail_account: MailAccount) -> None:
    data = box(raw(1), raw(2), raw(2), b"Subject: no name\nDate: Mon, 2 Mar 2020 09:00:00 +0100\n\nx\n")
    assert sums(bring(take_in(mail_account, {"a.mbox": data}))) == (3, 1, 0, 0)
    again = bring(take_in(mail_account, {"a.mbox": data, "3.eml": raw(3)}))
    assert sums(again) == (1, 4, 0, 0)
    assert again.state == State.DONE
    assert len(subjects(mail_account, "Reprise")) == 4


def test_what_came_by_another_way_is_known_too(mail_account: MailAccount) -> None:
    append(mail_account, raw(1))
    intake = bring(take_in(mail_account, {"1.eml": raw(1), "2.eml": raw(2)}, "INBOX"))
    assert sums(intake) == (1, 1, 0, 0)


def test_in_slices_and_after_a_crash_each_once(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes a message and the process dies before its row says so; another process continues."""
    intake = take_in(mail_account, {"a.mbox": box(*(raw(number) for number in range(40)))})
    monkeypatch.setattr(import_run, "CHECKPOINT", 7)
    monkeypatch.setattr(import_run, "MOST_TOGETHER", 1)
    count = 0

    def dying(store: Callable[..., object]) -> Callable[..., object]:
        def append_and_die(*args: object, **more: object) -> object:
            nonlocal count
            count += 1
            stored = store(*args, **more)
            if count == 17:
                raise KeyboardInterrupt
            return stored

        return append_and_die

    monkeypatch.setattr(import_run._Work, "write", _unless_dying(import_run._Work.write, lambda: count == 17))
    monkeypatch.setattr(Session, "append", dying(Session.append))
    with pytest.raises(KeyboardInterrupt):
        import_run.go_on(now=timezone.now(), seconds=60)
    count = 100
    assert sums(intake)[0] == 14
    known_messages.forget_known(intake.key)
    assert sums(bring(intake, seconds=0)) == (40, 0, 0, 0)
    assert subjects(mail_account, "Reprise") == sorted(f"n{number}" for number in range(40))
    assert Part.objects.get(intake=intake).brought == "1:40"


def _unless_dying(write: Callable[..., None], dying: Callable[[], bool]) -> Callable[..., None]:
    return lambda work: None if dying() else write(work)


def test_a_mail_server_that_is_away_is_waited_for(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "MOST_TOGETHER", 1)
    intake = take_in(mail_account, {"a.mbox": box(raw(1), raw(2), raw(3))})
    store, calls = Session.append, iter([None, MailboxUnavailableError("lost"), *[None] * 9])

    def sometimes(*args: object, **more: object) -> object:
        stored = store(*args, **more)  # type: ignore[arg-type]
        if (lost := next(calls)) is not None:
            raise lost  # it was stored; only the answer was lost
        return stored

    monkeypatch.setattr(Session, "append", sometimes)
    assert import_run.go_on(now=timezone.now()) is False
    intake.refresh_from_db()
    assert (intake.state, intake.attempts, sums(intake)[0]) == (State.RUNNING, 1, 1)
    bring(intake)
    assert (intake.state, intake.attempts, sums(intake)) == (State.DONE, 0, (3, 0, 0, 0))
    assert len(subjects(mail_account, "Reprise")) == 3


def test_a_full_mailbox_pauses_and_goes_on(mail_account: MailAccount) -> None:
    with file.written(data_folder() / "db" / "mail.sqlite3") as daemons:  # before the first session: they remember
        daemons.execute("UPDATE mail_account SET quota_mb = 1 WHERE key = ?", (mail_account.key,))
    inbox = folders(mail_account)["INBOX"].id
    assert inbox
    with open_mailbox_of(mail_account.key) as session, contextlib.suppress(QuotaExceededError):
        for _turn in range(500):
            session.append(inbox, b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 300)
    heavy = [raw(number, (b"y" * 70 + b"\n") * 600) for number in range(3)]
    intake = bring(take_in(mail_account, {"a.mbox": box(*heavy)}))
    assert (intake.state, intake.failure, sums(intake)[0]) == (State.PAUSED, "full", 0)
    assert import_jobs.folder_of(intake.key).exists()
    with pytest.raises(import_jobs.AlreadyUnderWayError):
        take_in(mail_account, {"b.mbox": box(raw(4))})
    with open_mailbox_of(mail_account.key) as session:
        session.empty(inbox)
    import_jobs.resume_import(intake)
    bring(intake)
    assert (intake.state, sums(intake)) == (State.DONE, (3, 0, 0, 0))


def test_an_archive_makes_its_folders_again(mail_account: MailAccount) -> None:
    files = {
        "export/Inbox.mbox": box(raw(1)), "export/Classe/Sixième B.mbox": box(raw(2), raw(3)),
        "export/Lettres/a.eml": raw(4), "export/Lettres/b.eml": raw(5), "export/notes.txt": b"x",
        "export/~drôle*/c.eml": raw(6), "__MACOSX/export/._a.eml": b"x", "export/vide.mbox": b"",
    }  # fmt: skip
    intake = bring(take_in(mail_account, {"Tout.zip": packed(files)}))
    assert (intake.state, sums(intake), intake.ignored) == (State.DONE, (6, 0, 0, 0), 3)
    found = {name: folder.total for name, folder in folders(mail_account).items() if name.startswith("Reprise")}
    assert found == {
        "Reprise": 0, "Reprise/Inbox": 1, "Reprise/Classe": 0, "Reprise/Classe/Sixième B": 2, "Reprise/Lettres": 2,
        "Reprise/drôle": 1,
    }  # fmt: skip


def test_one_box_in_an_archive_goes_where_it_was_told(mail_account: MailAccount) -> None:
    intake = bring(take_in(mail_account, {"Takeout.zip": packed({"Takeout/Mail/Tous.mbox": box(raw(1))})}), 0)
    assert sums(intake) == (1, 0, 0, 0)
    assert subjects(mail_account, "Reprise") == ["n1"]


def test_our_own_export_comes_back(mail_account: MailAccount) -> None:
    append(mail_account, raw(1), "INBOX", "(\\Seen)")
    append(mail_account, raw(2), "INBOX")
    export = export_jobs.order_export(mail_account.account, by=mail_account.key, now=timezone.now())
    while archive_run.go_on(now=timezone.now(), seconds=60):
        pass
    data = (data_folder() / "exports" / export.key / "archive.zip").read_bytes()
    other = make_mail_account("Nadia", "Benhamou")
    assert sums(bring(take_in(other, {"copie.zip": data}))) == (2, 0, 0, 0)
    assert subjects(other, "Reprise") == ["n1", "n2"]
    again = bring(take_in(mail_account, {"copie.zip": data}, "INBOX"))
    assert sums(again) == (0, 2, 0, 0)


def test_taken_back(mail_account: MailAccount) -> None:
    append(mail_account, raw(9))
    files = {"a.zip": packed({"x/a.mbox": box(raw(1), raw(2)), "y/b.mbox": box(raw(3))})}
    intake = bring(take_in(mail_account, files))
    connection = imap_connection(mail_account)
    connection.select("Reprise/y/b")
    connection.copy("1", "INBOX")
    connection.logout()
    append(mail_account, raw(7), "Reprise/x/a")
    assert import_jobs.undo_import(intake, now=timezone.now())
    bring(intake, seconds=0)  # each slice takes something back, however short
    assert intake.state == State.UNDONE
    found = {name: folder.total for name, folder in folders(mail_account).items()}
    assert found["Reprise/x/a"] == 1  # somebody else's message keeps its folder
    assert "Reprise/y/b" not in found
    assert subjects(mail_account, "INBOX") == ["n3", "n9"]
    assert import_jobs.undo_import(intake, now=timezone.now()) is False


def test_stopped_what_was_brought_stays(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = take_in(mail_account, {"a.mbox": box(*(raw(number) for number in range(9)))})
    monkeypatch.setattr(import_run, "CHECKPOINT", 3)
    import_run.go_on(now=timezone.now(), seconds=0)
    import_jobs.stop_import(intake, now=timezone.now())
    bring(intake)
    assert intake.state == State.STOPPED
    assert sums(intake)[0] == len(subjects(mail_account, "Reprise")) == 1


def test_a_folder_that_goes_meanwhile(mail_account: MailAccount) -> None:
    intake = take_in(mail_account, {"a.mbox": box(raw(1), raw(2))})
    import_run.go_on(now=timezone.now(), seconds=0)
    with open_mailbox_of(mail_account.key) as session:
        session.remove(MailboxId(intake.target))
    bring(intake)
    assert (intake.state, intake.failure) == (State.FAILED, "gone")


def test_two_people_in_turn(mail_account: MailAccount) -> None:
    other = make_mail_account("Nadia", "Benhamou")
    first = take_in(mail_account, {"a.mbox": box(*(raw(number) for number in range(4)))})
    second = take_in(other, {"a.mbox": box(raw(1), raw(2))})
    for _turn in range(4):
        import_run.go_on(now=timezone.now(), seconds=0)
    assert (sums(first)[0], sums(second)[0]) == (2, 2)


def test_dates_beyond_belief(mail_account: MailAccount) -> None:
    intake = bring(take_in(mail_account, {"1.eml": raw(1, head=b"Date: Mon, 2 Mar 9999 09:00:00 +0100\n")}))
    assert sums(intake) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.mbox", b"", "empty"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "other"),
        ("texte.txt", b"Bonjour,\n\nvoici.\n", "other"),
        ("a.pst", b"!BDN....", "outlook"),
        ("a.msg", b"\xd0\xcf\x11\xe0....", "outlook"),
        ("a.zip", packed({"a.txt": b"x"}), "nothing"),
        ("a.zip", packed({"a.eml": raw(1)})[:-30], "broken"),
        ("a.zip", b"PK\x03\x04" + b"x" * 100, "broken"),
        ("a.zip", packed({"a.mbox": LINE + raw(1) + b"x" * 40_000_000}), "trap"),
    ],
)
def test_files_that_are_refused(mail_account: MailAccount, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(FileRefusedError) as caught:
        take_in(mail_account, {"bon.eml": raw(1), name: data})
    assert (caught.value.name, caught.value.reason) == (name, reason)
    assert not Intake.objects.exists()
    assert "Reprise" not in folders(mail_account)


def test_an_archive_with_a_table_too_long(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_archives, "TABLE_LIMIT", 100)
    with pytest.raises(FileRefusedError) as caught:
        take_in(mail_account, {"a.zip": packed({f"{number}.eml": raw(number) for number in range(9)})})
    assert caught.value.reason == "many"


def test_a_letter_of_an_archive_that_is_damaged_is_reported(mail_account: MailAccount) -> None:
    data = bytearray(packed({"a.eml": raw(1, b"x" * 5000), "b.eml": raw(2)}))
    data[60] ^= 0xFF  # inside the first one's packed bytes
    intake = bring(take_in(mail_account, {"a.zip": bytes(data)}))
    assert (intake.state, sums(intake)) == (State.DONE, (1, 0, 0, 1))


def test_what_is_over_is_swept(mail_account: MailAccount) -> None:
    intake = bring(take_in(mail_account, {"1.eml": raw(1)}))
    Intake.objects.update(asked_at=datetime(2020, 1, 1, tzinfo=UTC))
    import_run.look_after("", timezone.now())
    assert not Intake.objects.filter(pk=intake.pk).exists()
    paused = take_in(mail_account, {"2.eml": raw(2)})
    Intake.objects.update(state=State.PAUSED, served_at=datetime(2020, 1, 1, tzinfo=UTC))
    import_run.look_after("", timezone.now())
    paused.refresh_from_db()
    assert paused.state == State.STOPPED
    import_jobs.forget_account(mail_account.key, timezone.now())
    assert not Intake.objects.exists()


@pytest.fixture(autouse=True)
def nothing_left(mail_account: MailAccount) -> Iterator[None]:
    yield
    for key in Intake.objects.values_list("key", flat=True):
        import_jobs.delete_files(key)
