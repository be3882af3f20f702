"""The list by exchanges: right whatever happened since the last look, and one trip when nothing did."""

import itertools
from datetime import UTC, datetime

import pytest

from vaguemestre.mailbox.imap.account_cache import AccountCache
from vaguemestre.mailbox.imap.lists import index_update
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.exchanges import ConversationLook, heads, mail
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName, MailboxId, Uid
from vaguemestre.testing import MailAccount


@pytest.fixture
def look(session: Session) -> ConversationLook:
    return ConversationLook(session)


def test_an_empty_folder(look: ConversationLook) -> None:
    found, _trips = look.page()
    assert (heads(found), found.page.folder_total, found.page.older, found.together) == ([], 0, False, {})
    assert look.page()[1] == 1


def test_one_row_an_exchange_with_own_answers_in_it(look: ConversationLook) -> None:
    look.put(mail("a"), None, SEEN)
    look.put(mail("seul"))
    look.put(mail("b", "a", sender="Moi <b@x.fr>"), look.sent, SEEN)
    last = look.put(mail("c", "a", "b", sender="Luc <luc@x.fr>"))
    found, _trips = look.page()
    assert heads(found) == ["c", "seul"]
    assert found.page.folder_total == 2
    [whole] = found.together.values()
    assert found.together[last] is whole
    assert [row.subject for row in whole.rows] == ["a", "b", "c"]
    assert (whole.count, whole.here, whole.seen, whole.flagged) == (3, (1, 3), False, False)
    look.session.store(look.inbox, [last], add=[SEEN])
    look.session.store(look.inbox, [Uid(1)], add=[FLAGGED])
    found, trips = look.page()
    assert (found.together[last].seen, found.together[last].flagged, trips) == (True, True, 1)
    assert heads(look.page(look.sent)[0]) == ["b"]


def test_the_subject_joins_nobody_and_its_change_parts_nobody(look: ConversationLook) -> None:
    look.put(b"From: a@x\r\nSubject: Bonjour\r\nMessage-ID: <1@x>\r\n\r\n.\r\n")
    look.put(b"From: b@y\r\nSubject: Re: Bonjour\r\nMessage-ID: <2@y>\r\n\r\n.\r\n")
    look.put(b"From: c@z\r\nSubject: Autre\r\nMessage-ID: <3@z>\r\nIn-Reply-To: <1@x>\r\n\r\n.\r\n")
    found, _trips = look.page()
    assert heads(found) == ["Autre", "Re: Bonjour"]


def test_known_and_unchanged_costs_one_trip(look: ConversationLook) -> None:
    for number in range(12):
        look.put(mail(f"n{number}", f"n{number % 4}"))
    look.page(count=2)
    found, trips = look.page(count=2)
    assert (heads(found), trips) == (["n11", "n10"], 1)


def test_flags_that_another_program_changes_are_seen_each_time(
    look: ConversationLook, pool: Pool, mail_account: MailAccount
) -> None:
    """What is remembered of a page stands on what the list of folders says: also a flag changes that."""
    uid = look.put(mail("a"))
    look.page()
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as other:
        for add in (True, False) * 5:
            other.store(look.inbox, [uid], **{"add" if add else "remove": [FLAGGED]})
            found, trips = look.page()
            assert (found.page.rows[0].flagged, trips) == (add, 2)
            assert look.page()[1] == 1


def test_an_arrival_is_learned_and_then_costs_nothing(look: ConversationLook) -> None:
    first = look.put(mail("a"))
    look.put(mail("z"))
    look.page()
    look.put(mail("b", "a"))
    found, trips = look.page()
    assert heads(found) == ["b", "z"]
    assert trips <= 3
    assert look.page()[1] == 1
    look.put(mail("c", "b"), look.sent)
    found, trips = look.page()
    assert found.together[Uid(3)].count == 3
    assert trips <= 4
    assert look.page()[1] == 1
    assert {uid for folder, uid in look.session.together(look.inbox, first) if folder == look.inbox} == {1, 3}


@pytest.mark.parametrize("gone", [[3], [1], [1, 2], [1, 2, 3], [2]])
def test_what_another_program_deletes_leaves_the_list(
    look: ConversationLook, pool: Pool, mail_account: MailAccount, gone: list[int]
) -> None:
    for name, refers in (("a", ()), ("seul", ()), ("b", ("a",))):
        look.put(mail(name, *refers))
    look.page()
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as other:
        other.delete(look.inbox, [Uid(uid) for uid in gone])
    left = [(uid, name) for uid, name in ((1, "a"), (2, "seul"), (3, "b")) if uid not in gone]
    wanted = [name for uid, name in reversed(left) if not (name == "a" and 3 not in gone)]
    found, _trips = look.page()
    assert heads(found) == wanted
    assert found.page.folder_total == len(wanted)
    assert look.page()[1] == 1


def test_an_exchange_is_whole_from_a_message_that_only_another_process_has_shown(
    look: ConversationLook, pool: Pool, mail_account: MailAccount
) -> None:
    first = look.put(mail("a"))
    look.page()
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as other:
        late = other.append(look.inbox, mail("b", "a"), (), datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert late is not None
    trips = look.session.round_trips
    assert sorted(look.session.together(look.inbox, late)) == [(look.inbox, first), (look.inbox, late)]
    assert look.session.round_trips > trips
    known = look.session.round_trips
    assert len(look.session.together(look.inbox, first)) == 2
    assert look.session.round_trips == known


def test_pages_forth_and_back(look: ConversationLook) -> None:
    for number in range(14):
        look.put(mail(f"n{number}", f"n{number % 7}"))
    first, _trips = look.page(count=3)
    assert (heads(first), first.page.folder_total, first.page.first) == (["n13", "n12", "n11"], 7, 1)
    assert first.page.older
    second, _trips = look.page(count=3, before=first.page.older_before)
    assert (heads(second), second.page.first, second.page.newer_before) == (["n10", "n9", "n8"], 4, None)
    assert second.page.newer
    third, _trips = look.page(count=3, before=second.page.older_before)
    assert (heads(third), third.page.older) == (["n7"], False)
    again, trips = look.page(count=3, before=third.page.newer_before)
    assert (heads(again), trips) == (heads(second), 1)
    assert look.session.neighbours(look.inbox, Uid(11)) == (4, 7, 12, 10)
    assert look.session.neighbours(look.inbox, Uid(4)) == (4, 7, 12, 10)
    assert look.session.neighbours(look.inbox, Uid(99)) == (0, 0, None, None)


def test_one_goes_to_the_message_that_the_row_leads_to(look: ConversationLook) -> None:
    """Not to one that was moved here since, and has a higher number."""
    below = look.put(mail("dessous"))
    newest = look.put(mail("b", "a"))
    look.session.append(look.inbox, mail("a"), (), datetime(2026, 11, 20, 8, tzinfo=UTC))
    above = look.put(mail("dessus"))
    found, _trips = look.page()
    assert [row.uid for row in found.page.rows] == [above, newest, below]
    assert [whole.newest.uid for whole in found.together.values()] == [newest]
    assert look.session.neighbours(look.inbox, above)[2:] == (None, newest)
    assert look.session.neighbours(look.inbox, below)[2:] == (newest, None)


def test_only_exchanges_with_something_unread_or_starred(look: ConversationLook) -> None:
    for number in range(8):
        look.put(mail(f"n{number}", f"n{number % 4}"), None, SEEN)
    look.session.store(look.inbox, [Uid(1), Uid(2)], remove=[SEEN])
    look.session.store(look.inbox, [Uid(3)], add=[FLAGGED])
    found, _trips = look.page(only="unseen", count=1)
    assert (heads(found), found.page.folder_total, found.page.older) == (["n5"], 2, True)
    assert not found.together[Uid(6)].seen
    found, _trips = look.page(only="unseen", count=1, before=found.page.older_before)
    assert (heads(found), found.page.older, found.page.newer) == (["n4"], False, True)
    assert heads(look.page(only="flagged")[0]) == ["n6"]


def test_the_bin_counts_only_when_one_is_there(look: ConversationLook) -> None:
    first, second = look.put(mail("a")), look.put(mail("b", "a"))
    look.session.move(look.inbox, [second], look.trash)
    found, _trips = look.page()
    assert (heads(found), found.together) == (["a"], {})
    assert look.session.together(look.inbox, first) == [(look.inbox, first)]
    found, _trips = look.page(look.trash)
    assert next(iter(found.together.values())).count == 2


def test_drafts_and_junk_take_no_part(look: ConversationLook) -> None:
    look.put(mail("a"))
    for name in ("drafts", "junk"):
        look.put(mail(name, "a"), role(look.session, name))
    assert look.page()[0].together == {}


def test_a_copy_in_another_folder_is_one_message(look: ConversationLook) -> None:
    """What one sends to oneself."""
    raw = mail("moi").replace(b"Subject", b"Date: Tue, 24 Nov 2026 10:00:00 +0100\r\nSubject")
    uid = look.put(raw)
    look.put(raw, look.sent)
    found, _trips = look.page()
    assert (found.together[uid].count, len(found.together[uid].rows)) == (1, 1)


def test_hostile_references_cost_little_and_break_nothing(look: ConversationLook) -> None:
    look.put(mail("a", "a", "b"))
    look.put(mail("b", "a", "b", answers="b"))
    look.put(mail("mille", *(f"r{number}" for number in range(10_000))))
    look.put(mail("a"))
    look.put(b"Message-ID: " + b"<" * 5000 + b"\r\nReferences: \xff\x00<\r\n\r\n.\r\n".replace(b"\x00", b""))
    found, _trips = look.page()
    assert [row.uid for row in found.page.rows] == [5, 4, 3]
    assert found.together[Uid(4)].here == (1, 2, 4)


def test_a_long_exchange_names_few_and_counts_all(look: ConversationLook) -> None:
    for number in range(40):
        look.put(mail(f"n{number}", "n0"))
    found, _trips = look.page()
    [whole] = found.together.values()
    assert (whole.count, len(whole.here), len(whole.rows)) == (40, 40, 12)
    assert look.page()[1] == 1


def test_another_process_finds_the_same(look: ConversationLook, pool: Pool, mail_account: MailAccount) -> None:
    for number in range(9):
        look.put(mail(f"n{number}", f"n{number % 3}"))
    look.page()
    look.session.delete(look.inbox, [Uid(8)])
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as other:
        _folders, theirs, _quota = other.exchanges(look.inbox)
    assert heads(theirs) == heads(look.page()[0])


def by_turns(*looks: ConversationLook) -> list[str]:
    """All rows, each page from another process."""
    shown, before = list[str](), None
    for one in itertools.cycle(looks):
        found, _trips = one.page(count=3, before=before)
        shown += heads(found)
        before = found.page.older_before
        if before is None:
            return shown
    return shown


def test_beyond_the_horizon_too_the_order_is_one(
    look: ConversationLook, pool: Pool, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old mail brought in after today's: learned little by little, or afresh. Conversations are those of today."""
    monkeypatch.setattr(index_update, "HORIZON", 4)
    for number in range(4):
        look.put(mail(f"n{number}", "n0" if number != 1 else "n1"))
    for number in range(9):
        day = datetime(2020, 1, 1 + number * 4 % 9, tzinfo=UTC)
        look.session.append(look.inbox, mail(f"v{day.day}"), (), day)
        look.page()
    wanted = ["n3", "n1", *(f"v{day}" for day in range(9, 0, -1))]
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as other:
        another = ConversationLook(other)
        assert by_turns(another) == by_turns(look) == wanted
        assert by_turns(look, another) == by_turns(another, look) == wanted


@pytest.mark.parametrize("singly", [False, True])
def test_pages_go_on_below_what_left_in_a_process_that_never_knew_it(
    look: ConversationLook, pool: Pool, mail_account: MailAccount, *, singly: bool
) -> None:
    """Old and new mail filed by turns: the numbers beside it say nothing of where it stood."""
    for number in range(12):
        came = datetime(2026 if number % 2 else 2020, 1, 1 + number, tzinfo=UTC)
        look.session.append(look.inbox, mail(f"n{number}"), (), came)
    page = look.page(count=4, singly=singly)[0].page
    assert [row.subject for row in page.rows] == ["n11", "n9", "n7", "n5"]
    below = look.page(count=4, before=page.older_before, singly=singly)[0].page
    lowest = look.page(count=4, before=below.older_before, singly=singly)[0].page
    look.session.delete(look.inbox, [page.rows[-1].uid])
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as other:
        for one in (ConversationLook(other), look):
            assert heads(one.page(count=4, before=page.older_before, singly=singly)[0]) == ["n3", "n1", "n10", "n8"]
            assert heads(one.page(count=4, before=lowest.newer_before, singly=singly)[0]) == ["n3", "n1", "n10", "n8"]
            assert heads(one.page(count=4, before=Uid(page.rows[-1].uid), singly=singly)[0])[0] == "n11"


def test_a_folder_renamed_or_removed_meanwhile(look: ConversationLook) -> None:
    made = look.session.create(FolderName("Projet"))
    assert made.id is not None
    first = look.put(mail("a"))
    look.put(mail("b", "a"), made.id)
    assert look.page()[0].together[first].count == 2
    look.session.rename(made.id, FolderName("Projet rangé"))
    assert look.page(made.id)[0].together[Uid(1)].count == 2
    look.session.remove(made.id)
    assert look.page()[0].together == {}


def test_rows_of_an_exchange_in_their_folders(look: ConversationLook) -> None:
    first = look.put(mail("a"), None, SEEN)
    answer = look.put(mail("b", "a"), look.sent, FLAGGED)
    look.page()
    found = look.session.rows([*look.session.together(look.inbox, first), (look.trash, Uid(9))])
    assert {spot: (row.subject, row.seen, row.flagged) for spot, row in found.items()} == {
        (look.inbox, first): ("a", True, False),
        (look.sent, answer): ("b", False, True),
    }


def test_whoever_was_away_longest_is_forgotten_first() -> None:
    memory = AccountCache(threaded=3)
    for user in ("a", "b"):
        threads = memory.threads(user)
        threads.add(shelf := threads.shelf(MailboxId("c" * 32), 1), 1, [])
        threads.add(shelf, 2, [])
        memory.trim_threads(user)
    assert len(memory.threads("b")) == 2
    assert len(memory.threads("a")) == 0


def test_an_old_message_put_back_does_not_speak_for_the_newest(look: ConversationLook) -> None:
    first, second = look.put(mail("a")), look.put(mail("b", "a"))
    back = look.session.move(look.inbox, [first], look.trash)
    [again] = look.session.move(look.trash, list(back.values()), look.inbox).values()
    found, _trips = look.page()
    [whole] = found.together.values()
    assert (whole.newest.uid, whole.here) == (second, (second, again))
    assert list(found.together) == [second]


def test_what_one_takes_away_oneself_costs_no_more_looking(look: ConversationLook) -> None:
    for number in range(6):
        look.put(mail(f"n{number}", f"n{number % 3}"))
    look.page()
    look.session.delete(look.inbox, [Uid(6), Uid(3)])
    found, trips = look.page()
    assert (heads(found), found.page.folder_total, trips) == (["n4", "n3"], 2, 1)
    look.page(look.trash)
    look.session.move(look.inbox, [Uid(5)], look.trash)
    found, trips = look.page()
    assert (heads(found), trips) == (["n3", "n1"], 2)  # what came into the bin is asked for once
