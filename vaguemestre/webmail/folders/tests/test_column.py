"""The column: what is used first, how deep a folder lies, what its menu does where it stands."""

import re

from vaguemestre.mailbox.values import FolderName
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

MANAGE = "/webmail/dossiers/gestion/"


def make(desk: MailBrowser, *wanted: str) -> None:
    with desk.session() as session:
        for name in wanted:
            session.create(FolderName(name))


def test_the_bin_and_the_junk_are_emptied_from_their_menu(desk: MailBrowser) -> None:
    for role in ("trash", "junk"):
        response = desk.get(f"{MANAGE}vidage/?dossier={desk.id(role)}")
        assert response["Location"] == desk.url(role, "vidage/")
    assert desk.get(f"{MANAGE}vidage/?dossier={desk.id('inbox')}").status_code == 404


def test_the_column_has_what_is_used_first_and_shows_how_deep_a_folder_lies(desk: MailBrowser) -> None:
    make(desk, "a", "a/b", "a/b/c", "a/b/c/d", "a/b/c/d/e", "Archive/2025", "INBOX/Club")
    page = body(desk.get(desk.url()))
    main, rare, own = page.index('class="folder-list"'), page.index('class="more-folders"'), page.index("tree")
    named = re.findall(
        r'data-depth="(\d)"(?: aria-level="(\d)")?[^>]*>.*?class="folder-name cut">([^<]+)<', page, re.DOTALL
    )
    where = {name: page.index(f">{name}</span>") for _depth, _level, name in named}
    assert main < where["Réception"] < where["Club"] < where["Envoyés"] < rare
    assert rare < where["Archives"] < where["2025"] < where["Corbeille"] < own < where["a"]
    levels = [(depth, level) for depth, level, name in named if name in "abcde"]
    assert levels == [("0", ""), ("1", "2"), ("2", "3"), ("3", "4"), ("4", "5")]
    assert '<details class="more-folders" data-minor data-opens>' in page
    assert '<details class="more-folders" data-minor data-opens open>' in body(desk.get(desk.url("archive")))


def test_created_in_the_column_one_stays_where_one_is(desk: MailBrowser) -> None:
    response = desk.post(f"{MANAGE}nouveau/", {"nom": "Sorties", "retour": desk.url("sent")})
    assert response["Location"] == desk.url("sent")
    with desk.session() as session:
        assert [str(one.name) for one in session.folders() if not one.role] == ["Sorties"]
