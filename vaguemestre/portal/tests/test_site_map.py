"""The map of the service: all that navigation leads to, for each as much as opens, and no dead link (RGAA 12.1)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.portal import site_map
from vaguemestre.sso.models import Application
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
ROOMS = Path(settings.BASE_DIR) / "vaguemestre"
NAVIGATION = [
    *(ROOMS / "web/templates/web" / f"{one}.html" for one in ("masthead", "foot", "outside")),
    *(ROOMS / "portal/templates/portal" / f"{one}.html" for one in ("home", "tools", "intranet", "help")),
    ROOMS / "helpdesk/templates/helpdesk/console.html",
    ROOMS / "webmail/templates/webmail/folders/folder_pane.html",
    ROOMS / "contacts/templates/contacts/column.html",
]
ELSEWHERE = {  # on those pages, and no place of their own
    "accounts:signout": "an act",
    "portal:plan": "the page itself",
    "portal:trouble-step": "an answer of the page before it",
    "webmail:unread-tile": "a part of a page",
    "circulars:tile": "a part of a page",
    "webmail:folder-fold": "an act",
    "webmail:folder-change": "an act",
    "webmail:folders-width": "an act",
    "webmail:space": "shown when room is short; among the settings",
    "webmail:recovery": "among the settings",
    "exports:leaving": "the one page of those who leave, shown to them",
    "contacts:new": "an act",
    "contacts:collected": "a part of the address book",
    "contacts:import": "a part of the address book",
    "contacts:duplicates": "a part of the address book",
    "contacts:export": "a file",
    "contacts:group-new": "an act",
}
LINK = re.compile(r'<li><a href="([^"]+)"(?: lang="fr")?>([^<]+)</a></li>')


def links(client: Client) -> dict[str, str]:
    html = client.get("/plan/").content.decode()
    return dict(LINK.findall(html.split('<div class="plan">')[1].split("<footer")[0]))


def administrator() -> Account:
    school = make_school("0809001Z", kind="rectorat")
    return make_account(make_person("Anne", "Rectorat", category="ADMD", function="ADMIN", school=school))


def test_it_holds_all_that_the_navigation_leads_to() -> None:
    written = {page.view for _name, pages in site_map.PARTS for page in pages}
    asked = {name for file in NAVIGATION for name in re.findall(r'{% url "([a-z]+:[a-z-]+)"', file.read_text("utf-8"))}
    assert len(asked) > 25
    assert asked - written == set(ELSEWHERE) & asked
    assert set(ELSEWHERE) <= asked


def test_it_holds_the_pages_of_every_room() -> None:
    """Those of I-Prof are reached by its own sign-in: the map has its door, among the applications."""
    written = {page.view for _name, pages in site_map.PARTS for page in pages}
    source = "".join(file.read_text("utf-8") for file in ROOMS.glob("*/navigation.py"))
    views = set(re.findall(r'"([a-z]+:[a-z-]+)"', source))
    assert len(views) > 20
    by_decisions = {"webmail:redirection", "circulars:approval"}  # met while they wait for an answer
    assert {view for view in views - written - by_decisions if not view.startswith("career:")} == set()


def test_every_page_leads_to_it_from_the_same_place(client: Client, cast: Cast) -> None:
    link = '<li><a href="/plan/">Plan du service</a></li>'
    assert link in client.get("/bv/").content.decode().split('<footer class="foot">')[1]
    sign_in(client, cast.teacher)
    for page in ("/portail/", "/mon-compte/", "/plan/"):
        assert link in client.get(page).content.decode().split('<footer class="foot">')[1]
    help_pages = {"portal:guidance": "panel", "portal:help": ""}  # beside the page; a page with the foot of all
    for column in ("webmail/folders/folder_pane.html", "webmail/settings_pages/menu.html", "contacts/column.html"):
        text = (ROOMS / column.split("/")[0] / "templates" / column).read_text("utf-8").split('class="folders-foot"')[1]
        assert any(f'{{% url "{name}" %}}' in text for name in help_pages), column
    assert '"/plan/"' in client.get("/bv/aide/", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("who", ["stranger", "teacher", "head", "help_desk", "administrator"])
def test_no_link_is_dead(client: Client, cast: Cast, who: str) -> None:
    if who != "stranger":
        sign_in(client, administrator() if who == "administrator" else getattr(cast, who), strong=True)
    found = links(client)
    assert len(found) > 12
    for url in found:
        if url.startswith(("/webmail/", "/contacts/", "/importation")):  # these ask Dovecot: looked at by name only
            continue
        answer = client.get(url)
        assert answer.status_code == 200 or url == "/session/premiere-connexion/", (url, answer.status_code)


def test_each_sees_what_opens_to_them(client: Client, cast: Cast) -> None:
    assert "/session/" in links(client)
    assert "/portail/" not in links(client)
    sign_in(client, cast.teacher)
    assert {"/portail/", "/webmail/", "/arena/", "/contacts/"} <= set(links(client))
    assert not {"/session/", "/assistance/", "/portail/maintenance/", "/arena/delegations/"} & set(links(client))
    sign_in(client, cast.head)
    assert "/arena/delegations/" in links(client)
    sign_in(client, cast.help_desk, strong=True)
    assert "/assistance/" in links(client)
    assert "/portail/maintenance/" not in links(client)
    sign_in(client, administrator(), strong=True)
    assert {"/assistance/", "/portail/maintenance/", "/retraits/", "/arena/registre/"} <= set(links(client))


def test_applications_stand_after_arena_unless_they_are_shut(client: Client, cast: Cast) -> None:
    make_application("Carnet de notes", slug="notes")
    sign_in(client, cast.teacher)
    assert links(client)["/arena/ouvrir/notes/"] == "Carnet de notes"
    assert 'lang="fr">Carnet' not in client.get("/plan/").content.decode()
    Account.objects.filter(pk=cast.teacher.pk).update(language="en")
    assert 'lang="fr">Carnet de notes' in client.get("/plan/").content.decode()
    Application.objects.update(shut_reason="Travaux.")
    assert "/arena/ouvrir/notes/" not in links(client)


def said(client: Client) -> str:
    return client.get("/plan/").content.decode().split('<div class="pagehead">')[1].split("</div>")[0]


def test_whoever_has_steps_left_or_has_left_sees_what_a_stranger_sees(client: Client, cast: Cast) -> None:
    before = links(client)
    assert "Connectez-vous pour voir le reste." in said(client)
    sign_in(client, make_account(make_person("Paul", "Nouveau"), password=None))
    assert links(client) == before
    assert "Ce que tout le monde peut ouvrir.</p>" in said(client)
    sign_in(client, cast.teacher)
    assert "Tout ce que votre compte ouvre." in said(client)
    Account.objects.filter(pk=cast.teacher.pk).update(closes_on=timezone.localdate())
    sign_in(client, cast.teacher)
    assert links(client) == before
    assert "Ce que tout le monde peut ouvrir.</p>" in said(client)
