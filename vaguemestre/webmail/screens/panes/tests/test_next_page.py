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


@pytest.mark.parametrize("act", ["archivage/", "suppression/", "indesirables/"])
@pytest.mark.parametrize("query", ["", "?voir=non-lus"])
def test_the_next_message_follows_where_the_page_names_it(desk: MailBrowser, act: str, query: str) -> None:
    uid, other = put(desk), put(desk)
    following = desk.url(tail=f"{other}/{query}")
    for back in (desk.url(tail=query), desk.url(tail=f"{uid}/{query}")):  # from the reader, from the list beside it
        done = ask(desk, desk.url(tail=act), back, uid, suite=following)
        assert done["Location"] == following
        uid = put(desk)


def test_what_would_follow_is_a_message_of_ours_that_is_there(desk: MailBrowser) -> None:
    for following in (
        "https://ailleurs.example/",
        "//ailleurs.example/webmail/",
        "/webmail/",
        "/intranet/",
        "javascript:1",
    ):
        done = ask(desk, desk.url(tail="archivage/"), desk.url(), put(desk), suite=following)
        assert done["Location"] == desk.url(), following
    uid, other = put(desk), put(desk)
    gone = desk.post(
        desk.url(tail="archivage/"), {"choix": [uid, other], "retour": desk.url(), "suite": desk.url(tail=f"{other}/")}
    )
    assert gone["Location"] == desk.url()
    stays = ask(desk, desk.url(tail="lecture/"), desk.url(), put(desk), suite=desk.url(tail=f"{uid}/"))
    assert stays["Location"] == desk.url()  # it went nowhere


def test_the_reader_names_the_next_one_and_the_last_one_before_it_unless_the_list_is_preferred(
    desk: MailBrowser,
) -> None:
    first, second = put(desk), put(desk)
    named = re.compile(r'name="suite" value="([^"]+)"')
    assert named.findall(body(desk.get(desk.url(tail=f"{second}/")))) == [desk.url(tail=f"{first}/")]
    assert named.findall(body(desk.get(desk.url(tail=f"{first}/")))) == [desk.url(tail=f"{second}/")]
    assert " data-goes-on" in body(desk.get(desk.url()))
    desk.post("/webmail/reglages/liste/", {"apres": "liste"})
    page = body(desk.get(desk.url(tail=f"{second}/")))
    assert named.findall(page) == []
    assert " data-goes-on" not in page


def test_taken_back_the_message_that_was_open_opens_again(desk: MailBrowser) -> None:
    uid, other = put(desk), put(desk)
    following = desk.url(tail=f"{other}/?voir=non-lus")
    page = body(desk.get(ask(desk, desk.url(tail="archivage/"), desk.url(), uid, suite=following)["Location"]))
    form = re.search(r'name="fait" value="([^"]+)">\s*<input type="hidden" name="retour" value="([^"]+)"', page)
    assert form
    done = desk.post("/webmail/annulation/", {"fait": form[1], "retour": form[2]})
    assert done["Location"] == desk.url(tail=f"{max(desk.uids())}/?voir=non-lus")


def test_a_question_keeps_what_follows(desk: MailBrowser) -> None:
    uid, other = put(desk), put(desk)
    following = desk.url(tail=f"{other}/")
    asked = body(desk.post(desk.url(tail="plus-tard/"), {"choix": uid, "retour": desk.url(), "suite": following}))
    assert f'name="suite" value="{following}"' in asked


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
    """The browser shows it: what is read again, or gone back to, must be a page."""
    assert desk.get(desk.url("trash", act))["Location"] == desk.url("trash")
    assert desk.get(f"/webmail/dossiers/recherche/{act}")["Location"] == SEARCH
    assert desk.client.put(desk.url("trash", act)).status_code == 405
