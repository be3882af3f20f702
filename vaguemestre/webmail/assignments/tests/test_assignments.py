"""Conversations of a shared mailbox that a member takes on, gives away, or marks done."""

import itertools
import json
import re
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.sessions import event_streams
from vaguemestre.courier.models import Parcel
from vaguemestre.mailbox.values import FolderName, MailboxId, Uid
from vaguemestre.shared_mailboxes.models import ConversationEvent, MailboxRights
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser

OWNER, MEMBER, READER = MailboxRights
Kind = ConversationEvent.Kind
_minutes = itertools.count()


def page(desk: MailBrowser, url: str) -> str:
    answer = desk.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def listed(desk: MailBrowser, box: Box, word: str = "") -> list[str]:
    """Subjects of a list."""
    shown = page(desk, place(box, f"dossiers/{inbox(box)}/{f'?voir={word}' if word else ''}"))
    return re.findall(r'<span class="row-subject cut">([^<]*)</span>', shown)


def act(desk: MailBrowser, box: Box, tail: str, *uids: int, **more: object) -> None:
    url = place(box, f"dossiers/{inbox(box)}/{tail}")
    answer = desk.post(url, {"choix": list(uids), "ensemble": "1", **more})
    assert answer.status_code == 302, (url, answer.status_code)


def arrive(box: Box, subject: str, message_id: str, answers: str = "") -> None:
    """From outside into the inbox, each a minute after the one before: Dovecot keeps seconds."""
    threading = {"In_Reply_To": answers, "References": answers} if answers else {}
    message = letter(box.address, subject=subject, Message_ID=message_id, **threading)
    put(box, "inbox", message.as_bytes())


def put(box: Box, role: str, raw: bytes) -> None:
    with connection.open_mailbox_of(box.key) as session:
        folder = session.by_role(role)
        assert folder
        assert folder.id
        session.append(folder.id, raw, [], timezone.now() - timedelta(days=1) + timedelta(minutes=next(_minutes)))


def test_given_done_and_opened_again_by_the_next_letter(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    arrive(box, "Absence", "<b@exemple.fr>")
    assert listed(desk, box, "a-prendre") == ["Absence", "Gymnase"]
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)
    assert listed(desk, box, "a-prendre") == ["Absence"]
    assert listed(neighbour, box, "a-moi") == ["Gymnase"]
    assert listed(desk, box, "a-moi") == []
    assert "Confié à" in page(desk, place(box, f"dossiers/{inbox(box)}/1/"))
    act(neighbour, box, "traitement/", 1)
    assert listed(desk, box, "traites") == ["Gymnase"]
    assert listed(neighbour, box, "a-moi") == []
    arrive(box, "Re: Gymnase", "<c@exemple.fr>", "<a@exemple.fr>")
    assert listed(desk, box, "traites") == []
    assert listed(desk, box, "a-prendre") == ["Re: Gymnase", "Absence"]


def test_what_stands_is_derived_and_each_act_is_a_row(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    for tail in (f"attribution/{desk.mail.key}/", f"attribution/{neighbour.mail.key}/", "attribution/", "traitement/"):
        act(desk, box, tail, 1)
        act(desk, box, tail, 1)  # twice is once
    rows = ConversationEvent.objects.filter(box=box.key).order_by("pk")
    assert [(one.kind, one.member_id, one.current) for one in rows] == [
        (Kind.GIVEN, desk.mail.key, False), (Kind.GIVEN, neighbour.mail.key, False), (Kind.FREED, None, False),
        (Kind.DONE, None, True),
    ]  # fmt: skip


def test_the_band_says_who_has_it_and_by_whom(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    names = {one.mail.key: one.mail.account.display_name for one in (desk, neighbour)}
    for actor, member, reader, words in (
        (desk, neighbour, desk, f"Confié à {names[neighbour.mail.key]} par vous"),
        (desk, neighbour, neighbour, f"Confié à vous par {names[desk.mail.key]}"),
        (desk, desk, neighbour, f"Confié à {names[desk.mail.key]} à l’instant"),
        (neighbour, neighbour, neighbour, "Confié à vous à l’instant"),
    ):
        act(actor, box, f"attribution/{member.mail.key}/", 1)
        shown = re.search(
            r'<p class="given-band">.*?</p>', page(reader, place(box, f"dossiers/{inbox(box)}/1/")), re.DOTALL
        )
        assert shown
        assert words in " ".join(re.sub(r"<[^>]+>", " ", shown[0]).split()).replace(" ,", ",")


def test_who_answers_takes_it(desk: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    answer = letter("anne@exemple.fr", sender=box.address, Message_ID="<r@ici>", References="<a@exemple.fr>")
    put(box, "sent", answer.as_bytes())
    assert listed(desk, box, "a-prendre") == []
    arrive(box, "Re: Gymnase", "<b@exemple.fr>", "<r@ici>")
    assert listed(desk, box, "a-prendre") == ["Re: Gymnase"]


def test_it_survives_a_move_and_a_join(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    arrive(box, "Salle", "<b@exemple.fr>")
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)
    act(desk, box, "traitement/", 2)
    with connection.open_mailbox_of(box.key) as session:
        folder = session.create(FolderName("Mairie")).id
        assert folder
        session.move(MailboxId(inbox(box)), [Uid(1)], folder)
    shown = page(desk, place(box, f"dossiers/{folder}/"))
    assert '<span class="given">' in shown
    with connection.open_mailbox_of(box.key) as session:
        session.move(folder, [Uid(1)], MailboxId(inbox(box)))
    arrive(box, "Re: Salle", "<c@exemple.fr>", "<a@exemple.fr> <b@exemple.fr>")
    shown = page(desk, place(box, f"dossiers/{inbox(box)}/"))
    assert shown.count('<li class="row"') == 1
    assert "given-done" not in shown  # the last act was "done", and a message has come since
    assert listed(desk, box, "a-prendre") == ["Re: Salle"]


def test_undo_gives_back_what_was_and_nothing_that_changed_since(
    desk: MailBrowser, neighbour: MailBrowser, box: Box
) -> None:
    box.give(neighbour.mail, MEMBER)
    arrive(box, "Gymnase", "<a@exemple.fr>")
    arrive(box, "Salle", "<b@exemple.fr>")
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)
    act(desk, box, "traitement/", 1, 2)
    word = undo_word(desk, box)
    act(neighbour, box, f"attribution/{desk.mail.key}/", 2)
    assert desk.post(place(box, "attributions/annulation/"), {"fait": word}).status_code == 302
    assert listed(neighbour, box, "a-moi") == ["Gymnase"]
    assert listed(desk, box, "a-moi") == ["Salle"]
    assert neighbour.post(place(box, "attributions/annulation/"), {"fait": word}).status_code == 302  # not theirs
    assert listed(neighbour, box, "a-moi") == ["Gymnase"]


def undo_word(desk: MailBrowser, box: Box) -> str:
    found = re.search(r'name="fait" value="([^"]+)"', page(desk, place(box)))
    assert found
    return found[1]


def test_nobody_takes_on_what_they_may_not_write_in(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)  # no member
    box.give(neighbour.mail, READER)
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)
    url = place(box, f"dossiers/{inbox(box)}/")
    for tail in (f"attribution/{neighbour.mail.key}/", "attribution/", "traitement/"):
        assert neighbour.post(url + tail, {"choix": "1"}).status_code == 403
    assert not ConversationEvent.objects.filter(box=box.key).exists()
    assert desk.post(f"/webmail/dossiers/{desk.id()}/traitement/", {"choix": "1"}).status_code == 404  # one's own mail
    shown = page(neighbour, f"{url}1/")
    assert "Confier à" not in shown
    assert "Marquer traité" not in shown


def test_two_hundred_at_once_and_all_of_a_list(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    with connection.open_mailbox_of(box.key) as session:
        for number in range(200):
            raw = letter(box.address, subject=f"Lettre {number}", Message_ID=f"<{number}@exemple.fr>").as_bytes()
            session.append(MailboxId(inbox(box)), raw, [], timezone.now() - timedelta(minutes=number))
    assert "200 à prendre" in page(desk, place(box)).replace("\N{NO-BREAK SPACE}", " ")
    with CaptureQueriesContext(database) as queries:
        act(desk, box, f"attribution/{neighbour.mail.key}/", tout=201, voir="a-prendre")
    assert len([one for one in queries if "SELECT" in one["sql"]]) <= 25
    assert ConversationEvent.objects.filter(box=box.key, member=neighbour.mail.key, current=True).count() == 200
    assert listed(desk, box, "a-prendre") == []
    assert len(listed(neighbour, box, "a-moi")) == 50


def test_a_letter_that_came_unseen_is_not_done(desk: MailBrowser, box: Box) -> None:
    """The page showed the first alone."""
    arrive(box, "Gymnase", "<a@exemple.fr>")
    arrive(box, "Re: Gymnase", "<b@exemple.fr>", "<a@exemple.fr>")
    act(desk, box, "traitement/", 1)
    assert listed(desk, box, "traites") == []
    assert listed(desk, box, "a-prendre") == ["Re: Gymnase"]


def test_pages_of_the_others_are_told(
    desk: MailBrowser, box: Box, monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    told: list[str] = []
    monkeypatch.setattr(event_streams, "_deliver", lambda path, words: told.extend([path, *words]))
    arrive(box, "Gymnase", "<a@exemple.fr>")
    with django_capture_on_commit_callbacks(execute=True):
        act(desk, box, "traitement/", 1)
    assert told == ["/push", json.dumps({"user": box.key, "total": 0, "events": []})]


def test_a_page_costs_two_queries_more_and_no_exchange(desk: MailBrowser, box: Box, trips: list[int]) -> None:
    arrive(box, "Gymnase", "<a@exemple.fr>")
    url = place(box, f"dossiers/{inbox(box)}/")
    page(desk, url)
    act(desk, box, "traitement/", 1)
    page(desk, url)
    trips.clear()
    with CaptureQueriesContext(database) as queries:
        page(desk, url)
    assert sum(trips) <= 1
    assert len([one for one in queries if "conversationevent" in one["sql"]]) <= 2


def test_twenty_boxes_are_counted_by_one_query(desk: MailBrowser, box: Box) -> None:
    for number in range(3):
        other = make_box(name=f"Collège {number}")
        other.give(desk.mail, MEMBER)
        arrive(other, "Gymnase", "<a@exemple.fr>")
    arrive(box, "Gymnase", "<a@exemple.fr>")
    with CaptureQueriesContext(database) as queries:
        shown = page(desk, "/webmail/boites-non-lus/")
    assert len([one for one in queries if "conversationevent" in one["sql"]]) == 1
    assert len(re.findall(r'id="a-prendre-[^>]*>1<', shown)) == 4


def test_whoever_is_given_a_conversation_is_told_once(desk: MailBrowser, neighbour: MailBrowser, box: Box) -> None:
    box.give(neighbour.mail, MEMBER)
    for number in range(3):
        arrive(box, f"Lettre {number}", f"<{number}@exemple.fr>")
    act(desk, box, f"attribution/{desk.mail.key}/", 3)  # oneself knows
    act(desk, box, f"attribution/{neighbour.mail.key}/", 1)
    act(desk, box, f"attribution/{neighbour.mail.key}/", 2)
    [told] = Parcel.objects.all()
    assert told.to == neighbour.mail.address
    assert "Lettre" not in told.subject + told.text
    found = re.search(r"/webmail/boites/\S+", told.text)
    assert found
    assert "Lettre 1" in page(neighbour, found[0])
    assert "Lettre 2" not in page(neighbour, found[0])
