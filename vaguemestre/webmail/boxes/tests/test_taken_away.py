"""Taken away while one reads and writes: what was shown goes, what was typed can be kept in one's own mailbox."""

import html
import re

import pytest

from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import deliver_locally, letter
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body

TYPED = "Bonjour Madame, c’est bien noté."
SHOWN = ("liste", "lecture", "boites", "visionneuse")  # what a page shows of a mailbox


@pytest.fixture
def begun(desk: MailBrowser, box: Box) -> tuple[str, dict[str, object]]:
    """An answer to a parent, saved once in the box, with more typed since."""
    box.give(desk.mail, MailboxRights.MEMBER)
    deliver_locally(letter(box.address, subject="Absence de Léa", sender="parent@dehors.example"), box.address)
    page = body(desk.get(place(box, f"dossiers/{inbox(box)}/1/reponse/")))
    key = key_of(page)
    url = place(box, f"ecrire/{key}/")
    assert desk.post(url, {**fields(page), "texte": "Bonjour"}).status_code == 200
    revision = Outgoing.objects.get(key=key).revision
    return url, {**fields(page), "texte": TYPED, "revision": str(revision)}


def test_what_the_page_shows_goes_in_one_answer(desk: MailBrowser, box: Box) -> None:
    deliver_locally(letter(box.address, subject="Absence de Léa"), box.address)
    url = place(box, f"dossiers/{inbox(box)}/")
    assert "Absence de Léa" in html.unescape(body(desk.get(url)))
    box.take(desk.mail)
    answer = desk.get(url, **HTMX)
    said = html.unescape(answer.content.decode())
    assert answer.status_code == 404
    assert "Cette boîte ne vous est plus ouverte." in said
    assert set(re.findall(r'id="([a-z-]+)"[^>]*hx-swap-oob="(?:outer|inner)HTML"', said)) >= set(SHOWN)
    assert "Absence" not in said
    assert box.account.display_name not in said


@pytest.mark.parametrize("tail", ["", "envoi/", "fermeture/"])
def test_a_letter_being_written_is_refused_with_the_way_to_keep_its_text(
    desk: MailBrowser, box: Box, begun: tuple[str, dict[str, object]], tail: str
) -> None:
    url, typed = begun
    keeps = f"/webmail/ecrire/{url.split('/')[-2]}/texte/"
    box.take(desk.mail)
    answer = desk.post(f"{url}{tail}", typed, **HTMX)
    assert answer.status_code == 404
    assert f'formaction="{keeps}"' in answer.content.decode()
    kept = desk.post(keeps, typed, **HTMX)
    assert kept.status_code == 200
    own = Outgoing.objects.get(account=desk.mail.key)
    assert TYPED in own.text
    assert (own.sender, own.source_folder, own.state) == (desk.mail.address, None, Outgoing.State.DRAFT)
    assert "parent@dehors.example" in own.to
    assert f"/webmail/ecrire/{own.key}/" in kept.content.decode()
    there = Outgoing.objects.get(account=box.key)
    assert there.text == "Bonjour"


def test_a_formatted_letter_too(desk: MailBrowser, box: Box, begun: tuple[str, dict[str, object]]) -> None:
    """It has no plain text beside its HTML. What is refused asks for no other save: it would be refused without end."""
    url, typed = begun
    typed = {name: value for name, value in typed.items() if name != "texte"} | {"html": f"<div>{TYPED}</div>"}
    keeps = f"/webmail/ecrire/{url.split('/')[-2]}/texte/"
    box.take(desk.mail)
    refused = desk.post(url, typed, **HTMX).content.decode()
    assert f'formaction="{keeps}"' in refused
    assert "saved-at-once" not in refused + desk.post(url, {}, **HTMX).content.decode()
    assert desk.post(keeps, typed, **HTMX).status_code == 200
    assert TYPED in Outgoing.objects.get(account=desk.mail.key).text


def test_without_a_script_too(desk: MailBrowser, box: Box, begun: tuple[str, dict[str, object]]) -> None:
    url, typed = begun
    keeps = f"/webmail/ecrire/{url.split('/')[-2]}/texte/"
    box.take(desk.mail)
    page = body(desk.post(f"{url}envoi/", typed))
    form = page[page.index(f'action="{keeps}"') :]
    hidden: dict[str, object] = {
        name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)
    }
    assert desk.post(keeps, hidden).status_code == 200
    assert TYPED in Outgoing.objects.get(account=desk.mail.key).text


def test_pictures_stay_in_the_mailbox(
    desk: MailBrowser, box: Box, begun: tuple[str, dict[str, object]], cleaner: object
) -> None:
    url, typed = begun
    keeps = f"/webmail/ecrire/{url.split('/')[-2]}/texte/"
    box.take(desk.mail)
    page = f'<p>{TYPED}</p><img src="{url}images/1/">'
    assert desk.post(keeps, {**typed, "html": page}).status_code == 200
    own = Outgoing.objects.get(account=desk.mail.key)
    assert TYPED in own.text
    assert "<img" not in own.html
    assert not own.files.exists()


def test_a_mailbox_that_never_was_answers_the_same(desk: MailBrowser, box: Box) -> None:
    box.take(desk.mail)
    said = [
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode().replace(name, ""))
        for name in (box.account.local_part, "ce.9999999z")
        for answer in [
            desk.post(f"/webmail/boites/{name}/ecrire/{'0' * 32}/", {"fenetre": "w", "texte": TYPED}, **HTMX)
        ]
    ]
    assert said[0] == said[1]
