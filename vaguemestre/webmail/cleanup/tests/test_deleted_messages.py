"""Deleted messages brought back: seen by day and by words, put where one finds them, or gone for good at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.engine import retention
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.values import FolderName
from vaguemestre.testing import imap_connection, letter
from vaguemestre.webmail.actions import bulk_actions, progress
from vaguemestre.webmail.folders import retention as folder_retention
from vaguemestre.webmail.models import BulkAct
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

PLACE = "/webmail/recuperation/"


def lose(desk: MailBrowser, *subjects: str, sender: str = "Anne Auteur <anne@librairie.example>") -> None:
    """Put in the bin, and the bin emptied."""
    for subject in subjects:
        desk.put(letter(desk.mail.address, subject=subject, sender=sender), "trash")
    assert desk.empty().status_code == 302


def shown(desk: MailBrowser, query: str = "") -> list[str]:
    page = body(desk.get(PLACE + query))
    return re.findall(r'name="choix" value="\d+"\s+aria-label="Choisir « ([^»]*) »"', page.replace("\xa0", " "))


def values(desk: MailBrowser, query: str = "") -> list[str]:
    return re.findall(r'name="choix" value="(\d+)"', body(desk.get(PLACE + query)))


def back(desk: MailBrowser) -> Folder:
    with desk.session() as session:
        [found] = [one for one in session.folders() if one.name == FolderName("Récupérés")]
    return found


def undo_word(page: str) -> str:
    found = re.search(r'name="fait" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_what_was_in_the_bin_is_listed_the_last_first(desk: MailBrowser) -> None:
    assert "rien" in body(desk.get(PLACE)).lower()
    lose(desk, "Voyage", "Réunion")
    page = body(desk.get(PLACE))
    assert shown(desk) == ["Réunion", "Voyage"]
    assert "aujourd" in page
    assert "14 jours" in page


def said(desk: MailBrowser, act: BulkAct) -> str:
    board = progress.progress_board(Account.objects.get(pk=desk.mail.key), timezone.now())
    return next(one.said for one in board.notices if one.key == act.key).replace("\xa0", " ")


def test_found_by_words_of_sender_and_subject(desk: MailBrowser) -> None:
    lose(desk, "Réunion de rentrée", "Voyage")
    lose(desk, "Facture", sender="Marc Élan <marc@ailleurs.example>")
    assert shown(desk, "?q=REUNION") == ["Réunion de rentrée"]
    assert shown(desk, "?q=elan") == ["Facture"]
    assert shown(desk, "?q=reunion+voyage") == []
    assert "Voir tous les messages supprimés" in body(desk.get(PLACE + "?q=absent"))


def test_brought_back_into_a_folder_and_taken_back_by_one_press(desk: MailBrowser) -> None:
    lose(desk, "Voyage", "Réunion")
    response = desk.post(PLACE + "retour/", {"choix": values(desk, "?q=voyage")})
    page, folder = body(desk.get(response.headers["Location"])), back(desk)
    assert response.headers["Location"] == f"/webmail/dossiers/{folder.id}/"
    assert "1 message récupéré" in page
    assert (folder.total, folder.subscribed, shown(desk)) == (1, True, ["Réunion"])
    desk.post(PLACE + "annulation/", {"fait": undo_word(page)})
    assert (back(desk).total, shown(desk)) == (0, ["Voyage", "Réunion"])


def test_nobody_undoes_what_another_did(desk: MailBrowser, neighbour: MailBrowser) -> None:
    lose(desk, "Voyage")
    response = desk.post(PLACE + "retour/", {"choix": values(desk)})
    word = undo_word(body(desk.get(response.headers["Location"])))
    for forged in (word, "x" + word, ""):
        assert neighbour.post(PLACE + "annulation/", {"fait": forged}).status_code == 302
    assert back(desk).total == 1


def test_nobody_sees_what_another_lost(desk: MailBrowser, neighbour: MailBrowser) -> None:
    lose(desk, "Voyage")
    assert shown(neighbour) == []
    assert neighbour.post(PLACE + "retour/", {"choix": values(desk)}).status_code != 500
    assert shown(desk) == ["Voyage"]


def test_all_that_the_words_name_and_nothing_deleted_since(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.cleanup.deleted_messages.PAGE", 2)
    lose(desk, "Voyage 1", "Voyage 2", "Voyage 3", "Réunion")
    page = body(desk.get(PLACE + "?q=voyage"))
    assert "Choisir les 3 messages trouvés" in page.replace("\xa0", " ")
    bound = re.search(r'name="tout" value="(\d+)"', page)
    assert bound
    assert shown(desk, "?q=voyage&page=2") == ["Voyage 1"]
    lose(desk, "Voyage 4")
    desk.post(PLACE + "retour/", {"tout": bound[1], "q": "voyage"})
    assert (back(desk).total, shown(desk)) == (3, ["Voyage 4", "Réunion"])


def test_thousands_in_the_background_and_back_again(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_actions, "IMMEDIATE", 1)
    monkeypatch.setattr(bulk_actions, "FIRST", 1)
    monkeypatch.setattr(bulk_actions, "AT_ONCE", 0.0)
    lose(desk, "Un", "Deux", "Trois")
    act = BulkAct.objects.get()
    assert said(desk, act).startswith("Suppression :")
    while bulk_actions.go_on(act.key, timezone.now()):
        continue
    assert said(desk, act) == "3 messages supprimés"
    assert len(shown(desk)) == 3, "a bin that is emptied in the background is laid aside as well"
    BulkAct.objects.all().delete()
    desk.post(PLACE + "retour/", {"choix": values(desk)})
    act = BulkAct.objects.get()
    assert (act.state, act.done) == (BulkAct.State.RUNNING, 1)
    while bulk_actions.go_on(act.key, timezone.now()):
        continue
    assert (back(desk).total, shown(desk)) == (3, [])
    act.refresh_from_db()
    with monkeypatch.context() as patch:
        patch.setattr(folder_retention, "recover_days", lambda: 0)
        assert bulk_actions.undo(act, timezone.now()) is None, "deleted again they would be gone"
    undone = bulk_actions.undo(act, timezone.now())
    assert undone
    assert said(desk, undone).startswith("Nouvelle suppression :")
    while bulk_actions.go_on(undone.key, timezone.now()):
        continue
    assert said(desk, undone) == "3 messages de nouveau supprimés"
    assert (back(desk).total, len(shown(desk))) == (0, 3)


def test_deleted_for_good_at_once_after_a_question(desk: MailBrowser) -> None:
    lose(desk, "Secret", "Voyage")
    [secret] = values(desk, "?q=secret")
    page = body(desk.post(PLACE + "suppression/", {"choix": [secret]}))
    assert "Supprimer définitivement" in page.replace("\xa0", " ")
    assert shown(desk) == ["Voyage", "Secret"]
    desk.post(PLACE + "suppression/", {"choix": [secret], "definitif": "1"})
    assert shown(desk) == ["Voyage"]


def test_nothing_chosen_is_said(desk: MailBrowser) -> None:
    lose(desk, "Voyage")
    for verb in ("retour/", "suppression/"):
        desk.post(PLACE + verb)
        assert "Choisissez d’abord" in body(desk.get(PLACE))
    assert shown(desk) == ["Voyage"]


def test_a_folder_deleted_from_the_bin_with_all_it_holds(desk: MailBrowser) -> None:
    with desk.session() as session:
        thrown = session.create(FolderName("Trash/Projet"))
        assert thrown.id
        session.append(thrown.id, b"Subject: Plan\r\n\r\nPlan\r\n", (), timezone.now())
    desk.post("/webmail/dossiers/gestion/suppression/", {"dossier": thrown.id, "compte": "1 0"})
    assert shown(desk) == ["Plan"]


def test_what_the_webmail_replaces_is_not_there(desk: MailBrowser) -> None:
    """A draft kept three times, then thrown away."""
    key = "0" * 31 + "1"
    for text in ("Un.", "Un deux.", "Un deux trois."):
        assert desk.write(key, "", texte=text, objet="Brouillon", fermer="1").status_code < 400
    desk.post(f"/webmail/ecrire/{key}/abandon/")
    desk.empty()
    assert len(shown(desk)) <= 1, "what was thrown away once, not each of its states"


def test_its_words_where_one_empties_and_deletes(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), "trash")
    promise = folder_retention.recovery_text()
    assert "14" in promise
    for page in (
        body(desk.get(desk.url("trash", "vidage/"))),
        body(desk.post(desk.url("trash", "suppression/"), {"choix": [uid]})),
    ):
        assert "Pendant 14 jours encore" in page.replace("\xa0", " ")
    desk.put(letter(desk.mail.address), "junk")
    assert "Pendant 14 jours" not in body(desk.get(desk.url("junk", "vidage/"))).replace("\xa0", " ")


def test_where_it_is_found(desk: MailBrowser) -> None:
    for url in (desk.url("trash"), "/webmail/reglages/place/", "/webmail/reglages/?q=recuperer"):
        assert PLACE in body(desk.get(url)), url
    desk.put(letter(desk.mail.address), "trash")
    assert PLACE in body(desk.get(desk.url("trash")))
    assert PLACE not in body(desk.get(desk.url()))


def test_an_authority_that_keeps_nothing(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_retention, "recover_days", lambda: 0)
    desk.put(letter(desk.mail.address), "trash")
    assert desk.get(PLACE).status_code == 404
    assert PLACE not in body(desk.get(desk.url("trash")))
    assert "Personne ne pourra" in body(desk.get(desk.url("trash", "vidage/")))


def test_after_its_days_nothing_is_left(desk: MailBrowser) -> None:
    lose(desk, "Voyage")
    retention.sweep(desk.mail.key, timezone.now() + timedelta(days=academy().mail.recover_days + 1))
    assert shown(desk) == []


def test_what_another_program_deleted_while_one_looks(desk: MailBrowser) -> None:
    lose(desk, "Voyage", "Réunion")
    chosen = values(desk)
    program = imap_connection(desk.mail)
    program.select("Recoverable/Messages")
    program.store("1", "+FLAGS", r"(\Deleted)")
    program.expunge()
    response = desk.post(PLACE + "retour/", {"choix": chosen})
    assert back(desk).total == 1
    assert "n’était plus là" in body(desk.get(response.headers["Location"]))


def test_a_mailbox_that_does_not_answer(desk: MailBrowser, no_dovecot: object) -> None:
    assert callable(no_dovecot)
    no_dovecot()
    assert desk.get(PLACE).status_code == 503


@pytest.mark.parametrize("wrong", [{"tout": "x"}, {"choix": ["0"]}, {"choix": ["a.b"]}])
def test_a_wrong_number_is_a_wrong_address(desk: MailBrowser, wrong: dict[str, object]) -> None:
    lose(desk, "Voyage")
    assert desk.post(PLACE + "retour/", wrong).status_code == 404


def test_a_page_costs_two_trips(desk: MailBrowser, trips: list[int]) -> None:
    lose(desk, "Voyage")
    desk.get(PLACE)
    trips.clear()
    desk.get(PLACE)
    assert trips == [2]
