"""The list: right whatever happened since the last look, and one exchange when nothing surprising did."""

import pytest

from vaguemestre.mailbox.imap.account_cache import ReadingTrail
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Page
from vaguemestre.mailbox.testing.sessions import mail, role
from vaguemestre.mailbox.values import FLAGGED, SEEN, MailboxId, Uid
from vaguemestre.testing import MailAccount


class Look:
    """Counts the exchanges of each act."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.inbox = role(session, "inbox")

    def fill(self, count: int) -> list[Uid]:
        uids = [self.session.append(self.inbox, mail(f"n{number}")) for number in range(count)]
        return [uid for uid in uids if uid]

    def page(self, before: Uid | None = None, count: int = 5) -> tuple[Page, int]:
        trips = self.session.round_trips
        page = self.session.page(self.inbox, before=before, count=count)
        return page, self.session.round_trips - trips


@pytest.fixture
def look(session: Session) -> Look:
    return Look(session)


def uids_of(page: Page) -> list[int]:
    return [row.uid for row in page.rows]


def test_an_empty_folder(look: Look) -> None:
    page, trips = look.page()
    assert (page.rows, page.folder_total, page.older, page.newer, trips) == ((), 0, False, False, 1)
    page, trips = look.page(before=Uid(1))
    assert (page.rows, page.older, page.newer) == ((), False, False)


def test_pages_forth_and_back(look: Look) -> None:
    look.fill(12)
    look.page()
    first, trips = look.page()
    assert (uids_of(first), first.first, first.older, first.newer, trips) == ([12, 11, 10, 9, 8], 1, True, False, 1)
    second, trips = look.page(first.older_before)
    assert (uids_of(second), second.first, second.newer_before, trips) == ([7, 6, 5, 4, 3], 6, None, 1)
    assert second.newer
    third, trips = look.page(second.older_before)
    assert (uids_of(third), third.older, third.older_before, trips) == ([2, 1], False, None, 1)
    again, trips = look.page(third.newer_before)
    assert (uids_of(again), trips) == (uids_of(second), 1)


def test_a_known_page_asks_for_flags_only(look: Look) -> None:
    uids = look.fill(8)
    look.page()
    look.session.store(look.inbox, uids[-1:], add=[FLAGGED])
    page, trips = look.page()
    assert page.rows[0].flagged
    assert page.rows[0].subject == "n7"
    assert trips == 1


def test_arrivals_cost_nothing_more(look: Look) -> None:
    look.fill(8)
    look.page()
    look.fill(2)
    page, trips = look.page()
    assert (uids_of(page), page.folder_total, trips) == ([10, 9, 8, 7, 6], 10, 1)


@pytest.mark.parametrize("gone", [[8], [7, 5], [8, 7, 6, 5, 4], [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8]])
def test_what_left_is_replaced_in_a_second_exchange(look: Look, gone: list[int]) -> None:
    look.fill(8)
    look.page()
    look.session.delete(look.inbox, [Uid(uid) for uid in gone])
    page, trips = look.page()
    left = [uid for uid in range(8, 0, -1) if uid not in gone]
    assert uids_of(page) == left[:5]
    assert page.folder_total == len(left)
    assert trips <= 2


@pytest.mark.parametrize("gone", [[2], [6, 7], [1, 2, 3, 9], list(range(1, 11)), [7]])
def test_an_older_page_after_losses(look: Look, gone: list[int]) -> None:
    look.fill(20)
    look.page(count=5)
    look.page(before=Uid(16), count=5)
    look.session.delete(look.inbox, [Uid(uid) for uid in gone])
    page, trips = look.page(before=Uid(11), count=5)
    left = [uid for uid in range(10, 0, -1) if uid not in gone]
    assert uids_of(page) == left[:5]
    assert page.older is (len(left) > 5)
    assert page.newer_before == Uid(16)
    assert trips <= 3


def test_a_page_that_no_look_prepared(look: Look, pool: Pool, mail_account: MailAccount) -> None:
    """A link opened in another process, in a folder full of holes."""
    look.fill(30)
    look.session.delete(look.inbox, [Uid(uid) for uid in range(3, 15)])
    with Pool(pool.endpoint, lambda _user: mail_account.token).session(mail_account.key) as session:
        trips = session.round_trips
        page = session.page(look.inbox, before=Uid(16), count=4)
        assert uids_of(page) == [15, 2, 1]
        assert (page.older, page.newer, page.first) == (False, True, 16)
        assert session.round_trips - trips <= 2


def test_a_folder_filled_meanwhile(look: Look) -> None:
    look.page()
    look.fill(130)
    page, trips = look.page()
    assert uids_of(page) == [130, 129, 128, 127, 126]
    assert trips <= 2


def test_the_whole_screen_in_one_exchange(look: Look) -> None:
    uids = look.fill(7)
    look.session.store(look.inbox, uids[:2], add=[SEEN])
    look.session.overview(count=5)
    trips = look.session.round_trips
    folders, page, quota = look.session.overview(look.inbox, count=5)
    assert look.session.round_trips == trips + 1
    assert (page.unseen, len(page.rows), quota is not None) == (5, 5, True)
    assert next(folder.total for folder in folders if folder.role == "inbox") == 7


def test_only_unread_or_starred(look: Look) -> None:
    uids = look.fill(12)
    look.session.store(look.inbox, uids[:9], add=[SEEN])
    look.session.store(look.inbox, uids[::2], add=[FLAGGED])
    page = look.session.page(look.inbox, only="unseen", count=2)
    assert (uids_of(page), page.folder_total, page.older, page.newer) == ([12, 11], 3, True, False)
    page = look.session.page(look.inbox, only="unseen", count=2, before=page.older_before)
    assert (uids_of(page), page.older, page.newer, page.newer_before) == ([10], False, True, None)
    folders, page, _quota = look.session.overview(look.inbox, only="flagged", count=50)
    assert uids_of(page) == [11, 9, 7, 5, 3, 1]
    assert all(row.flagged for row in page.rows)
    assert folders


def test_pages_of_two_folders_are_not_mixed_up(look: Look) -> None:
    [uid] = look.fill(1)
    trash: MailboxId = role(look.session, "trash")
    look.page()
    look.session.append(trash, mail("corbeille"))
    assert look.session.page(trash).rows[0].subject == "corbeille"
    assert look.page()[0].rows[0].subject == "n0"
    assert look.session.message(trash, uid).row.subject == "corbeille"


def test_a_trail_forgets_what_is_contradicted() -> None:
    trail = ReadingTrail(1, 10, 11, {place: Uid(place) for place in range(1, 11)})
    assert trail.span(8, 10) == [10, 9, 8]
    assert trail.place_of(Uid(4)) == 4
    grown = trail.seeing(1, 11, 12, {11: Uid(11)})
    assert len(grown.uids) == 11
    assert trail.seeing(1, 9, 11, {9: Uid(10)}).uids == {9: 10}
    assert trail.seeing(2, 11, 12, {11: Uid(11)}).uids == {11: 11}
    assert trail.seeing(1, 10, 12, {10: Uid(11)}).uids == {10: 11}
