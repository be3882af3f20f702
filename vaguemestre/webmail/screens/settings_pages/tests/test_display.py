"""How the mail looks: chosen once, the same wherever one signs in."""

import re
from pathlib import Path
from types import NoneType
from typing import get_args

import pytest
from django.test import Client

from vaguemestre.academy.facts import Preferences as Said
from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.screens.settings.views.display import SHARES, WIDTHS
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import html_letter
from vaguemestre.webmail.testing.pages import body

URL, LIST = "/webmail/reglages/affichage/", "/webmail/reglages/liste/"


def test_it_is_remembered_for_the_next_device(desk: MailBrowser) -> None:
    assert 'data-density="comfortable"' in body(desk.get(desk.url()))
    desk.post(URL, {"densite": "compact", "texte": "large", "couleurs": "dark"})
    elsewhere = Client()
    sign_in(elsewhere, desk.mail.account)
    page = elsewhere.get(desk.url()).content.decode()
    assert 'data-density="compact"' in page
    assert re.search(r'<html lang="fr"\s+data-theme="dark"\s+data-text="large">', page)
    assert 'data-theme="dark"' in body(desk.get(URL))
    home = body(desk.get("/webmail/reglages/"))
    assert "grand texte, couleurs sombres" in home
    assert "une ligne par message, lecture à droite" in home
    assert re.search(r'value="large" aria-label="Grande?"[^>]*\s+aria-pressed="true"', home)


def test_the_size_of_the_text_is_one_press_of_the_start_page(desk: MailBrowser) -> None:
    answer = desk.post(URL, {"texte": "larger", "retour": "/webmail/reglages/"})
    assert answer["Location"] == "/webmail/reglages/"
    assert 'data-text="larger"' in body(desk.get("/webmail/reglages/"))
    assert desk.post(URL, {"texte": "large", "retour": "https://ailleurs.example/"})["Location"] == URL


@pytest.mark.parametrize("wrong", [{}, {"densite": "x"}, {"texte": '"><script>'}, {"couleurs": ""}])
def test_what_is_not_offered_changes_nothing(desk: MailBrowser, wrong: dict[str, object]) -> None:
    desk.post(URL, {"densite": "compact"})
    desk.post(URL, wrong)
    chosen = Preferences.objects.get(account=desk.mail.account)
    assert (chosen.density, chosen.text_size, chosen.theme) == ("compact", "normal", "auto")


def test_where_one_reads_and_the_room_of_the_list(desk: MailBrowser) -> None:
    assert 'data-pane="right"' in body(desk.get(desk.url()))
    desk.post(URL, {"lecture": "below"})
    assert desk.post(f"{URL}part/", {"part": "45"}).status_code == 204
    page = body(desk.get(desk.url()))
    assert 'data-pane="below" data-share="45"' in page
    assert 'aria-orientation="horizontal"' in page
    desk.post(URL, {"lecture": "none"})
    assert 'data-name="share"' not in body(desk.get(desk.url()))


@pytest.mark.parametrize("wrong", ["-5", "44", "75", "1000", "²", "45; x", "2480"])
@pytest.mark.parametrize("line", ["part", "colonne"])
def test_a_room_that_no_stylesheet_knows_is_refused(desk: MailBrowser, line: str, wrong: str) -> None:
    assert desk.post(f"{URL}{line}/", {"part": wrong}).status_code == 400
    assert desk.post(f"{URL}{line}/").status_code == 400
    page = body(desk.get(desk.url()))
    assert ' data-share="' not in page
    assert ' data-folders="' not in page


def test_the_width_of_the_folders_is_the_same_on_every_screen_of_the_mail(desk: MailBrowser) -> None:
    places = (desk.url(), "/webmail/en-attente/", URL, "/contacts/", "/fichiers/mes-fichiers/", "/import/")
    assert re.search(r'aria-valuemin="176" aria-valuemax="416" aria-valuenow="248"', body(desk.get(desk.url())))
    assert desk.post(f"{URL}colonne/", {"part": "320"}).status_code == 204
    for place in places:
        assert re.search(r'<html lang="fr"\s+data-folders="320">', body(desk.get(place))), place
    assert 'name="part" value="320"' in body(desk.get(desk.url()))
    assert desk.post(f"{URL}colonne/", {"part": ""}).status_code == 204
    assert ' data-folders="' not in body(desk.get(desk.url()))
    assert Preferences.objects.get(account=desk.mail.account).chosen == []


def test_each_step_of_the_lines_is_one_that_the_stylesheet_and_the_authority_know() -> None:
    style = Path("client/styles/webmail/pane-sizes.css").read_text(encoding="utf-8")
    for name, attribute, steps in (("share", "share", SHARES), ("folders_width", "folders", WIDTHS)):
        assert [int(one) for one in re.findall(rf'data-{attribute}="(\d+)"', style)] == list(steps)
        [said] = [one for one in get_args(Said.model_fields[name].annotation) if one is not NoneType]
        assert list(get_args(said.__pydantic_generic_metadata__["args"][0])) == list(steps)


def test_messages_as_plain_text_by_choice_and_one_formatted_all_the_same(desk: MailBrowser) -> None:
    message = letter(desk.mail.address, text="Version en texte.")
    message.add_alternative("<p>Version mise en forme.</p>", subtype="html")
    page, frame = desk.url(tail=f"{(uid := desk.put(message))}/"), f"/{uid}/corps/"
    html = body(desk.get(page))
    assert frame in html
    assert "<template data-frame>" in html
    desk.post(URL, {"forme": "brut"})
    html = body(desk.get(page))
    assert frame not in html
    assert "Version en texte." in html
    assert "<template data-frame>" not in html  # no press on a row loads it
    assert "Version en texte." in body(desk.get(f"{page}impression/"))
    assert frame in body(desk.get(f"{page}?vue=html"))
    assert re.search(r'name="forme" value="brut" checked', body(desk.get(LIST)))
    desk.post(URL, {"forme": "bleu"})
    assert Preferences.objects.get(account=desk.mail.account).reads_plain


def test_anonymous_is_sent_to_sign_in(desk: MailBrowser) -> None:
    assert Client().get(URL).status_code == 302
    assert desk.client.delete(URL).status_code == 405


ASIDE: dict[str, object] = {"lettres": "dyslexic", "espacement": "wide", "mouvement": "less"}
OF_THEM = ' data-font="dyslexic" data-spacing="wide" data-motion="less"'


def test_who_reads_more_easily_otherwise_has_it_everywhere(desk: MailBrowser) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    places = (desk.url(), URL, "/contacts/", "/fichiers/mes-fichiers/", "/import/")
    for place in places:
        assert "reading" not in body(desk.get(place)).split("</head>")[0]
    assert "OpenDyslexic" not in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    desk.post(URL, ASIDE)
    for place in places:
        head = body(desk.get(place)).split("</head>")[0]
        assert OF_THEM in head, place
        assert head.count("/static/reading") == 1, place
    frame = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert OF_THEM in frame
    assert "fonts/opendyslexic-latin-400-normal" in frame
    assert "letter-spacing:.06em" in frame
    assert "police OpenDyslexic, espacement large, rien ne bouge" in body(desk.get("/webmail/reglages/"))


def test_each_alone_asks_for_no_more_than_it_is(desk: MailBrowser) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    desk.post(URL, {"espacement": "wide"})
    frame = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert "letter-spacing:.06em" in frame
    assert "opendyslexic" not in frame
    assert ' data-spacing="wide">' in body(desk.get(desk.url()))
    desk.post(URL, {"espacement": "normal", "mouvement": "less"})
    assert "letter-spacing:.06em" not in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert ' data-motion="less">' in body(desk.get(desk.url()))
    desk.post(URL, dict.fromkeys(ASIDE, '"><script>'))
    chosen = Preferences.objects.get(account=desk.mail.account)
    assert (chosen.font, chosen.spacing, chosen.motion) == ("usual", "normal", "less")


@pytest.mark.parametrize(("name", "value"), [("font", "dyslexic"), ("spacing", "wide"), ("motion", "less")])
def test_an_authority_may_begin_with_it_but_decides_for_nobody_s_eyes(name: str, value: str) -> None:
    assert Said.model_validate({name: {"value": value}})
    with pytest.raises(ValueError, match=f"{name}: it may be preset, not locked"):
        Said.model_validate({name: {"value": value, "locked": True}})
