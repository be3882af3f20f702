"""In a shared mailbox colleagues are told apart by name, never as "me": lists, conversations, results, drafts."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import deliver_locally, letter
from vaguemestre.webmail import connection
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body

PARENT, WROTE = "Anne Parent", "anne@dehors.example"
MATHILDE, KARIM = "Mathilde Lefèvre", "Karim Belkacem"


@pytest.fixture
def colleague(neighbour: MailBrowser, box: Box) -> MailBrowser:
    box.give(neighbour.mail, MailboxRights.MEMBER)
    return neighbour


@pytest.fixture
def answered(desk: MailBrowser, colleague: MailBrowser, box: Box) -> None:
    """A parent wrote, and two members have answered."""
    question = letter(box.address, sender=f"{PARENT} <{WROTE}>", subject="Cantine", Message_ID="<q@x.example>")
    deliver_locally(question, box.address)
    for member, text in ((desk, "Oui."), (colleague, "Non.")):
        asked = body(member.get(place(box, f"dossiers/{inbox(box)}/1/reponse/")))
        url = place(box, f"ecrire/{key_of(asked)}/envoi/")
        letter_sent: dict[str, object] = {**fields(asked), "a": WROTE, "texte": text}
        held = re.search(r'name="lues" value="([^"]+)"', body(member.post(url, letter_sent)))
        if held:  # the other one's answer is shown first
            assert member.post(url, {**letter_sent, "lues": held[1]}).status_code < 400


def folder(box: Box, role: str) -> str:
    with connection.open_mailbox_of(box.key) as session:
        found = session.by_role(role)
    assert found
    return str(found.id)


def rows(member: MailBrowser, url: str) -> list[str]:
    """Each row of a list, as text."""
    shown = unescape(body(member.get(url)))
    lines = re.findall(r'<a class="row-link".*?</a>', shown, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", line).split()) for line in lines]


def test_the_list_names_who_answered(desk: MailBrowser, colleague: MailBrowser, box: Box, answered: None) -> None:
    for reader in (desk, colleague):
        [row] = rows(reader, place(box, f"dossiers/{inbox(box)}/"))
        assert row.startswith(f"{PARENT}, {MATHILDE}, {KARIM} ")
        assert "moi" not in row


def test_sent_says_by_whom(colleague: MailBrowser, box: Box, answered: None) -> None:
    sent = place(box, f"dossiers/{folder(box, 'sent')}/")
    for url in (f"{sent}?fil=1", place(box, "recherche/?q=dans:envoyés")):
        found = rows(colleague, url)
        assert {name for row in found for name in re.findall(r"par (\w+ \w+)", row)} <= {MATHILDE, KARIM}
        assert all("par " in row for row in found)


def test_a_conversation_says_by_whom(colleague: MailBrowser, box: Box, answered: None) -> None:
    shown = unescape(body(colleague.get(place(box, f"dossiers/{inbox(box)}/1/"))))
    assert f"par {MATHILDE}" in shown
    assert f"par {KARIM}" in shown
    folded = re.search(r'<a class="message-line".*?</a>', shown, re.DOTALL)
    assert folded
    assert "Vous" not in folded[0]


def test_in_one_s_own_mailbox_it_is_still_oneself(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, sender=f"{PARENT} <{WROTE}>", Message_ID="<q@x.example>"))
    desk.put(letter(WROTE, sender=desk.mail.address, In_Reply_To="<q@x.example>", Message_ID="<r@x.example>"), "sent")
    [row] = rows(desk, desk.url())
    assert row.startswith(f"{PARENT}, moi ")


def test_names_cost_one_query(desk: MailBrowser, box: Box, answered: None) -> None:
    """And a list that is as it was, none."""
    url = place(box, f"dossiers/{inbox(box)}/")
    for address, cost in ((url, 1), (url, 0), ("/webmail/", 0)):
        with CaptureQueriesContext(database) as asked:
            desk.get(address)
        assert sum("sentbymember" in one["sql"] for one in asked) == cost


def write(member: MailBrowser, box: Box, key: str, text: str, revision: int, window: str) -> str:
    typed = {"a": WROTE, "objet": "Sortie", "texte": text, "fenetre": window, "revision": str(revision)}
    return unescape(body(member.post(place(box, f"ecrire/{key}/"), dict(typed))))


def test_drafts_name_who_wrote_in_them(desk: MailBrowser, colleague: MailBrowser, box: Box) -> None:
    key, drawer = new_key(), place(box, f"dossiers/{folder(box, 'drafts')}/")
    write(desk, box, key, "Bonjour.", 0, "w1")
    [row] = rows(colleague, drawer)
    assert f"par {MATHILDE}" in row
    write(colleague, box, key, "Bonjour à tous.", 1, "w2")
    [row] = rows(desk, drawer)
    assert f"par {KARIM}" in row
    due.drop(drafts.DEPOSIT, key)
    drafts.forget_draft(key, timezone.now() + drafts.KEPT_FOR + timedelta(seconds=1))
    assert not Outgoing.objects.filter(key=key).exists()
    [row] = rows(desk, drawer)
    assert f"par {KARIM}" in row


def test_two_members_in_one_draft_are_told_by_name(desk: MailBrowser, colleague: MailBrowser, box: Box) -> None:
    key = new_key()
    write(desk, box, key, "Bonjour.", 0, "w1")
    opened = unescape(body(colleague.get(place(box, f"ecrire/{key}/"))))
    assert f"{MATHILDE} a écrit en dernier dans ce brouillon" in opened
    assert "a écrit en dernier" not in unescape(body(desk.get(place(box, f"ecrire/{key}/"))))
    write(colleague, box, key, "Bonjour à tous.", 1, "w2")
    behind = write(desk, box, key, "Bonjour Madame.", 1, "w1")
    assert f"{KARIM} a modifié ce brouillon entre-temps" in behind
    assert Outgoing.objects.get(key=key).text == "Bonjour à tous."


def test_a_draft_that_a_colleague_has_sent_is_said_by_name(desk: MailBrowser, colleague: MailBrowser, box: Box) -> None:
    key = new_key()
    write(desk, box, key, "Bonjour.", 0, "w1")
    shown = unescape(body(colleague.get(place(box, f"ecrire/{key}/"))))
    assert colleague.post(place(box, f"ecrire/{key}/envoi/"), {**fields(shown)}).status_code < 400
    assert f"{KARIM} a envoyé ce message" in write(desk, box, key, "Bonjour Madame.", 1, "w1")
