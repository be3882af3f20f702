"""Quick access: chosen, put in order, taken away; and the counters that everybody may call."""

import re

import pytest
from django.test import Client

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.testing import sign_in
from vaguemestre.portal.quick_access import move_word
from vaguemestre.sso.arena import quick_access
from vaguemestre.sso.models import Application
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast

pytestmark = pytest.mark.django_db
PAGE = "/intranet/acces-rapides/"


@pytest.fixture
def teacher(client: Client, cast: Cast) -> Client:
    make_application("LSU", slug="lsu")
    make_application("ONDE", slug="onde", seen_by={"category": "DIRECOLE"})
    sign_in(client, cast.teacher)
    return client


def test_made_one_s_own(teacher: Client, cast: Cast) -> None:
    assert quick_access.words_of(cast.teacher) == []
    teacher.post(f"{PAGE}ajout/", {"lien": "app-lsu"})
    assert quick_access.words_of(cast.teacher)[-1] == "app-lsu"  # after the usual ones
    assert len(quick_access.words_of(cast.teacher)) > 1
    teacher.post(f"{PAGE}app-lsu/place/", {"sens": "haut"})
    assert quick_access.words_of(cast.teacher)[-2] == "app-lsu"
    teacher.post(f"{PAGE}page-webmail/retrait/")
    assert "page-webmail" not in quick_access.words_of(cast.teacher)
    for page in ("/portail/", "/intranet/outils/"):
        assert 'href="/arena/ouvrir/lsu/"' in teacher.get(page).content.decode()


def test_what_was_moved_keeps_the_focus_and_says_where_it_stands(teacher: Client) -> None:
    page = teacher.post(f"{PAGE}page-aide/place/", {"sens": "haut"}, follow=True).content.decode()
    assert "Bureau virtuel est à la place 4 sur 5." in page
    assert page.count("autofocus") == 1
    assert re.search(r'value="haut" autofocus\s+aria-label="[^"]*Bureau virtuel', page)
    for _time in range(3):
        page = teacher.post(f"{PAGE}page-aide/place/", {"sens": "haut"}, follow=True).content.decode()
    assert re.search(r'value="bas" autofocus\s+aria-label="[^"]*Bureau virtuel', page)  # at the top: no way up is left
    assert "autofocus" not in teacher.get(PAGE).content.decode()


@pytest.mark.parametrize("word", ["app-onde", "app-inconnue", "page-inconnue", "", "javascript:alert(1)"])
def test_only_what_one_may_open_is_put_there(teacher: Client, cast: Cast, word: str) -> None:
    teacher.post(f"{PAGE}ajout/", {"lien": word})
    assert quick_access.words_of(cast.teacher) == []


def test_what_is_not_in_the_list_is_not_moved(teacher: Client) -> None:
    for act in ("place/", "retrait/"):
        assert teacher.post(f"{PAGE}app-onde/{act}", {"sens": "haut"}).status_code == 404


def test_an_application_that_closes_leaves_the_page(teacher: Client) -> None:
    teacher.post(f"{PAGE}ajout/", {"lien": "app-lsu"})
    Application.objects.filter(slug="lsu").update(active=False)
    assert "/arena/ouvrir/lsu/" not in teacher.get("/portail/").content.decode()


def test_twelve_at_most(teacher: Client, cast: Cast) -> None:
    for number in range(14):
        make_application(f"Appli {number}", slug=f"x-{number}")
        teacher.post(f"{PAGE}ajout/", {"lien": f"app-x-{number}"})
    assert len(quick_access.words_of(cast.teacher)) == quick_access.MOST
    assert "Douze lignes au plus" in teacher.get(PAGE).content.decode()


def test_each_has_their_own(teacher: Client, cast: Cast) -> None:
    teacher.post(f"{PAGE}ajout/", {"lien": "app-lsu"})
    assert quick_access.words_of(cast.head) == []


def test_moved_stays_within_the_list() -> None:
    assert move_word(["a", "b", "c"], "a", -1) == ["a", "b", "c"]
    assert move_word(["a", "b", "c"], "c", 1) == ["a", "b", "c"]
    assert move_word(["a", "b", "c"], "a", 1) == ["b", "a", "c"]
    assert move_word(["a"], "x", 1) == ["a"]


def test_every_counter_for_everybody(client: Client) -> None:
    page = client.get("/bv/contacts/").content.decode()
    for department in academy().departments:
        assert department.office.phone in page
    assert academy().rectorat.phone in page
