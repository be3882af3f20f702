"""The pages of the filters: made, changed, put in order, taken away and back; and what another program has there."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.mailbox.sieve.managesieve import ScriptName
from vaguemestre.mailbox.values import SEEN, FolderName
from vaguemestre.testing import letter
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.models import BulkAct, Filter
from vaguemestre.webmail.rules import rollback
from vaguemestre.webmail.rules.filters import store
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.filters import BASE, NEW, PAGE, active, folder, make
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.django_db(transaction=True)


def names(desk: MailBrowser) -> list[str]:
    """As the page shows them."""
    return re.findall(
        r'class="settings-line" href="[^"]*filtres/\d+/"><span><b>([^<(]+?)(?: <span|</b>)', body(desk.get(PAGE))
    )


def test_none_yet_says_where_they_begin(desk: MailBrowser) -> None:
    page = body(desk.get(PAGE))
    assert "Aucun filtre" in page
    assert NEW in page


def test_made_read_in_words_and_at_work(desk: MailBrowser) -> None:
    place = folder(desk, "Classe")
    desk.post(NEW, {**BASE, "valeur": ["librairie", "devis"], "vers": place, "etiquette": ["$label2"], "suite": "1"})
    page = body(desk.get(PAGE))
    assert "l’expéditeur contient «\u00a0librairie\u00a0» et l’objet contient «\u00a0devis\u00a0»" in page
    assert "ranger dans «\u00a0Classe\u00a0»" in page
    assert "étiqueter «\u00a0Travail\u00a0»" in page
    name, text = active(desk)
    assert name == "vaguemestre"
    assert "# rule:[" in text
    assert 'fileinto "Classe";' in text
    assert "stop;" not in text
    assert Entry.objects.filter(act="filter.saved", subject=desk.mail.key).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valeur": ["", ""]}, "au moins une condition"),
        ({"valeur": ["\0 \x07", ""]}, "au moins une condition"),
        ({"lu": None}, "au moins une action"),
        ({"quoi": ["de-plus", "x"]}, "ce que regarde chaque condition"),
        ({"quoi": ["taille-plus", "x"], "valeur": ["beaucoup", ""]}, "une taille"),
        ({"quoi": ["taille-plus", "x"], "valeur": ["0", ""]}, "une taille"),
        ({"valeur": ["x" * 251, ""]}, "250 caractères au plus"),
        ({"vers": "0" * 32}, "n’est plus là"),
    ],
)
def test_what_is_not_clear_is_said_and_what_was_typed_stays(
    desk: MailBrowser, change: dict[str, object], said: str
) -> None:
    sent = {name: value for name, value in {**BASE, "nom": "Mon filtre", **change}.items() if value is not None}
    response = desk.post(NEW, sent)
    assert response.status_code == 422
    assert said in body(response)
    assert 'value="Mon filtre"' in body(response)
    assert not Filter.objects.exists()
    assert active(desk) == ("", "")


def test_a_size_as_people_write_it(desk: MailBrowser) -> None:
    for typed, written in (("500", "500K"), ("2 Mo", "2048K"), ("1,5 mo", "1536K")):
        make(desk, typed, quoi=["taille-plus"], valeur=[typed])
        assert f"size :over {written}" in active(desk)[1]


def test_one_more_line_and_nothing_is_saved(desk: MailBrowser) -> None:
    first = body(desk.get(NEW))
    assert first.count('name="quoi"') == 1
    assert 'name="accord"' not in first, "nothing to choose between"
    page = body(desk.post(NEW, {**BASE, "valeur": ["un", "deux"], "ligne": "1"}))
    assert page.count('name="quoi"') == 3
    assert 'name="accord"' in page
    assert 'value="deux"' in page
    assert not Filter.objects.exists()


def test_changed_and_named_anew(desk: MailBrowser) -> None:
    number = make(desk, "Avant")
    assert 'value="librairie"' in body(desk.get(f"{PAGE}{number}/"))
    desk.post(f"{PAGE}{number}/", {**BASE, "nom": "Après", "valeur": ["mairie", ""]})
    assert names(desk) == ["Après"]
    assert "mairie" in active(desk)[1]
    assert "librairie" not in active(desk)[1]


def test_deleted_in_another_tab_it_is_made_anew_rather_than_lost(desk: MailBrowser) -> None:
    number = make(desk, "Un")
    make(desk, "Deux")
    Filter.objects.filter(pk=number).delete()
    assert desk.post(f"{PAGE}{number}/", {**BASE, "nom": "Un"}).status_code == 404
    assert names(desk) == ["Deux"]


def test_in_their_order(desk: MailBrowser) -> None:
    first = make(desk, "Un")
    make(desk, "Deux")
    last = make(desk, "Trois")
    desk.post(f"{PAGE}{last}/ordre/", {"sens": "haut"})
    assert names(desk) == ["Un", "Trois", "Deux"]
    desk.post(f"{PAGE}{first}/ordre/", {"sens": "haut"})
    desk.post(f"{PAGE}{first}/ordre/", {"sens": "bas"})
    assert names(desk) == ["Trois", "Un", "Deux"]
    text = active(desk)[1]
    assert text.index("rule:[Trois]") < text.index("rule:[Un]") < text.index("rule:[Deux]")


def test_let_fall_at_a_place(desk: MailBrowser) -> None:
    first = make(desk, "Un")
    make(desk, "Deux")
    last = make(desk, "Trois")
    desk.post(f"{PAGE}{first}/ordre/", {"place": "2"})
    assert names(desk) == ["Deux", "Trois", "Un"]
    desk.post(f"{PAGE}{last}/ordre/", {"place": "0"})
    assert names(desk) == ["Trois", "Deux", "Un"]
    text = active(desk)[1]
    assert text.index("rule:[Trois]") < text.index("rule:[Deux]") < text.index("rule:[Un]")
    desk.post(f"{PAGE}{last}/ordre/", {"place": "9" * 3})
    assert names(desk)[-1] == "Trois"
    desk.post(f"{PAGE}{last}/ordre/", {"place": "9" * 30, "sens": "haut"})  # no place: the button speaks
    assert names(desk) == ["Deux", "Trois", "Un"]


def test_a_label_is_asked_for_by_its_name(desk: MailBrowser) -> None:
    number = make(desk, "Un", quoi=["etiquette-porte"], valeur=["travail"])
    assert 'hasflag :is "$label2"' in active(desk)[1]
    assert 'value="Travail"' in body(desk.get(f"{PAGE}{number}/"))
    assert "le message porte l’étiquette «\u00a0Travail\u00a0»" in body(desk.get(PAGE))
    response = desk.post(NEW, {**BASE, "quoi": ["etiquette-porte"], "valeur": ["inconnue"]})
    assert response.status_code == 422
    assert "pas d’étiquette de ce nom" in body(response)


def test_stopped_and_started_again(desk: MailBrowser) -> None:
    number = make(desk, "Un")
    desk.post(f"{PAGE}{number}/marche/", {"sens": "arret"})
    assert active(desk) == ("", "")
    assert "(arrêté)" in body(desk.get(PAGE))
    desk.post(f"{PAGE}{number}/marche/", {"sens": "marche"})
    assert "rule:[Un]" in active(desk)[1]


def test_changing_one_that_is_stopped_does_not_start_it(desk: MailBrowser) -> None:
    number = make(desk, "Un")
    desk.post(f"{PAGE}{number}/marche/", {"sens": "arret"})
    page = body(desk.get(f"{PAGE}{number}/"))
    assert 'name="arret" value="1"' in page
    desk.post(f"{PAGE}{number}/", {**BASE, "nom": "Un bis", "arret": "1"})
    assert active(desk) == ("", "")


def test_deleted_and_back_in_its_place(desk: MailBrowser, neighbour: MailBrowser) -> None:
    first = make(desk, "Un")
    make(desk, "Deux")
    desk.post(f"{PAGE}{first}/suppression/")
    word = re.search(r'name="fait" value="([^"]+)"', body(desk.get(PAGE)))
    assert word
    assert names(desk) == ["Deux"]
    assert "rule:[Un]" not in active(desk)[1]
    neighbour.post(f"{PAGE}retour/", {"fait": word[1]})
    assert names(neighbour) == []
    desk.post(f"{PAGE}retour/", {"fait": word[1]})
    assert names(desk) == ["Un", "Deux"]
    assert "rule:[Un]" in active(desk)[1]


@pytest.mark.parametrize("tail", ["", "marche/", "application/"])
def test_somebody_elses_is_not_there(desk: MailBrowser, neighbour: MailBrowser, tail: str) -> None:
    number = make(desk, "Un")
    assert neighbour.post(f"{PAGE}{number}/{tail}", {**BASE, "nom": "Volé"}).status_code == 404
    assert names(desk) == ["Un"]
    neighbour.post(f"{PAGE}{number}/suppression/")
    neighbour.post(f"{PAGE}{number}/ordre/", {"sens": "haut"})
    assert names(desk) == ["Un"]


def test_a_preview_moves_nothing(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Commande <b>reçue</b>"))
    desk.put(letter(desk.mail.address, sender="Zoé <zoe@ac-amiens.fr>"))
    page = body(desk.post(NEW, {**BASE, "apercu": "1", "lu": ""}))
    assert "1 message de la réception" in page
    assert "Commande &lt;b&gt;reçue&lt;/b&gt;" in page
    assert len(desk.uids()) == 2
    assert not Filter.objects.exists()
    assert "Aucun message de la réception" in body(desk.post(NEW, {**BASE, "valeur": ["personne", ""], "apercu": "1"}))


def test_applied_to_what_is_there_and_taken_back(desk: MailBrowser) -> None:
    place = folder(desk, "Classe")
    wanted, other = desk.put(letter(desk.mail.address)), desk.put(letter(desk.mail.address, sender="Zoé <z@b.example>"))
    number = make(desk, "Un", vers=place)
    response = desk.post(f"{PAGE}{number}/application/")
    assert desk.uids() == [other]
    page = body(desk.get(response["Location"]))
    assert "Filtre appliqué à 1 message" in page
    word = re.search(r'name="fait" value="([^"]+)"', page)
    assert word
    desk.post("/webmail/annulation/", {"fait": word[1]})
    assert len(desk.uids()) == 2
    assert wanted


def test_applied_to_hundreds_it_goes_on_in_the_background(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.actions.bulk_actions.IMMEDIATE", 2)
    for number in range(4):
        desk.put(letter(desk.mail.address, subject=f"n° {number}"))
    number = make(desk, "Un", vers=folder(desk, "Classe"))
    desk.post(f"{PAGE}{number}/application/")
    act = BulkAct.objects.get()
    assert (act.verb, act.total, act.state) == ("move", 4, "done")
    assert desk.uids() == []


def test_none_of_them_is_said(desk: MailBrowser) -> None:
    response = desk.post(f"{PAGE}{make(desk, 'Un')}/application/")
    assert "Aucun message de la réception" in body(desk.get(response["Location"]))


def test_like_a_message(desk: MailBrowser, neighbour: MailBrowser) -> None:
    plain = desk.put(letter(desk.mail.address))
    listed = desk.put(letter(desk.mail.address, List_Id="Collègues <svt.ac-amiens.fr>"))
    page = body(desk.get(f"{desk.url()}{plain}/filtre/"))
    assert 'value="de-est" selected' in page
    assert 'value="anne@librairie.example"' in page
    page = body(desk.get(f"{desk.url()}{listed}/filtre/"))
    assert 'value="liste-contient" selected' in page
    assert 'value="svt.ac-amiens.fr"' in page
    assert neighbour.get(f"{desk.url()}{plain}/filtre/").status_code == 404
    assert SEEN not in desk.flags(plain)
    assert f"{desk.url()}{plain}/filtre/" in body(desk.get(f"{desk.url()}{plain}/"))


def test_a_folder_renamed_elsewhere_is_still_where_they_file(desk: MailBrowser) -> None:
    place = folder(desk, "Classe")
    make(desk, "Un", vers=place)
    with desk.session() as session:
        session.rename(
            next(one.id for one in session.folders() if one.id == place) or FolderName("x"), FolderName("Sixième")
        )
    assert "ranger dans «\u00a0Sixième\u00a0»" in body(desk.get(PAGE))
    due.run(timezone.now())
    assert 'fileinto "Sixième";' in active(desk)[1]


def test_a_folder_that_is_gone_is_said(desk: MailBrowser) -> None:
    place = folder(desk, "Classe")
    number = make(desk, "Un", vers=place)
    with desk.session() as session:
        session.remove_tree(FolderName("Classe"))
    assert "un dossier qui n’existe plus" in body(desk.get(PAGE))
    response = desk.post(f"{PAGE}{number}/application/")
    assert "n’existe plus" in body(desk.get(response["Location"]))


def test_another_programs_script_is_shown_and_goes_on_beside_ours(desk: MailBrowser) -> None:
    with open_scripts(desk.mail.key) as server:
        server.put(ScriptName("thunderbird"), "# À moi\nkeep;\n")
        server.activate("thunderbird")
    response = desk.post(NEW, {**BASE, "nom": "Un"})
    assert response.status_code == 409
    assert "À moi" in body(response)
    assert not Filter.objects.exists()
    assert active(desk)[0] == "thunderbird"
    assert desk.post(NEW, {**BASE, "nom": "Un", "inclure": "thunderbird"}).status_code == 302
    name, text = active(desk)
    assert name == "vaguemestre"
    assert 'include :personal :optional "thunderbird";' in text


def test_a_script_put_in_force_since_is_kept_by_one_press(desk: MailBrowser) -> None:
    make(desk, "Un")
    last = make(desk, "Deux")
    with open_scripts(desk.mail.key) as server:
        server.put(ScriptName("thunderbird"), "# À moi\nkeep;\n")
        server.activate("thunderbird")
    response = desk.post(f"{PAGE}{last}/ordre/", {"sens": "haut"})
    assert response.status_code == 409
    assert 'name="inclure" value="thunderbird"' in body(response)
    assert names(desk) == ["Un", "Deux"]
    desk.post(PAGE, {"inclure": "thunderbird"})
    assert 'include :personal :optional "thunderbird";' in active(desk)[1]


def test_a_dead_server_changes_nothing_and_keeps_what_was_typed(
    desk: MailBrowser, no_scripts: Callable[[], None]
) -> None:
    no_scripts()
    response = desk.post(NEW, {**BASE, "nom": "Mon filtre"})
    assert response.status_code == 503
    assert 'value="Mon filtre"' in body(response)
    assert not Filter.objects.exists()


def test_no_more_than_anybody_reads(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.rules.filters.edits.RULES", 1)
    make(desk, "Un")
    response = desk.post(NEW, {**BASE, "nom": "Deux"})
    assert response.status_code == 422
    assert names(desk) == ["Un"]


def test_a_thiefs_filters_stop_and_ones_own_come_back(desk: MailBrowser) -> None:
    own = make(desk, "À moi")
    since = timezone.now()
    make(desk, "Du voleur", vers="corbeille")
    desk.post(f"{PAGE}{own}/suppression/")
    said = rollback.undo_since(desk.mail.key, since, "a0000999", timezone.now())
    assert any("Filtres" in sentence for sentence in said)
    due.run(timezone.now() + timedelta(minutes=2))
    text = active(desk)[1]
    assert "rule:[À moi]" in text
    assert "voleur" not in text
    assert {kept.rule.name: kept.rule.on for kept in store.load_filters(desk.mail.key)} == {
        "À moi": True,
        "Du voleur": False,
    }


def test_what_the_list_costs(
    desk: MailBrowser, trips: list[int], django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(6):
        make(desk, f"n° {number}")
    desk.get(PAGE)
    trips.clear()
    desk.get(PAGE)
    assert trips == [1]
