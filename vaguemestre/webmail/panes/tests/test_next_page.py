"""An act on the message that is open, from the list beside it: the page that follows is of something that is there."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from vaguemestre.mailbox.values import Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.search.results import message_token
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

SEARCH = "/webmail/recherche/"
SOON = (timezone.now() + timedelta(hours=20)).replace(microsecond=0).isoformat()


def put(desk: MailBrowser) -> Uid:
    return desk.put(letter("m@ac-amiens.fr", subject="Sortie scolaire"))


def ask(desk: MailBrowser, url: str, back: str, choice: object, **more: object) -> HttpResponse:
    return desk.post(url, {"choix": choice, "retour": back, **more})


@pytest.mark.parametrize(
    ("act", "more"),
    [
        ("archivage/", {}), ("suppression/", {}), ("indesirables/", {}),
        ("plus-tard/", {"jusqua": SOON}), ("suppression/definitive/", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("query", ["", "?voir=non-lus", "?tri=taille"])
def test_the_list_follows(desk: MailBrowser, act: str, more: dict[str, object], query: str) -> None:
    uid, other = put(desk), put(desk)
    here = desk.url(tail=f"{uid}/{query}")
    assert ask(desk, desk.url(tail=act), here, other, **more)["Location"] == here  # of another one: it stays open
    assert ask(desk, desk.url(tail=act), here, uid, **more)["Location"] == desk.url(tail=query)


@pytest.mark.parametrize("act", ["archivage/", "suppression/", "plus-tard/"])
def test_the_results_follow(desk: MailBrowser, act: str) -> None:
    uid = put(desk)
    here, more = desk.url(tail=f"{uid}/?q=sortie"), {"jusqua": SOON}
    done = ask(desk, f"/webmail/dossiers/recherche/{act}", here, message_token(desk.id("inbox"), uid), **more)
    assert done["Location"] == f"{SEARCH}?q=sortie"


def test_out_of_the_junk_and_back_now(desk: MailBrowser) -> None:
    junk = desk.put(letter("m@ac-amiens.fr"), "junk")
    done = ask(desk, desk.url("junk", "indesirables/retrait/"), desk.url("junk", f"{junk}/"), junk)
    assert done["Location"] == desk.url("junk")
    ask(desk, desk.url(tail="plus-tard/"), desk.url(), put(desk), jusqua=SOON)
    [waits] = desk.uids("later")
    done = ask(desk, desk.url("later", "plus-tard/retour/"), desk.url("later", f"{waits}/"), waits)
    assert done["Location"] == desk.url("later")


def test_undone_the_open_message_stays_open(desk: MailBrowser) -> None:
    """Under the address that it has then."""
    page = body(desk.get(ask(desk, desk.url(tail="archivage/"), desk.url(), put(desk))["Location"]))
    [there] = desk.uids("archive")
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    done = desk.post("/webmail/annulation/", {"fait": word[1], "retour": desk.url("archive", f"{there}/")})
    [home] = desk.uids()
    assert done["Location"] == desk.url(tail=f"{home}/")


def test_undone_among_results_it_stays_one_of_them(desk: MailBrowser) -> None:
    page = body(desk.get(ask(desk, desk.url(tail="archivage/"), desk.url(), put(desk))["Location"]))
    [there] = desk.uids("archive")
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    done = desk.post("/webmail/annulation/", {"fait": word[1], "retour": desk.url("archive", f"{there}/?q=sortie")})
    [home] = desk.uids()
    assert done["Location"] == desk.url(tail=f"{home}/?q=sortie")


@pytest.mark.parametrize("act", ["suppression/", "plus-tard/"])
def test_the_address_of_a_question_leads_to_its_list(desk: MailBrowser, act: str) -> None:
    """The browser shows it: what is read anew, or gone back to, must be a page."""
    assert desk.get(desk.url("trash", act))["Location"] == desk.url("trash")
    assert desk.get(f"/webmail/dossiers/recherche/{act}")["Location"] == SEARCH
    assert desk.client.put(desk.url("trash", act)).status_code == 405
