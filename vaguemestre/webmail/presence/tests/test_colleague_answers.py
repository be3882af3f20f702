"""At "Envoyer" in a shared mailbox: the answer of a colleague that left meanwhile."""

import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.mailbox.values import FolderName, MailboxId, Uid
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.presence import colleague_answers
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.presence import PARENT, Answer

HELD, LEFT = "Laisser la sienne", "a répondu"


@pytest.fixture
def hers(neighbour: MailBrowser, box: Box) -> Answer:
    """Her sheet, open first."""
    answer = Answer(neighbour, box)
    answer.post(texte="Bonjour, Léa est excusée.")
    return answer


@pytest.fixture
def mine(desk: MailBrowser, box: Box) -> Answer:
    answer = Answer(desk, box)
    answer.post()
    return answer


def marks(html: str) -> str:
    found = re.search(r'name="lues" value="([^"]+)" formaction', html)
    assert found
    return found[1]


def count(box: Box, role: str = "sent") -> int:
    with connection.open_mailbox_of(box.key) as session:
        folder = session.by_role(role)
        return len(session.page(folder.id).rows) if folder and folder.id else 0


def by_a_program(box: Box, text: str = "Bonjour, c’est vu.", **headers: str) -> None:
    """As Thunderbird files what it has sent."""
    answer = letter("parent@x.example", sender=box.address, subject="Re: Absence de Léa", text=text, **headers)
    with connection.open_mailbox_of(box.key) as session:
        folder = session.by_role("sent") or session.create(FolderName("Sent"))
        assert folder.id
        session.append(folder.id, answer.as_bytes(), [], timezone.now())


def test_the_colleague_s_answer_is_shown_before_mine_leaves(hers: Answer, mine: Answer, box: Box) -> None:
    hers.post("envoi/", texte="Bonjour, <b>Léa</b> est excusée.")
    shown = mine.post("envoi/")
    assert "Karim Belkacem a répondu" in shown
    assert "Bonjour, &lt;b&gt;Léa&lt;/b&gt; est excusée." in shown
    for act in ("Envoyer quand même", "Modifier la mienne", HELD):
        assert act in shown
    assert Outgoing.objects.get(key=mine.key).is_draft
    assert HELD in mine.post("envoi/")  # a second press says the same
    assert count(box) == 1


def test_all_the_same_it_leaves_and_once(hers: Answer, mine: Answer, box: Box) -> None:
    hers.post("envoi/")
    read = marks(mine.post("envoi/"))
    for _press in range(2):
        assert HELD not in mine.post("envoi/", lues=read)
    assert count(box) == 2


def test_once_changed_it_leaves_without_a_question(hers: Answer, mine: Answer, box: Box) -> None:
    """Until yet another answer has left."""
    hers.post("envoi/")
    shown = mine.post(lues=marks(mine.post("envoi/")))
    assert HELD not in shown
    read = re.search(r'<input type="hidden" name="lues" value="([^"]+)">', shown)
    assert read
    by_a_program(box, In_Reply_To=PARENT)
    assert "Bonjour, c’est vu." in (again := mine.post("envoi/", lues=read[1]))
    assert "Karim Belkacem a répondu" not in again
    assert HELD not in mine.post("envoi/", lues=marks(again))
    assert count(box) == 3


def test_hers_is_left_and_mine_comes_back_with_one_press(
    hers: Answer, mine: Answer, desk: MailBrowser, box: Box
) -> None:
    hers.post("envoi/")
    mine.post("envoi/")
    answer = desk.post(place(box, f"ecrire/{mine.key}/abandon/"), {**mine.form})
    undo = re.search(r'name="fait" value="([^"]+)"', body(desk.get(answer["Location"])))
    assert undo
    assert not Outgoing.objects.filter(key=mine.key).exists()
    desk.post(place(box, "annulation/"), {"fait": undo[1]})
    assert count(box, "drafts") == 1
    assert count(box) == 1


@pytest.mark.parametrize(
    "headers",
    [{"In_Reply_To": PARENT}, {"References": f"<other@x.example> {PARENT}"}],
    ids=["In-Reply-To", "References"],
)
def test_nor_does_one_that_a_mail_program_has_filed_escape(mine: Answer, box: Box, headers: dict[str, str]) -> None:
    by_a_program(box, **headers)
    shown = mine.post("envoi/")
    assert "Un autre membre a répondu" in shown
    assert "Bonjour, c’est vu." in shown


def test_an_answer_to_another_message_of_the_conversation_counts(desk: MailBrowser, mine: Answer, box: Box) -> None:
    """Theirs to what began it, mine to what came later."""
    later = letter(box.address, subject="Re: Absence de Léa", sender="parent@x.example", References=PARENT)
    later["Message-ID"] = "<later@x.example>"
    with connection.open_mailbox_of(box.key) as session:
        uid = session.append(MailboxId(inbox(box)), later.as_bytes(), [], timezone.now())
    second = Answer(desk, box, uid)
    second.post()
    by_a_program(box, In_Reply_To=PARENT, References=PARENT)
    assert LEFT in second.post("envoi/")


def test_one_that_waits_for_its_moment_counts(hers: Answer, mine: Answer, settings: Settings) -> None:
    settings.MAIL = {**settings.MAIL, "undo_seconds": 10}
    hers.post("envoi/")
    shown = mine.post("envoi/")
    assert "Karim Belkacem a répondu, à l’instant" in shown
    Outgoing.objects.filter(key=hers.key).update(planned=True)
    assert "Karim Belkacem a répondu ; son message part" in mine.post("envoi/").replace("\u202f", " ")


def test_what_left_before_my_sheet_was_open_was_there_to_be_read(hers: Answer, desk: MailBrowser, box: Box) -> None:
    """But not what left while it was open and nothing was typed yet."""
    hers.post("envoi/")
    Outgoing.objects.all().delete()
    with connection.open_mailbox_of(box.key) as session:
        folder = session.by_role("sent")
        assert folder
        assert folder.id
        raw = b"".join(session.source(folder.id, Uid(1)))
        session.delete(folder.id, [Uid(1)])
        session.append(folder.id, raw, [], timezone.now() - timedelta(minutes=5))
    late, early = Answer(desk, box), Answer(desk, box)
    early.form["ouvert"] = str(int(timezone.now().timestamp()) - 600)
    late.post()
    early.post()
    assert LEFT in early.post("envoi/")
    assert LEFT not in late.post("envoi/")


def test_my_own_answers_are_mine(desk: MailBrowser, mine: Answer, box: Box) -> None:
    first = Answer(desk, box)
    assert first.key == mine.key
    mine.post("envoi/")
    second = Answer(desk, box)
    second.post(ouvert=str(int(timezone.now().timestamp()) - 60))
    assert LEFT not in second.post("envoi/")
    assert count(box) == 2


def test_of_two_presses_at_one_moment_the_second_waits_for_the_first(
    desk: MailBrowser, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else neither would find the other's."""
    access = MailboxAccess(box.account, desk.mail.account, MailboxRights.MEMBER)
    answer = Outgoing(kind=Outgoing.Kind.REPLY, source_message_id=PARENT)
    waits, order = threading.Event(), []
    monkeypatch.setattr(time, "sleep", lambda _seconds: waits.set())
    monkeypatch.setattr(colleague_answers, "TRIES", 10**9)

    def press() -> None:
        with colleague_answers.one_press_at_a_time(access, answer):
            order.append("second")

    second = threading.Thread(target=press)
    with colleague_answers.one_press_at_a_time(access, answer):
        second.start()
        assert waits.wait(60)
        order.append("first")
    second.join(60)
    assert order == ["first", "second"]


def test_a_mailbox_that_does_not_answer_holds_nothing_up(
    hers: Answer, mine: Answer, no_dovecot: object, box: Box
) -> None:
    assert callable(no_dovecot)
    no_dovecot()
    assert HELD not in mine.post("envoi/")
    assert not Outgoing.objects.get(key=mine.key).is_draft


def test_it_costs_one_search_for_an_answer_in_a_shared_mailbox_and_else_nothing(
    mine: Answer, desk: MailBrowser, trips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = []
    whole = colleague_answers.find_answers

    def counted(*arguments: object) -> object:
        before = len(trips)
        with CaptureQueriesContext(database) as queries:
            found = whole(*arguments)  # type: ignore[arg-type]
        spent.append((sum(trips[before:]), len(queries)))
        return found

    monkeypatch.setattr(colleague_answers, "find_answers", counted)
    by_a_program(mine.box, In_Reply_To="<other@x.example>")
    desk.get(place(mine.box))
    mine.post("envoi/")
    assert spent == [(1, 1)]
    desk.put(letter(desk.mail.address, Message_ID="<own@x.example>"))
    html = body(desk.get(desk.url(tail="1/reponse/")))
    spent.clear()
    key = re.search(r"ecrire/([0-9a-f]{32})/", html)
    assert key
    assert desk.write(key[1], "envoi/", a=desk.mail.address, texte="Bonjour.").status_code == 302
    new = desk.post(place(mine.box, f"ecrire/{'a' * 32}/envoi/"), {"a": desk.mail.address, "texte": "x", "objet": "y"})
    assert new.status_code == 302
    assert spent == [(0, 0), (0, 0)]
