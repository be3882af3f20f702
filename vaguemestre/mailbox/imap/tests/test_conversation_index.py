"""Which messages belong together: by what they refer to, whatever a stranger writes into it."""

import random

import pytest

from vaguemestre.mailbox.imap.conversations.conversation_index import (
    SETTLE,
    TOGETHER,
    ConversationIndex,
    Identifiers,
    IndexSegment,
)
from vaguemestre.mailbox.imap.fetch_rows import FetchRow
from vaguemestre.mailbox.imap.lists.index_update import REFERENCES, identifiers
from vaguemestre.mailbox.values import BeforeUid, MailboxId, Uid

INBOX, SENT = MailboxId("a" * 32), MailboxId("b" * 32)


@pytest.fixture
def threads() -> ConversationIndex:
    return ConversationIndex()


@pytest.fixture
def inbox(threads: ConversationIndex) -> IndexSegment:
    return threads.shelf(INBOX, 1)


@pytest.fixture
def sent(threads: ConversationIndex) -> IndexSegment:
    return threads.shelf(SENT, 1)


def test_answers_join_what_they_answer_in_any_folder(
    threads: ConversationIndex, inbox: IndexSegment, sent: IndexSegment
) -> None:
    threads.add(inbox, 1, ["<a@x>"])
    threads.add(inbox, 2, ["<b@x>"])
    threads.add(sent, 1, ["<c@y>", "<a@x>"])
    threads.add(inbox, 3, ["<d@x>", "<a@x>", "<c@y>"])
    assert sorted(threads.together(INBOX, Uid(1))) == [(INBOX, 1), (INBOX, 3), (SENT, 1)]
    assert threads.together(SENT, Uid(1)) == threads.together(INBOX, Uid(3))
    assert threads.together(INBOX, Uid(2)) == [(INBOX, 2)]
    assert list(threads.heads(INBOX)) == [3, 2]
    assert (inbox.exchanges, sent.exchanges) == (2, 1)


def test_brothers_whose_parent_was_never_here_are_together(threads: ConversationIndex, inbox: IndexSegment) -> None:
    threads.add(inbox, 1, ["<a@x>", "<gone@x>"])
    threads.add(inbox, 2, ["<b@x>", "<gone@x>"])
    assert list(threads.heads(INBOX)) == [2]


def test_a_late_message_joins_two_exchanges(threads: ConversationIndex, inbox: IndexSegment) -> None:
    threads.add(inbox, 1, ["<a@x>"])
    threads.add(inbox, 2, ["<b@x>"])
    assert inbox.exchanges == 2
    threads.add(inbox, 3, ["<c@x>", "<a@x>", "<b@x>"])
    assert (list(threads.heads(INBOX)), inbox.exchanges) == ([3], 1)


def test_what_left_is_no_longer_counted(threads: ConversationIndex, inbox: IndexSegment, sent: IndexSegment) -> None:
    for uid in range(1, 4):
        threads.add(inbox, uid, [f"<{uid}@x>", "<1@x>"])
    threads.add(sent, 9, ["<9@x>", "<1@x>"])
    threads.remove(inbox, [3, 77])
    assert list(threads.heads(INBOX)) == [2]
    threads.remove(inbox, [1, 2])
    assert (list(threads.heads(INBOX)), inbox.exchanges, threads.together(INBOX, Uid(1))) == ([], 0, [])
    assert threads.together(SENT, Uid(9)) == [(SENT, 9)]
    threads.drop(SENT)
    assert len(threads) == 0


def test_a_moved_message_finds_its_exchange_again(
    threads: ConversationIndex, inbox: IndexSegment, sent: IndexSegment
) -> None:
    threads.add(inbox, 1, ["<a@x>"])
    threads.add(inbox, 2, ["<b@x>", "<a@x>"])
    threads.remove(inbox, [1])
    threads.add(sent, 5, ["<a@x>"])
    assert sorted(threads.together(INBOX, Uid(2))) == [(INBOX, 2), (SENT, 5)]


def test_another_folder_of_that_name_begins_empty(threads: ConversationIndex, inbox: IndexSegment) -> None:
    threads.add(inbox, 1, ["<a@x>"])
    assert len(threads.shelf(INBOX, 2).uids) == 0


def test_without_identifiers_each_stands_alone(threads: ConversationIndex, inbox: IndexSegment) -> None:
    for uid in range(1, 5):
        threads.add(inbox, uid, [])
    threads.add(inbox, 4, ["<a@x>"])
    assert list(threads.heads(INBOX)) == [4, 3, 2, 1]


def test_one_identifier_for_all_messages_makes_several_bounded_exchanges(
    threads: ConversationIndex, inbox: IndexSegment
) -> None:
    for uid in range(1, 1001):
        threads.add(inbox, uid, ["<same@x>"])
    sizes = [len(threads.together(INBOX, head)) for head in threads.heads(INBOX)]
    assert sum(sizes) == 1000
    assert max(sizes) <= TOGETHER
    assert inbox.exchanges == len(sizes) < 20


def test_a_message_that_names_a_thousand_exchanges_joins_no_more_than_fit(
    threads: ConversationIndex, inbox: IndexSegment
) -> None:
    for uid in range(1, 1001):
        threads.add(inbox, uid, [f"<{uid}@x>"])
    threads.add(inbox, 1001, ["<all@x>", *(f"<{uid}@x>" for uid in range(1, 1001))])
    assert len(threads.together(INBOX, Uid(1001))) == TOGETHER
    assert inbox.exchanges == len(list(threads.heads(INBOX))) == 1001 - TOGETHER + 1


def test_references_in_a_ring(threads: ConversationIndex, inbox: IndexSegment) -> None:
    for uid in range(1, 4):
        threads.add(inbox, uid, [f"<{uid}@x>", f"<{uid % 3 + 1}@x>", f"<{uid}@x>"])
    assert list(threads.heads(INBOX)) == [3]


@pytest.mark.parametrize("seed", range(5))
def test_counts_and_heads_agree_whatever_happens(
    threads: ConversationIndex, inbox: IndexSegment, sent: IndexSegment, seed: int
) -> None:
    chance, came = random.Random(seed), dict[int, int]()
    for step in range(1, 400):
        shelf = chance.choice((inbox, sent))
        if chance.random() < 0.3 and shelf.uids:
            threads.remove(shelf, [chance.choice(shelf.uids)])
        else:
            named = [f"<{step}@x>", *(f"<{chance.randrange(1, step + 1)}@x>" for _ in range(2))]
            came[step] = step if shelf is sent or chance.random() < 0.7 else chance.randrange(1, 400)
            threads.add(shelf, step, named, came[step])
    assert sent.order is None
    assert inbox.order is not None
    for shelf in (inbox, sent):
        heads = list(threads.heads(shelf.folder))
        assert len(heads) == shelf.exchanges
        assert heads == sorted(heads, key=lambda uid: (came[uid], uid), reverse=True)
        for head in heads:
            mine = [uid for where, uid in threads.together(shelf.folder, head) if where == shelf.folder]
            assert head == max(mine, key=lambda uid: (came[uid], uid))
        one_by_one = shelf.window(0, 1000)
        assert one_by_one == sorted(shelf.uids, key=lambda uid: (came[uid], uid), reverse=True)
        assert [key & 0xFFFF_FFFF for key in threads.keys_among(shelf.folder, shelf.uids, singly=True)] == one_by_one
        assert [shelf.rank(uid) for uid in one_by_one] == list(range(1, len(one_by_one) + 1))
        assert [*shelf.window(0, 7), *shelf.window(7, 1000)] == one_by_one
        assert shelf.window(len(one_by_one), 1) == []
        own = [uid for head in heads for where, uid in threads.together(shelf.folder, head) if where == shelf.folder]
        assert sorted(own) == list(shelf.uids)
        assert threads.heads_among(shelf.folder, shelf.uids) == heads


def test_a_page_goes_on_below_a_message_that_left(threads: ConversationIndex, inbox: IndexSegment) -> None:
    """Where it stood; where its second is not said, nothing is lost."""
    for uid, came in ((1, 50), (2, 10), (3, 30), (4, 20), (5, 40)):
        threads.add(inbox, uid, (), came)
    threads.remove(inbox, [3])
    gone = BeforeUid(3, 30)
    assert list(threads.heads(INBOX)) == [1, 5, 4, 2]
    assert inbox.window(inbox.rank(gone), 9) == [4, 2]
    assert [key & 0xFF for key in threads.keys(INBOX) if key < inbox.key(gone)] == [4, 2]
    assert inbox.window(inbox.rank(3), 9) == [1, 5, 4, 2]
    assert [key & 0xFF for key in threads.keys(INBOX) if key < inbox.key(3)] == [1, 5, 4, 2]


@pytest.mark.parametrize("gone", range(8))
def test_so_it_does_in_a_folder_that_is_in_order(threads: ConversationIndex, inbox: IndexSegment, gone: int) -> None:
    seconds = (10, 20, 20, 20, 20, 30, 40, 40)
    for uid, came in enumerate(seconds, start=1):
        threads.add(inbox, uid, (), came)
    threads.remove(inbox, [gone + 1])
    assert inbox.order is None
    for spot in (Uid(gone + 1), BeforeUid(gone + 1, seconds[gone])):
        assert inbox.window(inbox.rank(spot), 9) == list(range(gone, 0, -1))
        assert [key & 0xFF for key in threads.keys(INBOX) if key < inbox.key(spot)] == list(range(gone, 0, -1))
    assert inbox.window(inbox.rank(BeforeUid(99, 20)), 9) == [uid for uid in (5, 4, 3, 2, 1) if uid != gone + 1]


def test_identifiers_settle_without_being_lost() -> None:
    known = Identifiers()
    for key in range(SETTLE + 10):
        known.put(key * 7, key)
    known.put(7, 99)
    known.settle()
    assert (known.get(7), known.get(14), known.get(8)) == (99, 2, None)


def test_a_field_of_ten_thousand_references_is_cut() -> None:
    named = " ".join(f"<{number}@x>" for number in range(10_000))
    head = f"Message-ID: <own@x>\r\nReferences: {named}\r\nIn-Reply-To: <last@x>\r\n\r\n"
    items = {"BODY[HEADER.FIELDS (MESSAGE-ID REFERENCES IN-REPLY-TO)]": head.encode()}
    found = list(identifiers(FetchRow(1, Uid(1), items)))
    assert len(found) == REFERENCES + 1
    assert (found[0], found[1], found[-1]) == ("own@x", "0@x", "last@x")


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"", []),
        (b"Message-ID: none\r\nReferences: x y <>\r\n", []),
        (b"message-id:\r\n <a@x>\r\nIn-Reply-To: your mail <b@x> of (today)\r\n\t<c@x>\r\n", ["a@x", "b@x", "c@x"]),
        (b"References: <\xe9@x>\r\nMessage-ID: <a@x> <b@x>\r\n", ["a@x", "\xe9@x"]),
    ],
)
def test_identifiers_as_they_are_really_written(head: bytes, wanted: list[str]) -> None:
    items = {"BODY[HEADER.FIELDS (MESSAGE-ID REFERENCES IN-REPLY-TO)]": head}
    assert list(identifiers(FetchRow(1, Uid(1), items))) == wanted
