"""What a shared mailbox costs beside one's own: the same exchanges with Dovecot, and which box it is."""

from collections.abc import Iterator

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.values import FolderName
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import MailAccount, deliver_locally, letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser

OWNER, MEMBER, READER = MailboxRights
PAGES = ("dossiers/{}/", "dossiers/{}/1/", "recherche/?q=cantine", "dossiers/{}/?voir=non-lus")


def cost(desk: MailBrowser, url: str, trips: list[int]) -> tuple[int, int]:
    """Of the page when it is asked for once more: exchanges, queries."""
    for _warming in range(2):
        assert desk.get(url).status_code == 200, url
    trips.clear()
    with CaptureQueriesContext(database) as queries:
        desk.get(url)
    return sum(trips), len(queries)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_a_box_costs_five_queries_more_and_no_exchange(
    desk: MailBrowser, box: Box, trips: list[int], path: str
) -> None:
    for account in (desk.mail, box):
        deliver_locally(letter(account.address, subject="Cantine"), account.address)
    own = cost(desk, f"/webmail/{path.format(desk.id())}", trips)
    there = cost(desk, place(box, path.format(inbox(box))), trips)
    assert there[0] <= own[0]
    assert there[1] <= own[1] + 5  # own: which boxes; there: this one, its members, what is given (list, message, all)


def test_mail_that_comes_costs_no_exchange_more_than_at_home(desk: MailBrowser, box: Box, trips: list[int]) -> None:
    found = []
    for account, url in ((desk.mail, desk.url()), (box, place(box, f"dossiers/{inbox(box)}/"))):
        desk.get(url)
        deliver_locally(letter(account.address), account.address)
        desk.get(url)
        deliver_locally(letter(account.address), account.address)
        trips.clear()
        desk.get(url)
        found.append(sum(trips))
    assert found[1] <= found[0]


@pytest.mark.parametrize("path", ["", "dossiers/{}/"])
def test_twenty_boxes_cost_a_query_whatever_page(
    desk: MailBrowser, neighbour: MailBrowser, trips: list[int], path: str
) -> None:
    for number in range(20):
        make_box(name=f"Collège {number}").give(desk.mail, MEMBER)
    member = cost(desk, f"/webmail/{path.format(desk.id())}", trips)
    nobody = cost(neighbour, f"/webmail/{path.format(neighbour.id())}", trips)
    assert member == (nobody[0], nobody[1] + 1)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Another process of ours, with a memory of its own."""
    pool = Pool(connection.reading_endpoint(), connection.access_token)
    yield pool
    pool.close()


def unread(session: Session) -> dict[str, int]:
    return {str(one.name): one.unseen for one in session.folders() if one.total}


@pytest.mark.parametrize("right", [OWNER, READER])
def test_the_numbers_of_unread_messages_are_those_of_the_server_whoever_changes_them(
    desk: MailBrowser, neighbour: MailBrowser, box: Box, elsewhere: Pool, right: MailboxRights
) -> None:
    """They are asked for where a folder has changed (HIGHESTMODSEQ): also by marks that are one person's own."""
    box.give(neighbour.mail, right)
    hers, his = (f"{box.key}_{one.mail.key}" for one in (desk, neighbour))
    with connection.open_mailbox_of(box.key) as session:
        familles = session.create(FolderName("Familles")).id
        assert familles
        for folder in ("INBOX", "Familles"):
            raw = b"Subject: Cantine\r\n\r\nBonjour.\r\n"
            append = b'APPEND "%s" {%d+}\r\n%s' % (folder.encode(), len(raw), raw)
            assert session._link.connection.round_trip([append, append]).statuses[0].ok
    for key in (hers, his):
        with connection.open_mailbox_of(key) as session:
            assert unread(session) == {"INBOX": 2, "Familles": 2}
    with elsewhere.session(his) as session:
        session.open(familles, session.page(familles).rows[0].uid)
    with connection.open_mailbox_of(his) as session:
        assert unread(session) == {"INBOX": 2, "Familles": 1}
        session.open(familles, session.page(familles).rows[1].uid)
        assert unread(session) == {"INBOX": 2, "Familles": 0}
    with connection.open_mailbox_of(hers) as session:
        assert unread(session) == {"INBOX": 2, "Familles": 2}
    with elsewhere.session(his) as session:
        assert unread(session) == {"INBOX": 2, "Familles": 0}


def test_and_of_marks_that_a_mail_program_would_make(box: Box, mail_account: MailAccount) -> None:
    deliver_locally(letter(box.address), box.address)
    access = f"{box.key}_{mail_account.key}"
    with connection.open_mailbox_of(access) as session:
        while unread(session) != {"INBOX": 1}:
            pass
    program = box.opened_by(mail_account)
    for folder, act, left in (("INBOX", "+FLAGS", 0), ("INBOX", "-FLAGS", 1), ('"Virtual/All"', "+FLAGS", 0)):
        program.select(folder)
        program.store("1", act, r"(\Seen)")
        with connection.open_mailbox_of(access) as session:
            assert unread(session) == {"INBOX": left}
