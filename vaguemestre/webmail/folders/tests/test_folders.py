"""Folders created, renamed, moved, hidden, folded and deleted; refused in plain words; two programs at once."""

import re

import pytest
from django.test import Client

from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import FolderName
from vaguemestre.testing import imap_connection, letter
from vaguemestre.webmail.folders import lookup, retention
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

MANAGE = "/webmail/dossiers/gestion/"
POSTED = ("masquage/", "masquage/retrait/", "repli/", "annulation/")
ASKED = ("nouveau/", "changement/", "suppression/")


def everything(desk: MailBrowser) -> list[Folder]:
    with desk.session() as session:
        session.quota()  # what came with the sign-in is of then
        return session.folders()


def names(desk: MailBrowser) -> list[str]:
    return [str(folder.name) for folder in everything(desk) if not folder.role]


def key(desk: MailBrowser, name: str) -> str:
    return lookup.folder_key(next(folder for folder in everything(desk) if folder.name == name))


def make(desk: MailBrowser, *wanted: str) -> None:
    with desk.session() as session:
        for name in wanted:
            session.create(FolderName(name))


def undo(desk: MailBrowser, page: str) -> str:
    toast = page[page.index('class="toast"') :]
    word = re.search(r'action="([^"]+)".*?name="fait" value="([^"]+)"', toast, re.DOTALL)
    assert word
    return body(desk.client.post(word[1], {"fait": word[2]}, follow=True))


def change(desk: MailBrowser, name: str, to: str, inside: str = "", seen: str = "") -> str:
    data = {"dossier": key(desk, name), "nom": to, "dans": key(desk, inside) if inside else "", "vu": seen or name}
    response = desk.client.post(f"{MANAGE}changement/", data, follow=True)
    return body(response)


def in_the_column(desk: MailBrowser) -> list[str]:
    page = body(desk.get(desk.url()))
    column = page[page.index('class="folder-list"') : page.index('class="labels-part"')]
    return re.findall(r'class="folder-name cut">([^<]+)<', column)


@pytest.mark.parametrize("act", [*POSTED, *ASKED])
def test_acts_are_their_owners_only(desk: MailBrowser, neighbour: MailBrowser, act: str) -> None:
    make(desk, "À moi")
    own = key(desk, "À moi")
    data: dict[str, object] = {"dossier": own, "nom": "x", "dans": own, "vu": "À moi", "compte": "0 0"}
    assert Client().post(MANAGE + act, data).status_code == 302
    assert Client(enforce_csrf_checks=True).post(MANAGE + act, data).status_code == 403
    if act in POSTED:
        assert desk.get(MANAGE + act).status_code == 405
    expected = {"annulation/": 302, "nouveau/": 422}.get(act, 404)
    assert neighbour.post(MANAGE + act, data).status_code == expected
    assert names(desk) == ["À moi"]
    assert names(neighbour) == []


@pytest.mark.parametrize("label", ["Élèves & parents", "6e B", "🎒", "dit 'le petit'", "A.B", "é" * 60, "Inboxes"])
def test_a_folder_is_created_and_opened(desk: MailBrowser, label: str) -> None:
    response = desk.post(f"{MANAGE}nouveau/", {"nom": f" {label} ", "dans": ""})
    assert response.status_code == 302
    assert names(desk) == [label]
    assert "créé" in body(desk.get(response["Location"]))
    [made] = [folder for folder in everything(desk) if not folder.role]
    assert made.subscribed


def test_inside_another_one(desk: MailBrowser) -> None:
    make(desk, "Classe")
    page = body(desk.get(f"{MANAGE}nouveau/?dossier={key(desk, 'Classe')}"))
    assert f'<option value="{key(desk, "Classe")}" selected>Classe</option>' in page
    desk.post(f"{MANAGE}nouveau/", {"nom": "Sorties", "dans": key(desk, "Classe")})
    assert names(desk) == ["Classe", "Classe/Sorties"]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("", "Donnez un nom"),
        ("  ", "Donnez un nom"),
        ("a/b", "choisissez plus bas"),
        ("a*", "ni «"),
        (".caché", "ne commence ni"),
        ("~x", "ne commence ni"),
        ("x" * 101, "trop long"),
        ("🎒" * 60, "trop long"),
        ("a\u202eb", "signe invisible"),
        ("inbox", "réservé"),
        ("INBOX", "réservé"),
        ("Réception", "réservé"),
        ("corbeille", "réservé"),
        ("virtual", "réservé"),
        ("dbox-Mails", "réservé"),
        ("Sent", "porte déjà ce nom"),
        ("classe", "porte déjà ce nom"),
    ],
)
def test_a_name_that_cannot_be_says_why_and_keeps_what_was_typed(desk: MailBrowser, label: str, said: str) -> None:
    make(desk, "Classe")
    response = desk.post(f"{MANAGE}nouveau/", {"nom": label, "dans": ""})
    assert response.status_code == 422
    assert said in body(response)
    assert names(desk) == ["Classe"]


@pytest.mark.parametrize("role", ["trash", "junk", "drafts", "sent"])
def test_not_where_the_mail_has_its_use(desk: MailBrowser, role: str) -> None:
    response = desk.post(f"{MANAGE}nouveau/", {"nom": "Ici", "dans": desk.id(role)})
    assert response.status_code == 422
    assert "ne peut pas être rangé là" in body(response)


def test_no_deeper_than_ten(desk: MailBrowser) -> None:
    make(desk, "/".join("abcdefghi"), "x", "x/y")
    parent = key(desk, "/".join("abcdefghi"))
    assert desk.post(f"{MANAGE}nouveau/", {"nom": "j", "dans": parent}).status_code == 302
    deep = key(desk, "/".join("abcdefghij"))
    assert "dossiers l’un dans l’autre" in body(desk.post(f"{MANAGE}nouveau/", {"nom": "k", "dans": deep}))
    assert "/".join("abcdefghij") in names(desk)
    assert "dossiers l’un dans l’autre" in change(desk, "x", "x", "/".join("abcdefghi"))


def test_renamed_and_undone(desk: MailBrowser) -> None:
    make(desk, "Classe", "Classe/6e")
    page = change(desk, "Classe", "Élèves")
    assert "s’appelle maintenant «\xa0Élèves\xa0»" in page
    assert names(desk) == ["Élèves", "Élèves/6e"]
    assert "revenu à sa place" in undo(desk, page)
    assert names(desk) == ["Classe", "Classe/6e"]


@pytest.mark.parametrize("name", ["x" * 150, "~brouillon", ".cache", "E&AwE-cole"])
def test_a_name_given_by_another_program_is_renamed_filled_thrown_away_and_back_again(
    desk: MailBrowser, name: str
) -> None:
    """What we would refuse to be typed: too long, reserved, an accent apart from its letter."""
    with imap_connection(desk.mail) as other:
        if other.create(f'"{name}"')[0] != "OK":
            pytest.skip("this server refuses it as well")
    [called] = names(desk)
    assert "revenu à sa place" in undo(desk, change(desk, called, "Classe"))
    desk.post(f"{MANAGE}nouveau/", {"nom": "Sorties", "dans": key(desk, called)})
    assert names(desk) == [called, f"{called}/Sorties"]
    response = desk.client.post(f"{MANAGE}suppression/", {"dossier": key(desk, called)}, follow=True)
    assert [one.startswith("Trash/") for one in names(desk)] == [True, True]
    undo(desk, body(response))
    assert names(desk) == [called, f"{called}/Sorties"]


def test_moved_with_its_messages_and_undone(desk: MailBrowser) -> None:
    make(desk, "Classe", "Classe/6e", "Ancien")
    identity = key(desk, "Classe")
    with desk.session() as session:
        session.append(next(f.id for f in session.folders() if f.name == "Classe/6e" and f.id), b"Subject: x\r\n\r\ny")
    page = change(desk, "Classe", "Classe", "Ancien")
    assert "Dossier «\xa0Classe\xa0» déplacé" in page
    assert names(desk) == ["Ancien", "Ancien/Classe", "Ancien/Classe/6e"]
    assert key(desk, "Ancien/Classe") == identity
    assert next(f.total for f in everything(desk) if f.name == "Ancien/Classe/6e") == 1
    undo(desk, page)
    assert names(desk) == ["Ancien", "Classe", "Classe/6e"]


@pytest.mark.parametrize("inside", ["Classe", "Classe/6e", "Trash"])
def test_not_into_itself_nor_the_bin(desk: MailBrowser, inside: str) -> None:
    make(desk, "Classe", "Classe/6e")
    assert "ne peut pas être rangé là" in change(desk, "Classe", "Classe", inside)
    assert names(desk) == ["Classe", "Classe/6e"]


def test_capitals_alone_may_change(desk: MailBrowser) -> None:
    make(desk, "classe")
    change(desk, "classe", "Classe")
    assert names(desk) == ["Classe"]


def test_saving_what_it_is_changes_nothing_and_says_nothing(desk: MailBrowser) -> None:
    make(desk, "Classe")
    assert 'class="toast"' not in change(desk, "Classe", "Classe")


def test_the_column_offers_what_a_folder_grants(desk: MailBrowser) -> None:
    make(desk, "Classe", "Trash/Ancien", "Trash/Ancien/6e")
    items = re.findall(r'<li class="folder-item"([^>]*)>.*?title="([^"]+)"', body(desk.get(desk.url())), re.DOTALL)
    grants = {name: found[1] if (found := re.search('data-acts="([a-z]+)"', tag)) else "all" for tag, name in items}
    assert (grants["Réception"], grants["Envoyés"], grants["Brouillons"]) == ("inside", "aged", "none")
    assert (grants["Indésirables"], grants["Corbeille"]) == ("junk", "emptied")
    assert (grants["Classe"], grants["Ancien"], grants["6e"]) == ("all", "own", "own")


@pytest.mark.parametrize("role", ["inbox", "sent", "archive", "trash"])
def test_a_folder_that_all_programs_rely_on_says_why_it_stays(desk: MailBrowser, role: str) -> None:
    where = f"?dossier={desk.id(role)}"
    assert "garde son nom et sa place" in body(desk.get(f"{MANAGE}changement/{where}"))
    assert "ne peut pas être supprimé" in body(desk.get(f"{MANAGE}suppression/{where}"))
    subscribed = desk.folder(role).subscribed
    data: dict[str, object] = {
        "dossier": desk.id(role),
        "nom": "Autre",
        "vu": str(desk.folder(role).name),
        "compte": "0 0",
    }
    for act in ("changement/", "suppression/"):
        desk.post(MANAGE + act, data)
    assert desk.folder(role)
    response = desk.client.post(f"{MANAGE}masquage/", data, follow=True)
    assert "reste visible" in body(response)
    assert desk.folder(role).subscribed == subscribed


def test_deleted_with_all_that_is_inside_and_back_again(desk: MailBrowser) -> None:
    make(desk, "Classe", "Classe/6e")
    with desk.session() as session:
        session.append(next(f.id for f in session.folders() if f.name == "Classe/6e" and f.id), b"Subject: x\r\n\r\ny")
    question = body(desk.get(f"{MANAGE}suppression/?dossier={key(desk, 'Classe')}"))
    assert re.search(r"Il contient 1 message\s+et 1 sous-dossier\.", question)
    assert "corbeille" in question
    response = desk.client.post(f"{MANAGE}suppression/", {"dossier": key(desk, "Classe")}, follow=True)
    assert names(desk) == ["Trash/Classe", "Trash/Classe/6e"]
    undo(desk, body(response))
    assert names(desk) == ["Classe", "Classe/6e"]


def test_two_of_the_same_name_lie_in_the_bin_side_by_side(desk: MailBrowser) -> None:
    make(desk, "Classe")
    desk.post(f"{MANAGE}suppression/", {"dossier": key(desk, "Classe")})
    make(desk, "Classe")
    desk.post(f"{MANAGE}suppression/", {"dossier": key(desk, "Classe")})
    assert names(desk) == ["Trash/Classe", "Trash/Classe 2"]


def test_from_the_bin_it_is_what_was_shown(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    make(desk, "Trash/Classe", "Trash/Classe/6e")
    where = key(desk, "Trash/Classe")
    question = body(desk.get(f"{MANAGE}suppression/?dossier={where}"))
    assert "Supprimer définitivement" not in question  # it can be brought back for some days
    with monkeypatch.context() as patch:
        patch.setattr(retention, "recover_days", lambda: 0)
        assert "Supprimer définitivement" in body(desk.get(f"{MANAGE}suppression/?dossier={where}"))
    stale = desk.post(f"{MANAGE}suppression/", {"dossier": where, "compte": "5 1"})
    assert stale.status_code == 422
    assert "a changé entre-temps" in body(stale)
    done = desk.post(f"{MANAGE}suppression/", {"dossier": where, "compte": "0 1"})
    assert "Dossier «\xa0Classe\xa0» supprimé<" in body(desk.get(done["Location"]))
    assert names(desk) == []


def test_emptying_the_bin_takes_its_folders(desk: MailBrowser) -> None:
    make(desk, "Trash/Classe", "Trash/Classe/6e", "Garde")
    desk.put(letter(desk.mail.address), "trash")
    question = body(desk.get(desk.url("trash", "vidage/")))
    assert "1 message" in question
    assert "Les 2 dossiers" in question
    desk.empty()
    assert names(desk) == ["Garde"]
    assert desk.uids("trash") == []


def test_renamed_meanwhile_in_another_program(desk: MailBrowser) -> None:
    make(desk, "Classe")
    desk.get(f"{MANAGE}changement/?dossier={key(desk, 'Classe')}")
    imap_connection(desk.mail).rename("Classe", "Ailleurs")
    page = change(desk, "Ailleurs", "Élèves", seen="Classe")
    assert "renommé ou déplacé entre-temps" in page
    assert 'value="Ailleurs"' in page
    assert names(desk) == ["Ailleurs"]


def test_deleted_meanwhile_in_another_program(desk: MailBrowser) -> None:
    make(desk, "Classe")
    where = key(desk, "Classe")
    imap_connection(desk.mail).delete("Classe")
    for act in ("changement/", "suppression/", "masquage/"):
        assert desk.post(MANAGE + act, {"dossier": where, "nom": "x", "vu": "Classe"}).status_code == 404


def test_undone_too_late(desk: MailBrowser) -> None:
    make(desk, "Classe")
    page = change(desk, "Classe", "Élèves")
    imap_connection(desk.mail).rename("&AMk-l&AOg-ves", "Autre")
    assert "trop tard" in undo(desk, page)
    assert names(desk) == ["Autre"]


def test_hidden_here_is_unsubscribed_everywhere_and_comes_back(desk: MailBrowser) -> None:
    make(desk, "Classe", "Classe/6e")
    response = desk.client.post(f"{MANAGE}masquage/", {"dossier": key(desk, "Classe")}, follow=True)
    assert "masqué" in body(response)
    assert "Classe" not in in_the_column(desk)
    assert not any(folder.subscribed for folder in everything(desk) if not folder.role)
    assert "Gérer les dossiers (2 masqués)" in body(desk.get(desk.url()))
    assert f'value="{key(desk, "Classe")}" formaction="{MANAGE}masquage/retrait/"' in body(desk.get(MANAGE))
    desk.post(f"{MANAGE}masquage/retrait/", {"dossier": key(desk, "Classe")})
    assert in_the_column(desk)[-2:] == ["Classe", "6e"]
    assert all(folder.subscribed for folder in everything(desk) if not folder.role)


def test_a_hidden_folder_that_another_program_subscribes_to_is_back(desk: MailBrowser) -> None:
    make(desk, "Classe")
    desk.post(f"{MANAGE}masquage/", {"dossier": key(desk, "Classe")})
    imap_connection(desk.mail).subscribe("Classe")
    assert "Classe" in in_the_column(desk)


def test_unread_mail_in_a_hidden_folder_is_not_kept_quiet(desk: MailBrowser) -> None:
    make(desk, "Classe")
    desk.post(f"{MANAGE}masquage/", {"dossier": key(desk, "Classe")})
    with desk.session() as session:
        session.append(next(f.id for f in session.folders() if f.name == "Classe" and f.id), b"Subject: x\r\n\r\ny")
    assert "non lus dans des dossiers masqués" in body(desk.get(desk.url()))


def test_folded_children_lend_their_unread_to_the_parent(desk: MailBrowser) -> None:
    make(desk, "Classe", "Classe/6e", "Classe/5e")
    with desk.session() as session:
        for folder in session.folders():
            if folder.id and folder.name in {"Classe/6e", "Classe/5e"}:
                session.append(folder.id, b"Subject: x\r\n\r\ny")
    assert in_the_column(desk)[-3:] == ["Classe", "5e", "6e"]
    response = desk.post(f"{MANAGE}repli/", {"dossier": key(desk, "Classe"), "retour": desk.url()})
    assert response["Location"] == desk.url()
    assert in_the_column(desk)[-1] == "Classe"
    page = body(desk.get(desk.url()))
    assert re.search(r'>Classe</span><span\s+class="count count-new">2<', page)
    assert 'aria-expanded="false" aria-label="Sous-dossiers du dossier Classe"' in page
    desk.post(f"{MANAGE}repli/", {"dossier": key(desk, "Classe")})
    assert in_the_column(desk)[-3:] == ["Classe", "5e", "6e"]


def test_a_mere_parent_is_renamed_folded_and_deleted_too(desk: MailBrowser) -> None:
    imap_connection(desk.mail).create("Parent/Enfant")
    assert in_the_column(desk)[-2:] == ["Parent", "Enfant"]
    desk.post(f"{MANAGE}repli/", {"dossier": key(desk, "Parent")})
    assert in_the_column(desk)[-1] == "Parent"
    change(desk, "Parent", "Autre")
    assert names(desk) == ["Autre", "Autre/Enfant"]
    response = desk.client.post(f"{MANAGE}suppression/", {"dossier": key(desk, "Autre")}, follow=True)
    assert names(desk) == ["Trash/Autre", "Trash/Autre/Enfant"]
    undo(desk, body(response))
    assert names(desk) == ["Autre", "Autre/Enfant"]


def test_from_the_page_of_folders_one_comes_back_to_it(desk: MailBrowser) -> None:
    make(desk, "Classe")
    page = body(desk.get(f"{MANAGE}changement/?dossier={key(desk, 'Classe')}&retour={MANAGE}"))
    assert f'name="retour" value="{MANAGE}"' in page
    evil = body(desk.get(f"{MANAGE}changement/?dossier={key(desk, 'Classe')}&retour=https://evil.example/"))
    assert "evil.example" not in evil


def test_the_page_of_folders_shows_them_all(desk: MailBrowser) -> None:
    make(desk, "<b>Classe")
    page = body(desk.get(MANAGE))
    assert "&lt;b&gt;Classe<" in page
    assert page.count("Supprimer") == 1, "the six of all programs stay"


def test_a_dead_mailbox_says_so(desk: MailBrowser, no_dovecot: object) -> None:
    assert callable(no_dovecot)
    no_dovecot()
    assert desk.get(MANAGE).status_code == 503
    assert desk.post(f"{MANAGE}nouveau/", {"nom": "x", "dans": ""}).status_code == 503


def test_out_of_the_junk_and_back(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, subject="Le devis"), "junk")
    assert "Ce n’est pas un indésirable" in body(desk.get(desk.url("junk")))
    response = desk.client.post(desk.url("junk", "indesirables/retrait/"), {"choix": [uid]}, follow=True)
    assert "remis dans la réception" in body(response)
    assert len(desk.uids()) == 1
    undo(desk, body(response))
    assert desk.uids() == []
    assert len(desk.uids("junk")) == 1
