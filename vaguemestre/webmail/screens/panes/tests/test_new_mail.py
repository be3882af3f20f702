"""How an open page hears of its mail, and what it may say of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import Brand, academy
from vaguemestre.mailbox.values import SEEN, FolderName, MailboxId
from vaguemestre.testing import letter
from vaguemestre.web import branding
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.screens.panes.views import new_mail
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body

CHOICE = "/webmail/reglages/arrivee/"
NEWS = "/webmail/arrivee/"


def choose(desk: MailBrowser, notice: str, *, title: bool = False) -> None:
    assert desk.post(CHOICE, {"annonce": notice, "titre": "1" if title else ""}).status_code == 302


def news(desk: MailBrowser, after: int) -> dict[str, object]:
    found = json.loads(desk.get(f"{NEWS}?depuis={after}").content)
    assert isinstance(found, dict)
    return found


def test_the_page_says_up_to_when_it_knows_and_so_does_each_new_list(desk: MailBrowser) -> None:
    before = int(timezone.now().timestamp() * 1000)
    whole = body(desk.get(desk.url()))
    part = body(desk.get(desk.url(), **HTMX, **{"HX-Target": "section#liste"}))
    after = int(timezone.now().timestamp() * 1000)
    marks = [int(found) for page in (whole, part) for found in re.findall(r'data-since="(\d+)"', page)]
    assert len(marks) == 2
    assert before <= marks[0] <= marks[1] <= after


def test_without_a_choice_nothing_is_shown_nor_asked(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.url()))
    assert "data-news" not in page
    assert 'data-count="' not in page
    assert not re.search(r"<title>\s*\(", page)
    assert news(desk, 0)["title"] == ""


def test_the_title_begins_with_what_is_unread(desk: MailBrowser) -> None:
    choose(desk, "nothing", title=True)
    assert not re.search(r"<title>\s*\(", body(desk.get(desk.url())))
    desk.put(letter(desk.mail.address))
    desk.put(letter(desk.mail.address), flags=(SEEN,))
    page = body(desk.get(desk.url("archive")))
    assert re.search(r"<title>\s*\(1\) Archives", page)
    assert 'data-count="1"' in page


def test_said_in_the_words_that_were_chosen(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Vieux"))
    choose(desk, "words")
    after = int(re.findall(r'data-after="(\d+)"', body(desk.get(desk.url())))[0])
    assert news(desk, after) == {"after": after, "title": "", "body": "", "also": "", "fresh": 0, "url": ""}
    uid = desk.put(letter(desk.mail.address, subject="Réunion <b>d’été</b>"))
    told = {"title": "Anne Auteur", "body": "Réunion <b>d’été</b>", "also": "", "fresh": 1}
    told["url"] = desk.url(tail=f"{uid}/")
    assert news(desk, after) == {"after": after + 1, **told}
    desk.put(letter(desk.mail.address, subject="Lu ailleurs"), flags=(SEEN,))
    desk.put(letter(desk.mail.address, subject="Deuxième"))
    told = news(desk, after)
    assert (told["after"], told["title"], told["url"]) == (after + 3, "2 nouveaux messages", desk.url())
    assert str(told["body"]).split("\n") == ["Anne Auteur : Deuxième", "Anne Auteur : Réunion <b>d’été</b>"]
    choose(desk, "arrival")
    assert news(desk, after)["title"] == "2 nouveaux messages"
    assert news(desk, after)["body"] == ""


def test_only_the_inbox_is_told(desk: MailBrowser) -> None:
    choose(desk, "words")
    desk.put(letter(desk.mail.address), "junk")
    assert news(desk, 1)["title"] == ""


@pytest.mark.parametrize("word", ["", "x", "-1", "9" * 30, "1e5"])
def test_a_number_that_is_none_is_the_beginning(desk: MailBrowser, word: str) -> None:
    choose(desk, "arrival")
    desk.put(letter(desk.mail.address))
    assert desk.get(f"{NEWS}?depuis={word}").status_code == 200


def test_a_sound_alone_or_besides(desk: MailBrowser) -> None:
    assert "data-sounds" not in body(desk.get(desk.url()))
    desk.post(CHOICE, {"annonce": "nothing", "son": "1"})
    page = body(desk.get(desk.url()))
    assert "data-sounds" in page
    after = int(re.findall(r'data-after="(\d+)"', page)[0])
    desk.put(letter(desk.mail.address))
    told = news(desk, after)
    assert (told["fresh"], told["title"]) == (1, "")
    assert "un son" in body(desk.get("/webmail/reglages/"))


def test_folders_of_ones_own_are_announced_by_choice(desk: MailBrowser) -> None:
    with desk.session() as session:
        filed, other = (str(session.create(FolderName(name)).id) for name in ("Classe", "Autre"))
    assert "Classe" in body(desk.get(CHOICE))
    desk.post(CHOICE, {"annonce": "words", "dossiers": "1", "dossier": [filed, desk.id("junk"), "x"]})
    assert Preferences.objects.get(account=desk.mail.account).notifies_in == [filed]
    assert f'value="{filed}" checked' in body(desk.get(CHOICE))
    also = re.findall(r'data-also="([^"]+)"', body(desk.get(desk.url())))[0]
    assert also == f"{filed}.1"
    with desk.session() as session:
        for folder, subject in ((filed, "Rangé"), (other, "Ailleurs")):
            raw = letter(desk.mail.address, subject=subject).as_bytes()
            session.append(MailboxId(folder), raw.replace(b"\n", b"\r\n"), (), timezone.now())
    told = json.loads(desk.get(f"{NEWS}?depuis=1&aussi={also}").content)
    assert (told["body"], told["also"], told["fresh"]) == ("Rangé", f"{filed}.2", 1)
    assert told["url"] == f"/webmail/dossiers/{filed}/1/"
    again = json.loads(desk.get(f"{NEWS}?depuis=1&aussi={told['also']}").content)
    assert (again["title"], again["also"]) == ("", f"{filed}.2")
    with desk.session() as session:
        session.remove_tree(MailboxId(filed))
    assert json.loads(desk.get(f"{NEWS}?depuis=1&aussi={also}").content)["title"] == ""


def test_a_notice_of_two_lists_leads_to_the_inbox(desk: MailBrowser) -> None:
    with desk.session() as session:
        filed = MailboxId(str(session.create(FolderName("Classe")).id))
        session.append(filed, letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n"), (), timezone.now())
    desk.post(CHOICE, {"annonce": "words", "dossiers": "1", "dossier": [filed]})
    desk.put(letter(desk.mail.address))
    assert json.loads(desk.get(f"{NEWS}?depuis=1&aussi={filed}.1").content)["url"] == "/webmail/"


def test_the_choice_is_kept_while_the_mailbox_does_not_answer(
    desk: MailBrowser, no_dovecot: Callable[[], None]
) -> None:
    with desk.session() as session:
        filed = str(session.create(FolderName("Classe")).id)
    desk.post(CHOICE, {"annonce": "words", "dossiers": "1", "dossier": [filed]})
    no_dovecot()
    page = body(desk.get(CHOICE))
    assert "Classe" not in page
    desk.post(CHOICE, {"annonce": "arrival"})
    kept = Preferences.objects.get(account=desk.mail.account)
    assert (kept.notifies, kept.notifies_in) == ("arrival", [filed])


def test_nobody_hears_of_a_colleague(desk: MailBrowser, neighbour: MailBrowser) -> None:
    choose(neighbour, "words")
    desk.put(letter(desk.mail.address))
    assert news(neighbour, 1)["title"] == ""
    assert Client().get(NEWS).status_code == 302


def test_one_trip_and_only_when_it_is_wanted(desk: MailBrowser, trips: list[int]) -> None:
    choose(desk, "words")
    desk.put(letter(desk.mail.address))
    news(desk, 1)
    trips.clear()
    news(desk, 1)
    assert trips == [1]


def test_the_choice_is_kept_and_a_wrong_one_is_none(desk: MailBrowser) -> None:
    choose(desk, "words", title=True)
    page = body(desk.get(CHOICE))
    assert 'value="words" checked' in page
    assert "expéditeur et objet, non-lus dans le titre" in body(desk.get("/webmail/reglages/")).lower()
    choose(desk, "tout")
    assert Preferences.objects.get(account=desk.mail.account).notifies == "nothing"


def test_it_can_be_installed(desk: MailBrowser) -> None:
    page = body(desk.get(desk.url()))
    found = re.search(r'<link rel="manifest" href="([^"]+)" crossorigin="use-credentials">', page)
    assert found
    answer = desk.get(found[1])
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["display"]) == ("/webmail/", "standalone")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    assert "manifest-src 'self'" in answer["Content-Security-Policy"]


def test_installed_it_wears_the_authority_s_colour_and_logo(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    own = academy().model_copy(update={"brand": Brand(accent="#1f5a3f", logo="brand/logo.svg")})
    for module in (new_mail, branding):
        monkeypatch.setattr(module, "academy", lambda: own)
    told = json.loads(desk.get("/webmail/application.webmanifest").content)
    assert told["theme_color"] == "#1f5a3f"
    assert [icon["src"].split(".")[0] for icon in told["icons"]] == [
        f"/static/brand/{name}" for name in ("192", "512", "maskable")
    ]


def test_a_page_has_the_service_worker_where_notices_are_wanted(desk: MailBrowser) -> None:
    assert "data-worker" not in body(desk.get(desk.url()))
    desk.post(CHOICE, {"annonce": "nothing", "son": "1"})
    assert "data-worker" not in body(desk.get(desk.url()))
    choose(desk, "arrival")
    found = re.search(r'data-worker="([^"]+)"', body(desk.get(desk.url())))
    assert found
    assert found[1].startswith("/webmail/")  # its scope is that of its folder


def test_the_service_worker_may_ask_for_nothing_and_is_nobody_s(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_mail, "_worker", lambda: b"// rien")
    answer = client.get("/webmail/annonces.js")
    assert (answer.status_code, answer.content) == (200, b"// rien")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; img-src 'self'")
    assert answer["Cache-Control"] == "no-cache"
    assert not answer.cookies


def test_the_manifest_s_colours_are_those_of_the_pages() -> None:
    tokens = (Path(settings.BASE_DIR) / "client/styles/tokens.css").read_text()
    assert f"--ground: {new_mail.GROUND};" in tokens
    assert f"--slate: {new_mail.SLATE};" in tokens
