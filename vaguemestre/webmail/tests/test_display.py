"""How the mail looks: chosen once, the same wherever one signs in."""

import re

import pytest
from django.test import Client

from vaguemestre.academy.facts import Preferences as Said
from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import letter
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.tests.conftest import Desk
from vaguemestre.webmail.tests.test_body import html_letter
from vaguemestre.webmail.tests.test_list import body

URL = "/webmail/reglages/affichage/"


def test_it_is_remembered_for_the_next_device(desk: Desk) -> None:
    assert 'data-density="comfortable"' in body(desk.get(desk.url()))
    desk.post(URL, {"densite": "compact", "texte": "large", "couleurs": "dark"})
    elsewhere = Client()
    sign_in(elsewhere, desk.mail.account)
    page = elsewhere.get(desk.url()).content.decode()
    assert 'data-density="compact"' in page
    assert '<html lang="fr" data-theme="dark" data-text="large">' in page
    assert 'data-theme="dark"' in body(desk.get(URL))
    assert "Liste compacte, grand texte, couleurs sombres" in body(desk.get("/webmail/reglages/"))


@pytest.mark.parametrize("wrong", [{}, {"densite": "x"}, {"texte": '"><script>'}, {"couleurs": ""}])
def test_what_is_not_offered_changes_nothing(desk: Desk, wrong: dict[str, object]) -> None:
    desk.post(URL, {"densite": "compact"})
    desk.post(URL, wrong)
    chosen = Preferences.objects.get(account=desk.mail.account)
    assert (chosen.density, chosen.text_size, chosen.theme) == ("compact", "normal", "auto")


def test_where_one_reads_and_the_room_of_the_list(desk: Desk) -> None:
    assert 'data-pane="right"' in body(desk.get(desk.url()))
    desk.post(URL, {"lecture": "below"})
    assert desk.post(f"{URL}part/", {"part": "45"}).status_code == 204
    page = body(desk.get(desk.url()))
    assert 'data-pane="below" data-share="45"' in page
    assert 'aria-orientation="horizontal"' in page
    desk.post(URL, {"lecture": "none"})
    assert "splitter" not in body(desk.get(desk.url()))


@pytest.mark.parametrize("wrong", ["", "-5", "44", "75", "1000", "²", "45; x"])
def test_a_room_that_no_stylesheet_knows_is_refused(desk: Desk, wrong: str) -> None:
    assert desk.post(f"{URL}part/", {"part": wrong}).status_code == 400
    assert ' data-share="' not in body(desk.get(desk.url()))


def test_messages_as_plain_text_by_choice_and_one_formatted_all_the_same(desk: Desk) -> None:
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
    assert re.search(r'name="forme" value="brut" checked', body(desk.get(URL)))
    desk.post(URL, {"forme": "bleu"})
    assert Preferences.objects.get(account=desk.mail.account).reads_plain


def test_anonymous_is_sent_to_sign_in(desk: Desk) -> None:
    assert Client().get(URL).status_code == 302
    assert desk.client.delete(URL).status_code == 405


ASIDE: dict[str, object] = {"lettres": "dyslexic", "espacement": "wide", "mouvement": "less"}
OF_THEM = ' data-font="dyslexic" data-spacing="wide" data-motion="less"'


def test_who_reads_more_easily_otherwise_has_it_everywhere(desk: Desk) -> None:
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


def test_each_alone_asks_for_no_more_than_it_is(desk: Desk) -> None:
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


def test_no_authority_decides_for_another_s_eyes() -> None:
    assert not {"font", "spacing", "motion"} & set(Said.model_fields)
