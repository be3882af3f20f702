"""The code of pages, as RGAA 8.2 asks: elements nested and ended, no attribute and no `id` twice.

Those of a mailbox are looked at in its room (`webmail/screens/panes/tests/test_markup.py`)."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.addresses import addresses
from vaguemestre.accounts.testing import sign_in
from vaguemestre.career.signin import sessions
from vaguemestre.testing import Cast, make_account, make_person, make_school, markup_faults

# How many pages at least, and some that must be among them.
LEAST = {
    "stranger": (15, {"/session/", "/bv/connexion/", "/accessibilite/"}),
    "teacher": (40, {"/portail/", "/contacts/nouveau/", "/mon-compte/second-facteur/cles/", "/annuaire/"}),
    "administrator": (55, {"/assistance/", "/assistance/journal/", "/retraits/nouveau/", "/arena/registre/nouvelle/"}),
    "teacher in I-Prof": (7, {"/iprof/", "/iprof/courrier/nouveau/", "/iprof/cv/", "/iprof/services/"}),
}


def mail(name: str) -> bool:
    return name.startswith(("webmail:", "moving:"))


@pytest.mark.django_db
@pytest.mark.parametrize("who", LEAST)
def test_no_page_has_a_fault_of_markup(client: Client, cast: Cast, who: str) -> None:
    if who == "teacher":
        sign_in(client, cast.teacher)
    elif who == "administrator":
        school = make_school("0809001Z", kind="rectorat")
        person = make_person("Anne", "Rectorat", category="ADMD", function="ADMIN", school=school)
        sign_in(client, make_account(person), strong=True)
    elif who == "teacher in I-Prof":
        token = sessions.open_session(cast.teacher, subject="sub", sid="", now=timezone.now())
        assert token
        client.cookies[sessions.COOKIE] = token
    cookies = {name: one.value for name, one in client.cookies.items()}
    seen, faults = set(), {}
    inside = who == "teacher in I-Prof"
    asked = {one.path for one in addresses() if one.name.startswith("career:" if inside else "") and not mail(one.name)}
    for path in sorted(asked):
        client.cookies.clear()  # an address that ends or changes the session hides no other
        client.cookies.load(cookies)
        answer = client.get(path)
        if answer.status_code != 200 or answer.streaming or "text/html" not in answer.get("Content-Type", ""):
            continue
        html = answer.content.decode()
        if html.lstrip().lower().startswith("<!doctype"):
            seen.add(path)
            if found := markup_faults(html):
                faults[path] = found
    least, among = LEAST[who]
    assert not faults
    assert among <= seen
    assert len(seen) >= least


@pytest.mark.parametrize(
    "html",
    [
        "<div/>", "<p><div></div></p>", '<a href="/"><span><a href="/"></a></span></a>', "<b><i></b></i>", "<ul><li>",
        '<b id="x"></b><b id="x"></b>', '<b class="x" class="y"></b>',
    ],
)  # fmt: skip
def test_a_fault_of_markup_is_seen(html: str) -> None:
    assert markup_faults(html)


def test_markup_without_a_fault() -> None:
    assert not markup_faults('<p><a href="/"><svg><use href="#x"/><path/></svg></a><br/><input></p><div></div>')
