"""The attachments of the open message are taken away, and the way back finds it under its new number."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.mailbox.values import FLAGGED, JUNK, SEEN, FolderName, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.reader import conversation_view
from vaguemestre.webmail.snooze import snoozed_messages
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.space import MONDAY, PLACE, fill, heavy, limit, only, put

UNDO = f"{PLACE}retrait/annulation/"
OFFERED = "Retirer les pièces jointes, garder le texte"


def act_of(uid: int, tail: str = "") -> str:
    return f"{uid}/pieces/retrait/{tail}"


def undo_word(page: str) -> str:
    found = re.search(r'name="fait" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("query", ["", "?q=photos", "?voir=suivis"])
def test_from_the_open_message_and_back_to_it(desk: MailBrowser, query: str) -> None:
    put(desk, heavy(desk), "inbox", SEEN, FLAGGED)
    [uid] = desk.uids()
    page = body(desk.get(desk.url(tail=f"{uid}/{query}")))
    here = desk.url(tail=f"{uid}/{query}")
    rarer = page[page.index('class="menu-more') : page.index('class="message-main')]
    assert f'name="retour" value="{here}" formaction="{desk.url(tail=act_of(uid))}"' in rarer
    assert OFFERED in rarer
    assert page.count(OFFERED) == 1
    response = desk.post(desk.url(tail=act_of(uid)), {"retour": here}, **HTMX)
    [light] = desk.uids()
    assert light != uid
    assert response["Location"] == desk.url(tail=f"{light}/{query}")
    page = body(desk.get(response["Location"]))
    assert "1 message est allégé de" in page
    assert "Pièces jointes retirées le" in page
    assert OFFERED not in page
    response = desk.post(UNDO, {"fait": undo_word(page), "retour": desk.url(tail=f"{light}/{query}")})
    [whole] = desk.uids()
    assert response["Location"] == desk.url(tail=f"{whole}/{query}")
    page = body(desk.get(response["Location"]))
    assert "1 message a de nouveau ses pièces jointes" in page.replace("\xa0", " ")
    assert OFFERED in page
    assert desk.uids("trash") == []
    assert len(only(desk).get_payload()) == 3
    assert desk.flags(whole) >= {SEEN, FLAGGED}


def test_of_a_conversation_that_message_alone_and_it_is_open(desk: MailBrowser) -> None:
    """It lies in another folder than the page; the whole one in the bin does not stand for it."""
    with desk.session() as session:
        other = session.create(FolderName("Voyages")).id
        assert other
        first = heavy(desk, "Sortie")
        first["Message-ID"] = "<premier@x.example>"
        uid = session.append(other, first.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), (SEEN,), MONDAY)
    for number in range(2):
        answer = letter(desk.mail.address, subject="Re: Sortie", text=f"Réponse {number}")
        answer["Message-ID"], answer["In-Reply-To"] = f"<reponse{number}@x.example>", "<premier@x.example>"
        answer["References"] = "<premier@x.example>"
        put(desk, answer, "inbox", SEEN)

    def there() -> int:
        with desk.session() as session:
            [row] = session.page(other).rows
        return row.uid

    here = desk.url(tail=f"{desk.uids()[0]}/")
    response = desk.post(f"/webmail/dossiers/{other}/{uid}/pieces/retrait/", {"retour": here})
    assert there() != uid
    assert response["Location"] == f"{here}?deplier={other}.{there()}"
    page = body(desk.get(response["Location"]))
    assert "été.jpg" in page[page.index("Pièces jointes retirées le") :]
    assert 'class="files"' not in page
    bin_, light = (desk.id("trash"), Uid(desk.uids("trash")[0])), (other, Uid(there()))
    with desk.session() as session:
        rows = session.rows([bin_, light])
    whichever = {bin_: rows[bin_], light: rows[light]}  # as a mailbox may list them
    assert conversation_view._in_order(whichever, (desk.id(), Uid(1)), bin_[0]) == [light]
    response = desk.post(UNDO, {"fait": undo_word(page), "retour": here})
    assert response["Location"] == f"{here}?deplier={other}.{there()}"
    assert 'class="files"' in body(desk.get(response["Location"]))


@pytest.mark.parametrize("role", ["drafts", "trash", "junk", "later"])
def test_not_where_a_message_stays_whole(desk: MailBrowser, role: str) -> None:
    if role == "later":
        with desk.session() as session:
            snoozed_messages.snooze_folder(session)
    put(desk, heavy(desk), role)
    [uid] = desk.uids(role)
    page = body(desk.get(desk.url(role, f"{uid}/")))
    assert 'class="files-title' in page
    assert OFFERED not in page
    assert desk.post(desk.url(role, act_of(uid))).status_code == (403 if role == "junk" else 404)
    assert desk.uids(role) == [uid]


def test_not_of_junk_that_is_held_back_elsewhere(desk: MailBrowser) -> None:
    put(desk, heavy(desk), "inbox", JUNK)
    [uid] = desk.uids()
    assert OFFERED not in body(desk.get(desk.url(tail=f"{uid}/")))
    assert desk.post(desk.url(tail=act_of(uid))).status_code == 403
    assert desk.uids() == [uid]


@pytest.mark.parametrize("specimen", ["encrypted_smime", "encrypted_pgp", "signed_envelope", "plain"])
def test_not_of_what_has_nothing_to_take_away(desk: MailBrowser, specimen: str) -> None:
    raw = None if specimen == "plain" else BY_NAME[specimen].make()
    uid = desk.put_as_it_is(raw) if raw else desk.put(letter(desk.mail.address))
    assert OFFERED not in body(desk.get(desk.url(tail=f"{uid}/")))
    assert desk.post(desk.url(tail=act_of(uid))).status_code == 404
    assert desk.uids() == [uid]


def test_in_a_full_mailbox_the_question_stands_in_the_reader(desk: MailBrowser) -> None:
    limit(desk, megabytes=1)
    put(desk, heavy(desk))
    [uid] = desk.uids()
    for lines in (1400, 140, 14, 1):
        fill(desk, lines)
    here = desk.url(tail=f"{uid}/?q=photos")
    page = body(desk.post(desk.url(tail=act_of(uid)), {"retour": here}))
    question = page[page.index('class="question"') :]
    assert "La boîte est pleine" in question
    assert f'name="retour" value="{here}"' in question
    assert f'href="{here}"' in question
    assert desk.uids() == [uid]
    response = desk.post(desk.url(tail=act_of(uid)), {"retour": here, "definitif": "1"})
    [light] = desk.uids()
    assert response["Location"] == desk.url(tail=f"{light}/?q=photos")
    page = body(desk.get(response["Location"]))
    assert "1 message est allégé de" in page
    assert 'name="fait"' not in page  # nothing waits in the bin
    assert desk.uids("trash") == []


def test_what_has_left_the_bin_stays_light(desk: MailBrowser) -> None:
    put(desk, heavy(desk))
    response = desk.post(desk.url(tail=act_of(desk.uids()[0])))
    word = undo_word(body(desk.get(response["Location"])))
    with desk.session() as session:
        session.delete(desk.id("trash"), [Uid(desk.uids("trash")[0])])
    light = desk.uids()
    response = desk.post(UNDO, {"fait": word, "retour": response["Location"]})
    assert "Le message entier n’est plus dans la corbeille" in body(desk.get(response["Location"]))
    assert desk.uids() == light


def test_from_the_settings_several_at_once_and_back(desk: MailBrowser) -> None:
    chosen = [put(desk, heavy(desk)), put(desk, heavy(desk, "Autre"), "archive")]
    page = body(desk.get(desk.post(f"{PLACE}retrait/", {"choix": chosen})["Location"]))
    response = desk.post(UNDO, {"fait": undo_word(page), "retour": ""})
    assert response["Location"] == PLACE
    assert "2 messages ont de nouveau leurs pièces jointes" in body(desk.get(PLACE)).replace("\xa0", " ")
    assert (len(desk.uids()), len(desk.uids("archive")), desk.uids("trash")) == (1, 1, [])


def test_by_its_owner_only(desk: MailBrowser, neighbour: MailBrowser) -> None:
    put(desk, heavy(desk))
    [uid] = desk.uids()
    act = desk.url(tail=act_of(uid))
    assert desk.get(act).status_code == desk.get(UNDO).status_code == 405
    assert Client().post(act).status_code == 302
    assert Client(enforce_csrf_checks=True).post(act).status_code == 403
    assert neighbour.post(act).status_code == 404
    assert desk.post(desk.url(tail=act_of(uid + 900))).status_code == 404
    word = undo_word(body(desk.get(desk.post(act)["Location"])))
    light = desk.uids()
    for browser, said in ((neighbour, word), (desk, word[:-1]), (desk, "")):
        assert browser.post(UNDO, {"fait": said}).status_code == 302
    assert desk.uids() == light
