"""The settings: what each page keeps, refuses and says."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.academy.facts import Redirections, academy
from vaguemestre.accounts.models import Account, Code, Notice
from vaguemestre.audit.models import Entry
from vaguemestre.engine import projection
from vaguemestre.mailbox.sieve.managesieve import ScriptName
from vaguemestre.testing import letter, make_mail_account
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.models import FormerScript, Preferences, Redirection
from vaguemestre.webmail.rules import sieve_script
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.settings_views import code_for

S = "/webmail/reglages/"
PAGES = ("", "etat/", "signature/", "absence/", "accuses/", "redirection/")
DATES: dict[str, object] = {"reponse": "1", "debut": "2030-12-19", "fin": "2031-01-03", "texte": "Absente."}


def active(desk: MailBrowser) -> tuple[str, str]:
    with open_scripts(desk.mail.key) as server:
        name = next((found.name for found in server.scripts() if found.active), "")
        return name, server.get(name) if name else ""


def foreign(desk: MailBrowser, text: str) -> None:
    with open_scripts(desk.mail.key) as server:
        server.put(ScriptName("thunderbird"), text)
        server.activate("thunderbird")


def redirect(desk: MailBrowser, target: str, *, keep: str = "1") -> None:
    assert desk.post(f"{S}redirection/", {"adresse": target, "copie": keep}).status_code == 302
    response = desk.post(f"{S}redirection/code/", {"code": code_for(desk), "copie": keep})
    assert response.status_code == 302, body(response)


@pytest.mark.parametrize("tail", PAGES)
def test_every_page_is_shown_to_its_owner_only(desk: MailBrowser, tail: str) -> None:
    assert desk.get(S + tail).status_code == 200
    assert Client().get(S + tail).status_code == 302


@pytest.mark.parametrize("tail", ["signature/reprise/", "absence/fin/", "redirection/retrait/"])
def test_acts_are_posts_with_their_word(desk: MailBrowser, tail: str) -> None:
    assert desk.get(S + tail).status_code == 405
    assert Client(enforce_csrf_checks=True).post(S + tail).status_code == 403


def test_the_signature_is_that_of_the_posts_until_it_is_changed(desk: MailBrowser) -> None:
    assert "Mathilde Lefèvre\nProfesseure certifiée\nCollège des Tilleuls, Amiens" in body(desk.get(f"{S}signature/"))
    desk.post(f"{S}signature/", {"texte": "-- \nMathilde\nSalle 12 \n\n"})
    assert Preferences.objects.get().signature == "Mathilde\nSalle 12"
    html = body(desk.get("/webmail/ecrire/"))
    assert "-- \nMathilde\nSalle 12" in html
    assert "&lt;div&gt;Salle 12&lt;/div&gt;" in html  # in the editor, too
    desk.post(f"{S}signature/reprise/")
    assert Preferences.objects.get().signature is None
    desk.post(f"{S}signature/", {"texte": ""})
    assert "-- \n" not in body(desk.get("/webmail/ecrire/"))


@pytest.mark.usefixtures("cleaner")
def test_a_formatted_signature(desk: MailBrowser) -> None:
    posts = re.findall(r'name="html" value="([^"]*)"', body(desk.get(f"{S}signature/")))[0]
    desk.post(f"{S}signature/", {"html": unescape(posts)})
    assert Preferences.objects.get().signature is None  # as it was: it follows the posts
    html = (
        '<div><i>Mathilde</i><script>x()</script><img src="https://spy.example/a"></div>'
        '<div data-style="color:#a23a2c">Salle 12</div>'
    )
    desk.post(f"{S}signature/", {"html": html})
    kept = Preferences.objects.get()
    assert kept.signature == "Mathilde\nSalle 12"
    assert kept.signature_html == '<div><i>Mathilde</i></div><div style="color:#a23a2c">Salle 12</div>'
    assert "&lt;i&gt;Mathilde&lt;/i&gt;" in body(desk.get("/webmail/ecrire/"))
    desk.post(f"{S}signature/", {"html": kept.signature_html, "texte": "Mathilde seule"})  # without a script
    kept.refresh_from_db()
    assert (kept.signature, kept.signature_html) == ("Mathilde seule", "")


@pytest.mark.usefixtures("cleaner")
def test_several_signatures_one_for_answers(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.post(f"{S}signature/autre/", {"nom": "Courte", "html": "<div><b>M.</b> Lefèvre</div>"})
    [kept] = Preferences.objects.get().signatures
    url = f"{S}signature/{kept['id']}/"
    assert "Courte" in body(desk.get(f"{S}signature/"))
    desk.post(url, {"nom": "Courte", "texte": "ML"})
    assert Preferences.objects.get().signatures[0]["text"] == "ML"
    desk.post(f"{S}signature/usage/", {"nouveaux": "aucune", "reponses": kept["id"], "format": "riche"})
    assert "class=&quot;signature" not in body(desk.get("/webmail/ecrire/"))
    uid = desk.put(letter(desk.mail.address))
    page = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    assert "\n\nML\n\nLe " in page
    for tail in (url, f"{url}retrait/"):
        assert neighbour.post(tail, {"nom": "x", "texte": "y"}).status_code == 404
    desk.post(f"{S}signature/usage/", {"nouveaux": "inconnue", "reponses": kept["id"], "format": "brut"})
    chosen = Preferences.objects.get()
    assert (chosen.begins_with, chosen.writes_plain) == ("", True)
    desk.post(f"{url}retrait/")
    chosen.refresh_from_db()
    assert (chosen.signatures, chosen.answers_with) == ([], "")


@pytest.mark.usefixtures("cleaner")
def test_a_signature_without_a_name_and_an_eleventh_are_refused(desk: MailBrowser) -> None:
    response = desk.post(f"{S}signature/autre/", {"nom": " ", "html": "<div>Mes lignes</div>"})
    assert response.status_code == 422
    assert "Mes lignes" in body(response)
    for number in range(10):
        desk.post(f"{S}signature/autre/", {"nom": f"N{number}", "texte": "x"})
    assert len(Preferences.objects.get().signatures) == 10
    assert desk.get(f"{S}signature/autre/").status_code == 404


def test_a_signature_is_not_lost_while_nobody_can_judge_it(desk: MailBrowser, settings: Settings) -> None:
    desk.post(f"{S}signature/", {"texte": "La mienne"})
    settings.MAIL = {**settings.MAIL, "cleaner": Path("/nowhere")}
    assert desk.post(f"{S}signature/", {"html": "<div>Une autre</div>"}).status_code == 422
    assert Preferences.objects.get().signature == "La mienne"


def test_the_words_of_the_posts_saved_as_they_are_follow_the_posts(desk: MailBrowser) -> None:
    text = "Mathilde Lefèvre\r\nProfesseure certifiée\r\nCollège des Tilleuls, Amiens"
    desk.post(f"{S}signature/", {"texte": text})
    assert Preferences.objects.get().signature is None
    school = desk.mail.account.person.postings.get().school
    school.name = "Collège Jules-Verne"
    school.save()
    assert "Collège Jules-Verne" in body(desk.get("/webmail/ecrire/"))


def test_a_signature_of_a_hundred_lines_is_refused_and_kept_on_the_page(desk: MailBrowser) -> None:
    response = desk.post(f"{S}signature/", {"texte": "ligne\n" * 100})
    assert response.status_code == 422
    assert "ligne" in body(response)
    assert not Preferences.objects.exists()


def test_an_absence_writes_a_script_and_stops(desk: MailBrowser) -> None:
    assert desk.post(f"{S}absence/", DATES).status_code == 302
    name, text = active(desk)
    assert name == sieve_script.NAME
    assert "Absente." in text
    assert '"2030-12-18T23:00:00"' in text  # midnight in Paris
    assert '"2031-01-03T23:00:00"' in text
    assert "absence prévue" in body(desk.get(f"{S}etat/")).lower()
    desk.post(f"{S}absence/fin/")
    assert active(desk) == ("", "")
    assert "Absente." in body(desk.get(f"{S}absence/"))  # for the next time
    assert [entry.act for entry in Entry.objects.filter(act__startswith="absence")] == [
        "absence.set",
        "absence.stopped",
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"debut": ""}, {"fin": "2030-12-18"}, {"debut": "2020-01-01", "fin": "2020-02-01"}, {"texte": " "}, {"fin": "x"}],
)
def test_an_absence_that_makes_no_sense_is_refused_with_its_text(desk: MailBrowser, wrong: dict[str, str]) -> None:
    response = desk.post(f"{S}absence/", {**DATES, "texte": "Gardé ?", **wrong})
    assert response.status_code == 422
    assert ("Gardé ?" in body(response)) == ("texte" not in wrong)
    assert "said-bad" in body(response)
    assert active(desk) == ("", "")


def test_holidays_fill_in_dates_and_a_text_that_nobody_wrote(desk: MailBrowser) -> None:
    html = body(desk.get(f"{S}absence/"))
    value = re.search(r'name="vacances" value="([^"]+)"', html)
    assert value
    html = body(desk.post(f"{S}absence/", {"vacances": value[1], "texte": ""}))
    assert f'value="{value[1]}"' in html
    assert "Je suis indisponible du" in html
    # So does the way that the start page offers, without a press more.
    assert f'value="{value[1]}"' in body(desk.get(f"{S}absence/?vacances={value[1]}"))
    assert f'href="{S}absence/?vacances={value[1]}"' in body(desk.get(S))
    presets = html[html.index('class="presets"') : html.index('name="debut"')]
    assert set(re.findall(r'<button class="preset[^>]*value="([^"]*)"', presets, re.DOTALL)) <= {
        holiday.first.isoformat() for holiday in academy().school_holidays
    }  # other dates have one way, the fields below
    assert presets.count("<summary>") == 1
    mine = body(desk.post(f"{S}absence/", {"vacances": value[1], "texte": "Mes mots."}))
    assert "Mes mots." in mine
    assert not Preferences.objects.exists()


def test_the_banner_shows_while_the_absence_lasts_and_stops_it(desk: MailBrowser) -> None:
    today = timezone.localdate()
    desk.post(f"{S}absence/", {**DATES, "debut": str(today), "fin": str(today + timedelta(3))})
    html = body(desk.get(desk.url()))
    assert f'action="{S}absence/fin/"' in html
    response = desk.post(f"{S}absence/fin/", {"retour": desk.url()})
    assert response["Location"] == desk.url()
    assert f'action="{S}absence/fin/"' not in body(desk.get(desk.url()))


def test_when_the_scripts_do_not_answer_nothing_is_half_saved(
    desk: MailBrowser, no_scripts: Callable[[], None]
) -> None:
    no_scripts()
    response = desk.post(f"{S}absence/", {**DATES, "texte": "Toujours là"})
    assert response.status_code == 503
    assert "Toujours là" in body(response)
    assert "rien n’a été changé" in body(response)
    assert not Preferences.objects.exists()
    assert not Entry.objects.filter(act__startswith="absence").exists()
    assert desk.get(desk.url()).status_code == 200


def test_a_closed_mailbox_says_so_and_keeps_the_form(desk: MailBrowser) -> None:
    Account.objects.filter(pk=desk.mail.key).update(mail_blocked_until=timezone.now() + timedelta(hours=1))
    projection.project([desk.mail.key])
    response = desk.post(f"{S}absence/", {**DATES, "texte": "Toujours là"})
    assert response.status_code == 403
    assert "Toujours là" in body(response)
    assert "fermée" in body(response)
    assert not Preferences.objects.exists()
    assert desk.get(S).status_code == 200


def test_a_code_that_was_right_need_not_be_typed_again_after_a_breakdown(
    desk: MailBrowser, neighbour: MailBrowser, no_scripts: Callable[[], None], scripts_again: Callable[[], None]
) -> None:
    desk.post(f"{S}redirection/", {"adresse": neighbour.mail.address, "copie": "0"})
    no_scripts()
    response = desk.post(f"{S}redirection/code/", {"code": code_for(desk), "copie": "0"})
    assert response.status_code == 503
    assert not Redirection.objects.exists()
    assert not Notice.objects.filter(kind="redirection").exists()
    proof = re.search(r'name="preuve" value="([^"]+)"', body(response))
    assert proof
    scripts_again()
    assert neighbour.post(f"{S}redirection/code/", {"preuve": proof[1], "copie": "0"}).status_code == 422
    assert desk.post(f"{S}redirection/code/", {"preuve": proof[1], "copie": "0"}).status_code == 302
    found = Redirection.objects.get()
    assert (found.account_id, found.target, found.keep_copy) == (desk.mail.key, neighbour.mail.address, False)


def test_another_programs_script_is_shown_and_goes_on_beside_ours(desk: MailBrowser) -> None:
    foreign(desk, '# À moi\nrequire "imap4flags";\naddflag "perso";\n')
    response = desk.post(f"{S}absence/", DATES)
    assert response.status_code == 409
    html = body(response)
    assert "À moi" in html
    assert "Absente." in html
    assert active(desk)[0] == "thunderbird"
    assert not Preferences.objects.exists()
    assert desk.post(f"{S}absence/", {**DATES, "inclure": "thunderbird"}).status_code == 302
    name, text = active(desk)
    assert (name, 'include :personal :optional "thunderbird";' in text) == (sieve_script.NAME, True)
    desk.post(f"{S}absence/fin/")
    assert active(desk) == ("thunderbird", '# À moi\nrequire "imap4flags";\naddflag "perso";\n')


def test_a_redirection_needs_its_code_and_tells_everybody(desk: MailBrowser, neighbour: MailBrowser) -> None:
    response = desk.post(f"{S}redirection/", {"adresse": neighbour.mail.address, "copie": "1"})
    assert response["Location"].startswith(f"{S}redirection/code/")
    assert active(desk) == ("", "")
    wrong = desk.post(f"{S}redirection/code/", {"code": "000000" if code_for(desk) != "000000" else "111111"})
    assert wrong.status_code == 422
    assert not Redirection.objects.exists()
    desk.post(f"{S}redirection/code/", {"code": code_for(desk), "copie": "1"})
    assert f'redirect :copy "{neighbour.mail.address}";' in active(desk)[1]
    assert Notice.objects.get(kind="redirection").account == desk.mail.account
    assert Entry.objects.get(act="redirection.set").subject == desk.mail.key
    assert neighbour.mail.address in body(desk.get(desk.url()))
    desk.post(f"{S}redirection/retrait/", {"retour": "https://ailleurs.example/"})
    assert active(desk) == ("", "")
    assert Redirection.objects.get().removed_by == desk.mail.key
    assert Entry.objects.filter(act="redirection.removed").count() == 1


def test_a_redirection_asks_who_is_there_again(desk: MailBrowser, neighbour: MailBrowser) -> None:
    session = desk.mail.account.sessions.get()
    session.proved_at = timezone.now() - timedelta(hours=1)
    session.save()
    response = desk.post(f"{S}redirection/", {"adresse": neighbour.mail.address, "copie": "1"})
    assert response["Location"].startswith("/session/confirmation/")
    assert not Code.objects.exists()


@pytest.mark.parametrize("kind", ["own", "own-form", "own-detail", "outside", "nobody", "form", "newline"])
def test_where_mail_cannot_go(desk: MailBrowser, kind: str) -> None:
    mine = desk.mail.address
    local, _at, domain = mine.partition("@")
    target = {
        "own": mine.upper(), "own-form": f"{local.replace('.', '')}@{domain}", "own-detail": f"{local}+x@{domain}",
        "outside": "moi@gmail.example", "nobody": f"personne.inconnue@{domain}", "form": "pas une adresse",
        "newline": 'a@x.example";\nstop;"',
    }[kind]  # fmt: skip
    response = desk.post(f"{S}redirection/", {"adresse": target, "copie": "1"})
    assert response.status_code == 422
    assert "said-bad" in body(response)
    assert not Code.objects.exists()


def test_an_outside_domain_that_is_allowed_and_half_hidden(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = academy().model_copy(update={"redirections": Redirections(allowed_domains=["Universite.example"])})
    monkeypatch.setattr("vaguemestre.webmail.rules.forward_targets.academy", lambda: allowed)
    redirect(desk, "mathilde@universite.EXAMPLE", keep="0")
    assert 'redirect "mathilde@universite.example";' in active(desk)[1]
    entry = Entry.objects.get(act="redirection.set")
    assert "mathilde" not in str(entry.details)
    assert entry.details["keep_copy"] is False
    assert desk.post(f"{S}redirection/", {"adresse": "x@sous.universite.example", "copie": "1"}).status_code == 422


def test_circles_of_two_and_three_are_seen(desk: MailBrowser, neighbour: MailBrowser) -> None:
    third = make_mail_account("Zoé", "Troisième")
    Redirection.objects.create(
        account=neighbour.mail.account, target=third.address, keep_copy=True, set_at=timezone.now(), set_by="x"
    )
    assert desk.post(f"{S}redirection/", {"adresse": neighbour.mail.address, "copie": "1"}).status_code == 302
    Redirection.objects.create(
        account=third.account, target=desk.mail.address, keep_copy=True, set_at=timezone.now(), set_by="x"
    )
    Code.objects.all().delete()
    response = desk.post(f"{S}redirection/", {"adresse": neighbour.mail.address, "copie": "1"})
    assert response.status_code == 422
    assert "en rond" in body(response)


def test_the_first_sign_in_walks_through_the_pages(desk: MailBrowser) -> None:
    response = desk.get(f"{S}premiere/")
    assert response["Location"] == f"{S}signature/?premiere=1"
    html = body(desk.get(response["Location"]))
    assert "étape 1 sur 4" in html
    assert f'href="{S}absence/?premiere=1"' in html
    response = desk.post(f"{S}signature/", {"texte": "Moi", "premiere": "1"})
    assert response["Location"] == f"{S}absence/?premiere=1"
    response = desk.post(f"{S}accuses/", {"repondre": "never", "premiere": "1"})
    assert response["Location"] == f"{S}redirection/?premiere=1"
    assert 'href="/session/premiere-connexion/personnaliser/?vu=1"' in body(desk.get(f"{S}redirection/?premiere=1"))


def test_receipts_are_asked_for_by_default_once_chosen(desk: MailBrowser) -> None:
    asked = 'name="accuse" value="1" checked'
    assert asked not in body(desk.get("/webmail/ecrire/"))
    desk.post(f"{S}accuses/", {"demander": "1", "repondre": "nonsense"})
    assert Preferences.objects.get().answers_receipts == "ask"
    assert asked in body(desk.get("/webmail/ecrire/"))


def test_former_scripts_are_kept_at_each_change(desk: MailBrowser) -> None:
    desk.post(f"{S}absence/", DATES)
    desk.post(f"{S}absence/", {**DATES, "texte": "Autre."})
    first, second = FormerScript.objects.order_by("id")
    assert (first.name, first.choices["absence"]) == ("", None)
    assert second.name == sieve_script.NAME
    assert "Absente." in second.text
    assert second.choices["absence"]["text"] == "Absente."
