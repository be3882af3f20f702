"""What a process has shown of an inbox serves one that never saw it, and is never believed against the server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.conversations.index_file import IndexFile
from vaguemestre.mailbox.imap.conversations.kept_list import KeptMarks, ListFiles
from vaguemestre.mailbox.imap.conversations.overview import ConversationPage
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.wire.connection import Connection
from vaguemestre.mailbox.testing.exchanges import ConversationLook, heads, mail
from vaguemestre.mailbox.values import DELETED, FLAGGED, SEEN, Uid
from vaguemestre.testing import MailAccount

KEY = b"of this installation, 32 octets."


class Processes:
    """Each time another one, which knows what the files say and nothing else; or one without files."""

    def __init__(self, endpoint: Endpoint, account: MailAccount, folder: Path) -> None:
        self._endpoint, self._account = endpoint, account
        self._index, self.lists = IndexFile(folder, KEY), ListFiles(folder, KEY)
        self.pools: list[Pool] = []

    @property
    def file(self) -> Path:
        return self.lists.files.place(self._account.key)

    def another(self, *, with_files: bool = True) -> ConversationLook:
        files = {"kept": self._index, "list_files": self.lists} if with_files else {}
        pool = Pool(self._endpoint, lambda _user: self._account.token, **files)  # type: ignore[arg-type]
        self.pools.append(pool)
        return ConversationLook(pool.session(self._account.key).__enter__())


@pytest.fixture
def processes(dovecot: Endpoint, mail_account: MailAccount, tmp_path: Path) -> Iterator[Processes]:
    made = Processes(dovecot, mail_account, tmp_path)
    yield made
    for pool in made.pools:
        pool.close()


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is asked of the server, as it is asked."""
    said: list[bytes] = []
    begin = Connection.begin

    def heard(connection: Connection, lines: list[bytes]) -> Callable[[], object]:
        said.extend(lines)
        return begin(connection, lines)

    monkeypatch.setattr(Connection, "begin", heard)
    return said


def filled(look: ConversationLook) -> None:
    """Four messages in two exchanges, and an answer of one's own."""
    for name, refers in (("a", ()), ("b", ()), ("c", ("a",)), ("d", ("a", "c"))):
        look.put(mail(name, *refers))
    look.put(mail("e", "b"), look.sent)


def told(found: ConversationPage) -> object:
    return found.page, found.together, found.messages


def test_another_process_asks_for_no_row_again(processes: Processes, commands: list[bytes]) -> None:
    first = processes.another()
    filled(first)
    shown = first.page()[0]
    other = processes.another()
    commands.clear()
    assert told(other.page()[0]) == told(shown)
    assert commands == [b"GETQUOTAROOT INBOX"]


def star_and_unstar(one: ConversationLook) -> None:
    one.session.store(one.inbox, [Uid(4)], add=[FLAGGED])
    one.session.store(one.inbox, [Uid(4)], remove=[FLAGGED])


def delete_and_receive(one: ConversationLook) -> None:
    one.session.delete(one.inbox, [Uid(2)])
    one.put(mail("h", "a"))


CHANGES: dict[str, Callable[[ConversationLook], object]] = {
    "read": lambda one: one.session.store(one.inbox, [Uid(1), Uid(4)], add=[SEEN]),
    "starred and not": star_and_unstar,
    "marked as deleted": lambda one: one.session.store(one.inbox, [Uid(2)], add=[DELETED]),
    "came": lambda one: one.put(mail("f", "b")),
    "came and read": lambda one: one.session.store(one.inbox, [one.put(mail("g"))], add=[SEEN]),
    "deleted": lambda one: one.session.delete(one.inbox, [Uid(4)]),
    "deleted and came": delete_and_receive,
    "moved away": lambda one: one.session.move(one.inbox, [Uid(3)], one.trash),
    "all gone": lambda one: one.session.empty(one.inbox),
    "answered": lambda one: one.put(mail("i", "d"), one.sent),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_meanwhile_is_seen(processes: Processes, commands: list[bytes], change: str) -> None:
    """By a process that reads the file, and by the one that wrote it."""
    first = processes.another()
    filled(first)
    first.page()
    CHANGES[change](processes.another(with_files=False))
    wanted = told(processes.another(with_files=False).page()[0])
    for look in (first, processes.another()):
        commands.clear()
        assert told(look.page()[0]) == wanted
        assert not any(b"UID FETCH 1" in line and b"(UID FLAGS)" in line and b"SINCE" not in line for line in commands)
    assert told(processes.another().page()[0]) == wanted


def test_marks_of_a_folder_that_was_numbered_anew_are_not_believed(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    shown = told(first.page()[0])
    marks, rows = processes.lists.read(processes.file.stem)
    wrong = {uid: frozenset({SEEN, FLAGGED}) for uid in marks.flags}
    other = [(folder, validity + 1, row) for folder, validity, row in rows]
    processes.lists.write(processes.file.stem, KeptMarks(marks.validity + 1, marks.modseq, wrong), other)
    assert told(processes.another().page()[0]) == shown


@pytest.mark.parametrize("harm", ["cut", "changed", "another's", "another form", "empty", "unreadable"])
def test_a_file_that_was_not_sealed_for_this_is_as_good_as_none(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    first = processes.another()
    filled(first)
    first.page()
    whole, user = processes.file.read_bytes(), processes.file.stem
    marks, rows = processes.lists.read(user)
    match harm:
        case "cut":
            processes.file.write_bytes(whole[:-3])
        case "changed":
            processes.file.write_bytes(whole[:-3] + b"\0" + whole[-2:])
        case "another's":
            processes.lists.write("a0000009", marks, rows)
            processes.lists.files.place("a0000009").replace(processes.file)
        case "another form":
            monkeypatch.setattr("vaguemestre.mailbox.imap.conversations.kept_list._FORM", b"an older row")
        case "empty":
            processes.file.write_bytes(b"")
        case _:
            processes.file.unlink()
            processes.file.mkdir()
    assert processes.lists.read(user) == (KeptMarks(), [])
    assert heads(processes.another().page()[0]) == ["d", "b"]


def test_nobody_reads_it_without_the_key(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    first.page()
    assert b"Texte" not in processes.file.read_bytes()
    assert processes.file.parent.stat().st_mode & 0o077 == 0
    other = ListFiles(processes.lists.folder, KEY[::-1])
    assert other.read(processes.file.stem) == (KeptMarks(), [])


def test_a_disk_that_takes_nothing_more_is_no_harm(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    processes.file.parent.touch()
    assert heads(first.page()[0]) == ["d", "b"]
    assert heads(processes.another().page()[0]) == ["d", "b"]


def test_a_deleted_message_leaves_the_file(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    first.page()
    first.session.delete(first.inbox, [Uid(2)])
    first.page()
    _marks, rows = processes.lists.read(processes.file.stem)
    assert {row.subject for _folder, _validity, row in rows} == {"a", "c", "d"}


def test_few_new_rows_are_not_worth_writing(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    first.page()
    written = processes.file.stat().st_mtime_ns
    for name in "klmn":
        first.put(mail(name))
        first.page()
    assert processes.file.stat().st_mtime_ns == written
    first.put(mail("o"))
    first.page()
    assert processes.file.stat().st_mtime_ns > written


def test_forgotten_with_the_account_and_with_a_right(processes: Processes) -> None:
    files = processes.lists
    for user in ("a0000001", "b0000001_a0000001", "b0000001_a0000101", "b0000001", "a0000101"):
        files.write(user, KeptMarks(), [])
    files.files.forget("a0000001")
    assert names(files.folder) == {"b0000001_a0000101.list", "b0000001.list", "a0000101.list"}
    files.files.forget_readers("b0000001")
    assert names(files.folder) == {"b0000001.list", "a0000101.list"}


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.rglob("*.list")}
