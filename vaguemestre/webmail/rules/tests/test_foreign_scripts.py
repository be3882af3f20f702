"""Filters edited by another program (a real ManageSieve client): seen, shown, kept, and never written over unasked."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.webmail.models import Filter, Preferences
from vaguemestre.webmail.rules import rollback, sieve_script, sieve_sync
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.filters import NEW, PAGE, active, folder, make
from vaguemestre.webmail.testing.managesieve import other_program
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.django_db(transaction=True)
S = "/webmail/reglages/"
AWAY: dict[str, object] = {"reponse": "1", "debut": "2030-12-19", "fin": "2031-01-03", "texte": "Absente."}
BY_HAND = "# À moi, à la main\n"


def edit(desk: MailBrowser) -> str:
    """Somebody adds a line to our script in another program. What is there then."""
    with other_program(desk.mail) as client:
        there = client.getscript("vaguemestre")
        assert there
        assert client.putscript("vaguemestre", f"{BY_HAND}{there}")
    return active(desk)[1]


def scripts(desk: MailBrowser) -> dict[str, str]:
    with other_program(desk.mail) as client:
        one, others = client.listscripts()
        return {name: client.getscript(name) for name in {one, *others} if name}


def test_what_the_webmail_wrote_is_read_by_another_program(desk: MailBrowser) -> None:
    make(desk, "Un")
    with other_program(desk.mail) as client:
        assert client.listscripts()[0] == "vaguemestre"
        assert "# rule:[Un]" in client.getscript("vaguemestre")


def test_ours_changed_by_hand_is_not_written_over_unasked(desk: MailBrowser) -> None:
    make(desk, "Un")
    text = edit(desk)
    response = desk.post(NEW, {"quoi": ["de-contient"], "valeur": ["mairie"], "lu": "1", "nom": "Deux"})
    assert response.status_code == 409
    assert "a modifié vos filtres" in body(response)
    assert "À moi, à la main" in body(response)
    assert 'name="inclure" value="vaguemestre"' in body(response)
    assert active(desk) == ("vaguemestre", text)
    assert Filter.objects.count() == 1


def test_agreed_it_goes_aside_under_another_name(desk: MailBrowser) -> None:
    make(desk, "Un")
    text = edit(desk)
    sent: dict[str, object] = {"quoi": ["de-contient"], "valeur": ["mairie"], "lu": "1", "nom": "Deux"}
    assert desk.post(NEW, {**sent, "inclure": "vaguemestre"}).status_code == 302
    name, ours = active(desk)
    assert name == "vaguemestre"
    assert "rule:[Deux]" in ours
    assert "À moi" not in ours
    [aside] = [name for name in scripts(desk) if name != "vaguemestre"]
    assert aside.startswith("vaguemestre-20")
    assert scripts(desk)[aside].strip() == text.strip()
    page = body(desk.get(PAGE))
    assert aside in page
    assert "À moi, à la main" in page
    make(desk, "Trois")  # known again as ours


@pytest.mark.parametrize("act", ["absence/fin/", "filtre", "arrêt", "ordre"])
def test_neither_when_something_is_taken_away(desk: MailBrowser, act: str) -> None:
    make(desk, "Un")
    last = make(desk, "Deux")
    assert desk.post(f"{S}absence/", AWAY).status_code == 302
    text = edit(desk)
    url, data = {
        "absence/fin/": (f"{S}absence/fin/", {}), "filtre": (f"{PAGE}{last}/suppression/", {}),
        "arrêt": (f"{PAGE}{last}/marche/", {"sens": "arret"}), "ordre": (f"{PAGE}{last}/ordre/", {"sens": "haut"}),
    }[act]  # fmt: skip
    response = desk.post(url, dict(data))
    assert response.status_code == 409
    assert active(desk) == ("vaguemestre", text)
    page = body(response)
    assert f'action="{url}"' in page
    for name, value in data.items():
        assert f'name="{name}" value="{value}"' in page  # the same press again, with one's word
    assert desk.post(url, {**data, "inclure": "vaguemestre"}).status_code == 302
    assert "À moi" not in active(desk)[1]
    assert any("À moi" in kept for kept in scripts(desk).values())


def test_a_folder_renamed_does_not_touch_it_either(desk: MailBrowser) -> None:
    place = folder(desk, "Classe")
    number = make(desk, "Un", vers=place)
    text = edit(desk)
    Filter.objects.filter(pk=number).update(rule={**Filter.objects.get().rule, "path": "Ancien"})
    desk.get(PAGE)
    due.run(timezone.now())
    assert active(desk) == ("vaguemestre", text)


def test_another_programs_own_is_not_put_out_of_force_by_a_renamed_folder(desk: MailBrowser) -> None:
    number = make(desk, "Un", vers=folder(desk, "Classe"))
    with other_program(desk.mail) as client:
        client.putscript("roundcube", "# Le mien\nkeep;\n")
        client.setactive("roundcube")
    Filter.objects.filter(pk=number).update(rule={**Filter.objects.get().rule, "path": "Ancien"})
    desk.get(PAGE)
    due.run(timezone.now())
    assert active(desk)[0] == "roundcube"


def test_one_that_is_out_of_force_is_kept_too(desk: MailBrowser) -> None:
    make(desk, "Un")
    edit(desk)
    with other_program(desk.mail) as client:
        client.setactive("")
    make(desk, "Deux")  # nothing was in force: nothing to ask
    assert "À moi" not in active(desk)[1]
    assert any("À moi" in kept for kept in scripts(desk).values())


def test_a_script_of_that_name_that_we_never_wrote(desk: MailBrowser) -> None:
    with other_program(desk.mail) as client:
        client.putscript("vaguemestre", "# Un homonyme\nkeep;\n")
        client.setactive("vaguemestre")
    assert desk.post(f"{S}absence/", AWAY).status_code == 409
    assert active(desk)[1].startswith("# Un homonyme")
    assert desk.post(f"{S}absence/", {**AWAY, "inclure": "vaguemestre"}).status_code == 302
    assert any("Un homonyme" in kept for kept in scripts(desk).values())


def test_one_from_before_marks_were_kept_is_ours(desk: MailBrowser) -> None:
    make(desk, "Un")
    Preferences.objects.update(script_mark="")
    make(desk, "Deux")
    assert list(scripts(desk)) == ["vaguemestre"]


@pytest.mark.parametrize("tail", ["absence/", "redirection/", "filtres/"])
def test_the_pages_say_what_another_program_did(desk: MailBrowser, tail: str) -> None:
    make(desk, "Un")
    assert "autre logiciel" not in body(desk.get(S + tail)).partition("Filtres d’autres logiciels")[0]
    edit(desk)
    page = body(desk.get(S + tail))
    assert "a modifié vos filtres" in page
    assert "À moi, à la main" in page
    with other_program(desk.mail) as client:
        client.setactive("")
    assert "a arrêté les filtres" in body(desk.get(S + tail))
    with other_program(desk.mail) as client:
        client.putscript("roundcube", "# Le sien\nkeep;\n")
        client.setactive("roundcube")
    page = body(desk.get(S + tail))
    assert "courrier\u00a0: «\u00a0roundcube\u00a0»" in page
    assert "# Le sien" in page


def test_one_press_puts_ours_back_and_returns_to_the_page(desk: MailBrowser) -> None:
    make(desk, "Un")
    edit(desk)
    response = desk.post(PAGE, {"inclure": "vaguemestre", "retour": f"{S}absence/"})
    assert response["Location"] == f"{S}absence/"
    assert "a modifié" not in body(desk.get(f"{S}absence/"))
    with other_program(desk.mail) as client:
        client.setactive("")
    desk.post(PAGE, {"inclure": ""})
    assert active(desk)[0] == "vaguemestre"


def test_what_ours_includes_is_shown(desk: MailBrowser) -> None:
    with other_program(desk.mail) as client:
        client.putscript("roundcube", "# Le sien\nkeep;\n")
        client.setactive("roundcube")
    desk.post(f"{S}absence/", {**AWAY, "inclure": "roundcube"})
    page = body(desk.get(f"{S}absence/"))
    assert "passent après les vôtres" in page
    assert "# Le sien" in page


def test_when_nobody_answers_the_pages_are_there_and_say_so(desk: MailBrowser, no_scripts: Callable[[], None]) -> None:
    no_scripts()
    for tail in ("absence/", "redirection/", "filtres/"):
        response = desk.get(S + tail)
        assert response.status_code == 200
        assert "montre vos derniers choix" in body(response)


def test_the_shutdown_sets_a_changed_script_aside_too(desk: MailBrowser) -> None:
    """An attacker who knows the name: what they wrote stops, and stays as evidence."""
    make(desk, "Un")
    since = timezone.now()
    make(desk, "Du voleur", vers="corbeille")
    edit(desk)
    rollback.undo_since(desk.mail.key, since, "a0000999", timezone.now())
    due.run(timezone.now() + sieve_sync.KEPT_FOR)
    assert "voleur" not in active(desk)[1]
    assert any("À moi" in kept for name, kept in scripts(desk).items() if name != "vaguemestre")


def test_the_mark_does_not_depend_on_line_ends(desk: MailBrowser) -> None:
    assert (
        sieve_script.script_mark("a\r\nb\r\n") == sieve_script.script_mark("a\nb\n") == sieve_script.script_mark("a\nb")
    )
    make(desk, "Un")
    with other_program(desk.mail) as client:
        client.putscript("vaguemestre", client.getscript("vaguemestre"))
    make(desk, "Deux")
