"""What one sent and nobody has answered: the list says just that, whoever answered from wherever."""

import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from vaguemestre.mailbox.imap.conversations.reply_state import expects_reply
from vaguemestre.mailbox.imap.list_filters import WAITS_FOR
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.values import ASKS, SETTLED, MailboxId, Uid

ME, ANNE = "Moi <moi@ac.fr>", "Anne <anne@x.fr>"


class Post:
    """Letters to and fro, one a minute."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.inbox, self.sent, self.trash = (role(session, name) for name in ("inbox", "sent", "trash"))
        self._clock = (datetime.now(UTC) - timedelta(days=2) + timedelta(minutes=one) for one in itertools.count())

    def put(
        self, name: str, folder: MailboxId | None = None, *flags: str, sender: str = ME, to: str = ANNE,
        answers: str = "", text: str = "Voici.", more: str = "", subject: str = "", came: datetime | None = None,
    ) -> Uid:  # fmt: skip
        now = next(self._clock)
        lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject or name}", f"Message-ID: <{name}@x>"]
        lines += [f"Date: {format_datetime(now)}", *more.split("\n")] if more else [f"Date: {format_datetime(now)}"]
        lines += [f"In-Reply-To: <{answers}@x>", f"References: <{answers}@x>"] if answers else []
        raw = "\r\n".join([*lines, "", text, ""]).encode()
        uid = self.session.append(folder or self.sent, raw, flags, came or now)
        assert uid is not None
        return uid

    def waiting(self) -> list[str]:
        _folders, found, _quota = self.session.exchanges(self.sent, only="awaiting")
        assert [row.uid for row in found.page.rows] == sorted(
            self.session.matching(self.sent, "awaiting"), reverse=True
        )
        assert found.page.folder_total == len(found.page.rows)
        return [row.subject for row in found.page.rows]


@pytest.fixture
def post(session: Session) -> Post:
    return Post(session)


def test_until_somebody_answers_whatever_folder_that_lies_in(post: Post) -> None:
    post.put("a")
    post.put("b")
    assert post.waiting() == ["b", "a"]
    answer = post.put("c", post.inbox, sender=ANNE, answers="a")
    assert post.waiting() == ["b"]
    post.session.move(post.inbox, [answer], post.trash)
    assert post.waiting() == ["b"]


def test_an_answer_of_ones_own_program_or_to_an_earlier_letter_counts_once_it_is_from_somebody_else(post: Post) -> None:
    post.put("a")
    post.put("copie", post.inbox, answers="a")  # to oneself
    assert post.waiting() == ["a"]
    post.put("b", answers="a")
    assert post.waiting() == ["b"]
    post.put("c", post.inbox, sender=ANNE, answers="a")  # after b, of which it says nothing
    assert post.waiting() == []


@pytest.mark.parametrize(
    "more",
    ["Auto-Submitted: auto-replied (vacation)", "Content-Type: multipart/report; report-type=disposition-notification"],
)
def test_what_a_program_answers_is_no_answer(post: Post, more: str) -> None:
    post.put("a")
    post.put("absente", post.inbox, sender=ANNE, answers="a", more=more)
    assert post.waiting() == ["a"]


def test_what_was_put_off_and_came_back_is_no_answer(post: Post) -> None:
    post.put("question", post.inbox, sender=ANNE, came=datetime.now(UTC))
    post.put("a", answers="question", text="Pour quel jour ?")
    assert post.waiting() == ["a"]


def test_an_answer_waits_only_for_what_it_asks(post: Post) -> None:
    post.put("question", post.inbox, sender=ANNE, text="Vous venez ?")
    post.put("merci", answers="question", text="Merci, c’est noté : https://x.fr/?oui")
    assert post.waiting() == []
    post.put("encore", answers="question", text="À quelle heure ?")
    assert post.waiting() == ["encore"]
    post.put("tard", post.inbox, sender=ANNE, answers="encore")
    post.put("longue", None, ASKS, answers="tard")  # its question stands below what the server shows of it
    assert post.waiting() == ["longue"]


def test_a_reminder_waits_as_what_it_reminds_of(post: Post) -> None:
    post.put("a")
    post.put("relance", answers="a")
    assert post.waiting() == ["relance"]
    post.put("question", post.inbox, sender=ANNE)
    post.put("oui", answers="question")
    post.put("encore oui", answers="oui")
    assert post.waiting() == ["relance"]


@pytest.mark.parametrize(
    "to",
    [ME, "no-reply@x.fr", "ne-pas-repondre@x.fr", "liste-lettres@ac.fr", "tous@listes.ac.fr", "sympa@ac.fr",
     ", ".join(f"p{number}@x.fr" for number in range(16))],
)  # fmt: skip
def test_to_whom_nobody_expects_an_answer(post: Post, to: str) -> None:
    post.put("a", to=to)
    assert post.waiting() == []
    post.put("b", to=f"{to}, {ANNE}" if "," not in to else ANNE)
    assert post.waiting() == ["b"]


def test_handed_on_it_waits_only_for_what_it_asks(post: Post) -> None:
    below = "\r\n---------- Message transféré ----------\r\nQui vient ?"
    post.put("pour info", subject="Tr: Réunion", text=f"Pour information.{below}")
    assert post.waiting() == []
    post.put("pour avis", subject="Fwd: Réunion", text=f"Qu’en pensez-vous ?{below}")
    assert post.waiting() == ["Fwd: Réunion"]


def test_settled_it_waits_no_more_until_one_writes_again(post: Post) -> None:
    uid = post.put("a")
    post.session.store(post.sent, [uid], add=[SETTLED])
    assert post.waiting() == []
    post.put("b", answers="a")
    assert post.waiting() == ["b"]


def test_what_is_older_than_the_bin_keeps_waits_no_more(post: Post) -> None:
    post.put("a", came=datetime.now(UTC) - timedelta(days=WAITS_FOR, minutes=1))
    post.put("b", came=datetime.now(UTC) - timedelta(days=WAITS_FOR - 1))
    assert post.waiting() == ["b"]


def test_only_in_sent(post: Post) -> None:
    post.put("a", post.inbox)
    assert not post.session.matching(post.inbox, "awaiting")
    assert not post.session.exchanges(post.inbox, only="awaiting")[1].page.rows


def test_what_it_costs(post: Post) -> None:
    """Unchanged, the list of folders alone; after news, what is not known yet and no more."""
    for number in range(4):
        post.put(f"a{number}")
    post.put("b", post.inbox, sender=ANNE, answers="a0")
    post.waiting()
    before = post.session.round_trips
    post.session.exchanges(post.sent, only="awaiting")
    assert post.session.round_trips - before == 1
    post.put("c", post.inbox, sender=ANNE, answers="a1")
    before = post.session.round_trips
    post.session.exchanges(post.sent, only="awaiting")
    assert post.session.round_trips - before <= 6


def test_a_question_of_ones_own() -> None:
    assert expects_reply("Pouvez-vous venir ?")
    assert not expects_reply("Voyez https://x.fr/page?jour=3 avant lundi.")
