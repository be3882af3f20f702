"""What a process knows of an account's exchanges outlives it, and is never believed against the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.imap.conversations.conversation_index import ConversationIndex
from vaguemestre.mailbox.imap.conversations.index_file import IndexFile
from vaguemestre.mailbox.imap.lists import conversation_pages
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.testing.exchanges import ConversationLook, heads, mail
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.testing import MailAccount

SECRET = b"of this installation"
FOLDERS = [MailboxId(letter * 32) for letter in "abc"]


@pytest.fixture
def kept(tmp_path: Path) -> IndexFile:
    return IndexFile(tmp_path, SECRET)


class Processes:
    """Each time another process, which knows what files say and nothing else."""

    def __init__(self, endpoint: Endpoint, account: MailAccount, kept: IndexFile) -> None:
        self._endpoint, self._account, self.kept = endpoint, account, kept
        self.pools: list[Pool] = []

    @property
    def file(self) -> Path:
        return self.kept.folder / self._account.key[-2:] / self._account.key

    def another(self) -> ConversationLook:
        pool = Pool(self._endpoint, lambda _user: self._account.token, kept=self.kept)
        self.pools.append(pool)
        return ConversationLook(pool.session(self._account.key).__enter__())


@pytest.fixture
def processes(dovecot: Endpoint, mail_account: MailAccount, kept: IndexFile) -> Iterator[Processes]:
    made = Processes(dovecot, mail_account, kept)
    yield made
    for pool in made.pools:
        pool.close()


def filled(look: ConversationLook) -> None:
    look.put(mail("a"))
    look.put(mail("b"))
    look.put(mail("c", "a"), look.sent)
    look.put(mail("d", "a", "c"))


def test_another_process_need_not_ask_for_every_message(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    shown, cold = first.page()
    again, trips = processes.another().page()
    assert (heads(again), again.page.folder_total) == (heads(shown), shown.page.folder_total) == (["d", "b"], 2)
    assert again.together[Uid(3)].count == 3
    assert trips < cold - 3  # not one folder was looked at for what belongs together


def test_until_another_process_has_indexed_it_a_mailbox_has_no_exchanges(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(processes.another())
    reader, builder = processes.another(), processes.another()
    monkeypatch.setattr(conversation_pages, "MOST_AT_ONCE", 3)
    assert not reader.session.has_exchanges(reader.inbox)
    assert reader.session.together(reader.inbox, Uid(3)) == [(reader.inbox, Uid(3))]
    assert not builder.session.extend_index(0)  # one folder, of two
    while not builder.session.extend_index(0):
        pass
    assert reader.session.has_exchanges(reader.inbox)
    assert heads(reader.page()[0]) == ["d", "b"]
    assert len(reader.session.together(reader.inbox, Uid(3))) == 3
    processes.file.unlink()
    assert reader.session.extend_index(60)  # which knows it all
    assert processes.another().session.is_indexed()


def test_a_process_whose_memory_is_far_behind_reads_what_another_has_kept(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = processes.another()
    reader.page()
    filled(processes.another())
    reader.session.folders()
    monkeypatch.setattr(conversation_pages, "MOST_AT_ONCE", 3)
    assert not reader.session.is_indexed()
    processes.another().session.extend_index(60)
    assert reader.session.is_indexed()


def test_what_came_and_left_since_is_seen(processes: Processes) -> None:
    first = processes.another()
    filled(first)
    first.page()
    first.put(mail("e", "b"))
    first.session.delete(first.inbox, [Uid(3)])
    made = first.put(mail("f", "d"), first.trash)
    again = processes.another()
    assert heads(again.page()[0]) == ["e", "a"]
    assert [row.subject for row in again.page()[0].together[Uid(1)].rows] == ["a", "c"]
    assert again.session.together(first.trash, made) != [(first.trash, made)]  # it joins what was known from the file


def test_the_order_in_which_mail_was_received_is_kept(kept: IndexFile) -> None:
    threads = kept.threads("a0000001")
    inbox, sent = (threads.shelf(folder, 1) for folder in FOLDERS[:2])
    for uid, came in ((1, 30), (2, 10), (3, 20)):
        threads.add(inbox, uid, (), came)
        threads.add(sent, uid, (), uid)
    kept.keep("a0000001", threads)
    again = kept.threads("a0000001")
    assert [list(again.heads(folder)) for folder in FOLDERS[:2]] == [[1, 3, 2], [3, 2, 1]]
    assert again.shelves[FOLDERS[1]].order is None


@pytest.mark.parametrize("harm", ["cut", "changed", "another form", "empty", "unreadable"])
def test_a_damaged_file_is_as_good_as_none(processes: Processes, harm: str) -> None:
    first = processes.another()
    filled(first)
    first.page()
    whole = processes.file.read_bytes()
    match harm:
        case "cut":
            processes.file.write_bytes(whole[:-3])
        case "changed":
            processes.file.write_bytes(whole[:-3] + b"\0" + whole[-2:])
        case "another form":
            processes.file.write_bytes(whole.replace(b"exchanges 3", b"exchanges 2"))
        case "empty":
            processes.file.write_bytes(b"")
        case _:
            processes.file.unlink()
            processes.file.mkdir()
    assert heads(processes.another().page()[0]) == ["d", "b"]


def test_nobody_believes_a_file_of_another_account_or_installation(kept: IndexFile) -> None:
    threads = kept.threads("a0000001")
    threads.add(threads.shelf(FOLDERS[0], 1), 1, ["a@x"])
    kept.keep("a0000001", threads)
    assert len(kept.threads("a0000001")) == 1
    assert len(IndexFile(kept.folder, b"another").threads("a0000001")) == 0
    (kept.folder / "01" / "a0000001").rename(kept.folder / "01" / "b0000001")
    assert len(kept.threads("b0000001")) == 0


def test_a_file_says_no_word_of_a_message_and_is_the_product_s_alone(kept: IndexFile) -> None:
    threads = kept.threads("a0000001")
    threads.add(threads.shelf(FOLDERS[0], 1), 1, ["naissance@hopital.fr"])
    kept.keep("a0000001", threads)
    place = kept.folder / "01" / "a0000001"
    assert b"hopital" not in place.read_bytes()
    assert place.parent.stat().st_mode & 0o077 == 0


def test_a_few_messages_more_are_not_worth_writing(kept: IndexFile) -> None:
    threads = kept.threads("a0000001")
    inbox = threads.shelf(FOLDERS[0], 1)
    for uid in range(1, 60):
        threads.add(inbox, uid, ())
        kept.keep("a0000001", threads)
    assert len(kept.threads("a0000001")) == 51  # the first, then fifty more at once


def test_a_disk_that_takes_nothing_more_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "01").touch()
    kept = IndexFile(tmp_path, SECRET)
    threads = kept.threads("a0000001")
    threads.add(threads.shelf(FOLDERS[0], 1), 1, ())
    kept.keep("a0000001", threads)
    assert len(kept.threads("a0000001")) == 0


@pytest.mark.parametrize("user", ["../a", "", "a/b", "a" * 65, "."])
def test_only_the_key_of_an_account_names_a_file(kept: IndexFile, user: str) -> None:
    with pytest.raises(ValueError, match="account"):
        kept.files.forget(user)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "remove"]), st.integers(0, 2), st.integers(1, 30),
        st.lists(st.integers(0, 12), max_size=3),
    ),
    max_size=60,
)  # fmt: skip


def done(threads: ConversationIndex, acts: list[tuple[str, int, int, list[int]]]) -> None:
    for act, folder, uid, named in acts:
        shelf = threads.shelf(FOLDERS[folder], 1)
        if act == "add":
            came = named[0] if named else uid
            threads.add(shelf, uid, [f"{folder}.{uid}@x", *(f"{folder}.{one}@x" for one in named)], came)
        else:
            threads.remove(shelf, [uid])


def told(threads: ConversationIndex) -> list[object]:
    return [
        (
            list(threads.heads(folder)),
            shelf.exchanges,
            [sorted(threads.together(folder, Uid(uid))) for uid in shelf.uids],
        )
        for folder, shelf in sorted(threads.shelves.items())
    ]


@given(before=ACTS, after=ACTS)
def test_what_was_read_goes_on_as_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, before: list[tuple[str, int, int, list[int]]],
    after: list[tuple[str, int, int, list[int]]],
) -> None:  # fmt: skip
    kept = IndexFile(tmp_path_factory.mktemp("kept"), SECRET)
    threads = kept.threads("a0000001")
    done(threads, before)
    kept.keep("a0000001", threads)
    again = kept.threads("a0000001")
    if threads.fresh:  # nothing was worth a file
        return
    assert told(again) == told(threads)
    done(threads, after)
    done(again, after)
    assert told(again) == told(threads)


def test_forgotten_with_its_account(kept: IndexFile) -> None:
    threads = kept.threads("a0000001")
    threads.add(threads.shelf(FOLDERS[0], 1), 1, ())
    kept.keep("a0000001", threads)
    kept.files.forget("a0000001")
    kept.files.forget("a0000001")
    assert [place for place in kept.folder.rglob("*") if place.is_file()] == []
