"""Templates: one's own, the authority's, put into a message and made of one."""

import html as entities
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.webmail.compose import signature_images
from vaguemestre.webmail.compose.message_templates import insertion, store
from vaguemestre.webmail.models import Outgoing, Preferences, ReadyMade, SignaturePicture, new_key
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received
from vaguemestre.webmail.testing.signature_pictures import drawn, pictures_in

pytestmark = pytest.mark.usefixtures("cleaner")
PAGE = "/webmail/reglages/modeles/"
HTML = "<div>Bonjour <b>{{prénom}}</b>,</div><div>{{lieu}}</div>"


def make(desk: MailBrowser, name: str = "Rappel", **more: str) -> str:
    """Its id."""
    data = {"nom": name, "objet": "Rappel {{date}}", "html": HTML, **more}
    assert desk.post(f"{PAGE}nouveau/", dict(data)).status_code == 302
    return str(ReadyMade.objects.get(account=desk.mail.account, name=name, removed_at=None).pk)


def names(desk: MailBrowser) -> list[str]:
    return [one.name for one in store.own_templates(desk.mail.account)]


def write(desk: MailBrowser, key: str, tail: str, **more: str) -> str:
    data = {"a": "Léa Martin <lea@x.example>", "objet": "", "html": "<div>Déjà tapé</div>", "fenetre": "w1", **more}
    response = desk.post(f"/webmail/ecrire/{key}/{tail}", dict(data), **HTMX)
    assert response.status_code == 200
    return body(response)


def test_made_changed_copied_removed_and_back(desk: MailBrowser) -> None:
    assert "Aucun modèle pour l’instant" in body(desk.get(PAGE))
    one = make(desk)
    assert "Modèle «\u00a0Rappel\u00a0» enregistré" in body(desk.get(PAGE))
    desk.post(f"{PAGE}{one}/", {"nom": "Relance", "objet": "", "html": "<div>Autre</div>"})
    assert (names(desk), store.own_templates(desk.mail.account)[0].text.strip()) == (["Relance"], "Autre")
    desk.post(f"{PAGE}{one}/copie/")
    assert names(desk) == ["Relance", "Relance (2)"]
    desk.post(f"{PAGE}{one}/suppression/")
    page = body(desk.get(PAGE))
    assert names(desk) == ["Relance (2)"]
    assert f'name="fait" value="{one}"' in page
    desk.post(f"{PAGE}retour/", {"fait": one})
    assert names(desk) == ["Relance", "Relance (2)"]


def test_removed_for_good_after_a_while(desk: MailBrowser) -> None:
    one = make(desk)
    desk.post(f"{PAGE}{one}/suppression/")
    ReadyMade.objects.filter(pk=one).update(removed_at=timezone.now() - store.BACK_WITHIN * 2)
    desk.post(f"{PAGE}retour/", {"fait": one})
    assert "trop tard" in body(desk.get(PAGE))
    other = make(desk, "Autre")
    desk.post(f"{PAGE}{other}/suppression/")
    assert not ReadyMade.objects.filter(pk=one).exists()


@pytest.mark.parametrize("tail", ["", "copie/", "suppression/"])
def test_what_is_somebody_else_s_is_not_there(desk: MailBrowser, neighbour: MailBrowser, tail: str) -> None:
    one = make(neighbour)
    ask = desk.get if not tail else desk.post
    for wanted in (one, "999999", "abc", "9" * 30, "academie-99"):
        assert ask(f"{PAGE}{wanted}/{tail}").status_code == 404
    desk.post(f"{PAGE}retour/", {"fait": one})
    assert names(neighbour) == ["Rappel"]
    assert desk.post(f"/webmail/ecrire/{new_key()}/modele/", {"modele": one}).status_code == 404


def test_those_of_the_authority_are_read_and_copied_only(desk: MailBrowser) -> None:
    page = body(desk.get(PAGE))
    assert "Convocation à une réunion" in page
    assert "Académie d’Amiens" in page
    assert desk.get(f"{PAGE}academie-0/").status_code == 404
    assert desk.post(f"{PAGE}academie-0/suppression/").status_code == 404
    desk.post(f"{PAGE}academie-0/copie/")
    assert names(desk) == ["Convocation à une réunion"]


def test_a_form_that_is_wrong_comes_back_as_it_was_typed(desk: MailBrowser) -> None:
    response = desk.post(f"{PAGE}nouveau/", {"nom": "", "objet": "Sujet", "texte": "Mots à garder"})
    assert response.status_code == 422
    page = body(response)
    assert "Donnez-lui un nom et un texte" in page
    assert "Mots à garder" in page
    long = desk.post(f"{PAGE}nouveau/", {"nom": "Long", "texte": "a" * (store.TEXT_LIMIT + 1)})
    assert "trop long" in body(long)
    assert names(desk) == []


def test_without_a_script_the_words_make_it(desk: MailBrowser) -> None:
    make(desk, "Simple", html="", texte="Bonjour {{nom}}\r\nà bientôt")
    [one] = store.own_templates(desk.mail.account)
    assert (one.text, one.html) == ("Bonjour {{nom}}\nà bientôt", "")


def test_what_a_hostile_form_brings_is_cleaned(desk: MailBrowser) -> None:
    make(desk, html='<div onclick="x()">Bon<script>x()</script>jour<img src="https://spy.example/t.gif"></div>')
    [one] = store.own_templates(desk.mail.account)
    assert "Bonjour" in one.html
    assert not re.search("script|onclick|spy", one.html)


def test_put_above_what_is_typed_and_taken_out_again(desk: MailBrowser) -> None:
    one, key = make(desk), new_key()
    page = write(desk, key, "modele/", modele=one)
    outgoing = Outgoing.objects.get(key=key)
    assert outgoing.text.index("Bonjour Léa,") < outgoing.text.index("Déjà tapé")
    assert "{{lieu}}" in outgoing.text
    assert outgoing.subject.startswith("Rappel ")
    assert "<b>Léa</b>" in outgoing.html
    assert "inséré au-dessus de votre texte" in page
    before = {name: entities.unescape(value) for name, value in fields(page).items() if name != "texte"}
    assert desk.post(f"/webmail/ecrire/{key}/modele/retrait/", dict(before)).status_code == 200
    outgoing.refresh_from_db()
    assert (outgoing.subject, outgoing.text.strip()) == ("", "Déjà tapé")
    assert "lea@x.example" in outgoing.to


def test_a_subject_that_is_written_stays(desk: MailBrowser) -> None:
    one, key = make(desk), new_key()
    write(desk, key, "modele/", modele=one, objet="Le mien")
    assert Outgoing.objects.get(key=key).subject == "Le mien"


def test_in_plain_text_without_a_script(desk: MailBrowser) -> None:
    one, key = make(desk), new_key()
    data = {"a": "lea@x.example, jo@x.example", "objet": "", "texte": "Déjà tapé", "fenetre": "w1", "modele": one}
    page = body(desk.post(f"/webmail/ecrire/{key}/modele/", dict(data)))
    outgoing = Outgoing.objects.get(key=key)
    assert outgoing.html == ""
    assert outgoing.text.startswith("Bonjour {{prénom}},\n{{lieu}}")
    assert outgoing.text.rstrip().endswith("Déjà tapé")
    assert "<html" in page


def test_an_editor_gets_the_text_alone(desk: MailBrowser) -> None:
    one, key = make(desk), new_key()
    data = {"a": "Léa Martin <lea@x.example>", "html": "<div>Déjà</div>", "fenetre": "w1", "modele": one}
    response = desk.post(f"/webmail/ecrire/{key}/modele/", dict(data), **{"X-Insert": "1"}, **HTMX)
    piece = json.loads(response.content)
    assert "<b>Léa</b>" in piece["html"]
    assert piece["subject"].startswith("Rappel ")
    assert not Outgoing.objects.exists()


def test_a_message_becomes_a_template_without_its_signature_nor_what_it_quotes(desk: MailBrowser) -> None:
    key = new_key()
    signed = lookup.load_preferences(desk.mail.account)
    html = (
        "<div>Bonjour {{nom}}</div><div><br></div>"
        f'<div class="signature"><div>{signed.account.display_name}</div></div>'
        '<blockquote type="cite"><div>Cité <blockquote>deux fois</blockquote></div></blockquote>'
    )
    page = write(desk, key, "modele/nouveau/", html=html, objet="Relance")
    assert "Enregistré comme modèle «\u00a0Relance\u00a0»" in page
    [one] = store.own_templates(desk.mail.account)
    assert (one.name, one.subject, one.text.strip()) == ("Relance", "Relance", "Bonjour {{nom}}")
    assert "Cité" in Outgoing.objects.get(key=key).text
    again = write(desk, new_key(), "modele/nouveau/", html="<div>x</div>", objet="Relance")
    assert "Relance (2)" in again
    empty = write(desk, new_key(), "modele/nouveau/", html='<div class="signature">Moi</div>')
    assert "pas encore de texte" in empty
    assert len(names(desk)) == 2


def test_plain_text_becomes_one_without_its_signature(desk: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "modele/nouveau/", objet="Mot", texte="Bonjour\n\n-- \nMoi")
    [one] = store.own_templates(desk.mail.account)
    assert (one.text, one.html) == ("Bonjour", "")


def test_what_is_not_filled_in_is_said_before_it_leaves(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, to = new_key(), neighbour.mail.address
    text = "Bonjour {{prénom}} {{nom}}, rendez-vous {{lieu}}."
    page = body(desk.write(key, a=to, texte=text))
    assert "{{prénom}}, {{nom}}, {{lieu}} ne sont pas remplis" in entities.unescape(page)
    assert "Remplir ce qui est connu" in page
    desk.write(key, "variables/", a=to, texte=text, revision="1")
    outgoing = Outgoing.objects.get(key=key)
    assert outgoing.text == "Bonjour Karim Belkacem, rendez-vous {{lieu}}."
    page = body(desk.write(key, a=to, texte=outgoing.text, revision="9"))
    assert "{{lieu}} n’est pas rempli" in entities.unescape(page)
    assert "Remplir ce qui est connu" not in page
    assert desk.write(key, a=to, texte=outgoing.text, revision="9", malgre="variables").status_code == 302


def test_what_was_sent_is_no_longer_written(desk: MailBrowser, neighbour: MailBrowser) -> None:
    one, key = make(desk), new_key()
    desk.write(key, a=neighbour.mail.address)
    for tail in ("modele/", "modele/retrait/", "variables/"):
        assert desk.write(key, tail, modele=one).status_code == 404


def test_there_is_an_end_to_them(desk: MailBrowser) -> None:
    now = timezone.now()
    ReadyMade.objects.bulk_create(
        ReadyMade(account=desk.mail.account, name=f"n{place}", text="x", changed_at=now) for place in range(store.MOST)
    )
    page = body(desk.post(f"{PAGE}nouveau/", {"nom": "De trop", "texte": "x"}))
    assert "le maximum" in page
    assert len(names(desk)) == store.MOST


def test_the_sheet_offers_both_kinds(desk: MailBrowser) -> None:
    make(desk, "À moi")
    page = body(desk.get("/webmail/ecrire/", **HTMX))
    assert page.index("À moi") < page.index("Convocation à une réunion")
    assert 'formaction="/webmail/ecrire/' in page


def test_what_the_page_costs(desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for place in range(5):
        make(desk, f"n{place}")
    desk.get(PAGE)
    with django_assert_num_queries(3):
        desk.get(PAGE)


def test_elements_are_taken_out_whole() -> None:
    html = "<div>a</div><blockquote><div>b<blockquote>c</blockquote></div></blockquote><div>d</div>"
    assert insertion._without(html, "<blockquote", "blockquote") == "<div>a</div><div>d</div>"
    assert insertion._without("<div>a</div><blockquote>b", "<blockquote", "blockquote") == "<div>a</div>"


def test_plain_writers_keep_their_plain_text(desk: MailBrowser) -> None:
    Preferences.objects.update_or_create(
        account=desk.mail.account, defaults={"writes_plain": True, "changed_at": timezone.now()}
    )
    one = make(desk)
    page = body(desk.get("/webmail/ecrire/"))
    key = re.search(r"/webmail/ecrire/([0-9a-f]{32})/modele/", page)
    assert key
    desk.write(key[1], "modele/", a="lea@x.example", texte=entities.unescape(fields(page)["texte"]), modele=one)
    text = Outgoing.objects.get(key=key[1]).text
    assert text.index("Bonjour") < text.index("-- \n")


def test_a_picture_stays_in_a_template_and_travels_with_each_letter(desk: MailBrowser, neighbour: MailBrowser) -> None:
    upload = SimpleUploadedFile("plan.png", drawn(size=(900, 700)), "image/png")
    at = desk.post(f"{PAGE}images/", {"image": upload})["Location"]
    one = make(desk, html=f'{HTML}<div><img src="{at}" alt="Plan du collège"></div>')
    assert at in body(desk.get(f"{PAGE}{one}/"))
    assert "cid:template-" in store.own_templates(desk.mail.account)[0].html
    key = new_key()
    asked = {"a": neighbour.mail.address, "html": "<div>Déjà</div>", "fenetre": "w1", "modele": one}
    piece = json.loads(desk.post(f"/webmail/ecrire/{key}/modele/", dict(asked), **{"X-Insert": "1"}, **HTMX).content)
    assert at in piece["html"]
    write(desk, key, "modele/", modele=one, a=neighbour.mail.address)  # without a cursor: above, and kept
    [file] = Outgoing.objects.get(key=key).files.all()
    assert (file.name, file.type) == ("image.png", "image/png")
    html = piece["html"].replace("{{lieu}}", "Ici")
    response = desk.post(
        f"/webmail/ecrire/{new_key()}/envoi/",
        {"a": neighbour.mail.address, "objet": "Plan", "html": html, "fenetre": "w1", "revision": "0"},
    )
    assert response.status_code == 302, body(response)
    [message] = received(neighbour)
    [picture] = pictures_in(message)
    assert str(picture["Content-ID"]).strip("<>") == file.content_id
    assert file.content_id in str(message)
    desk.post(f"{PAGE}{one}/copie/")
    assert all(kept.html.count("cid:template-") == 1 for kept in store.own_templates(desk.mail.account))


def test_a_letter_with_pictures_keeps_them_as_a_template_and_when_one_is_put_in(desk: MailBrowser) -> None:
    key = new_key()
    write(desk, key, "")
    upload = SimpleUploadedFile("plan.png", drawn(), "image/png")
    at = desk.post(f"/webmail/ecrire/{key}/images/", {"image": upload, "fenetre": "w1"})["Location"]
    quoted = f'<blockquote type="cite"><div><img src="{at}"></div></blockquote>'
    html = f'<div>Bonjour <img src="{at}" alt="Plan"></div>{quoted}'
    write(desk, key, "modele/nouveau/", html=html, objet="Plan", revision="9")
    [one] = store.own_templates(desk.mail.account)
    assert one.html.count("cid:template-") == 1
    assert SignaturePicture.objects.filter(account=desk.mail.account).count() == 1
    write(desk, key, "modele/", html=html, modele=one.id, revision="19")
    kept = Outgoing.objects.get(key=key).html
    assert kept.count("cid:template-") == 1
    assert kept.count("<img") == 3


def test_pictures_of_templates_have_their_measure_and_their_owner(desk: MailBrowser, neighbour: MailBrowser) -> None:
    wrong = desk.post(f"{PAGE}images/", {"image": SimpleUploadedFile("a.png", b"%PDF-1.7", "image/png")})
    assert wrong.status_code == 422
    theirs = neighbour.post(f"{PAGE}images/", {"image": SimpleUploadedFile("a.png", drawn(), "image/png")})["Location"]
    assert desk.get(theirs).status_code == 404
    make(desk, html=f'<div>Bonjour<img src="{theirs}"><img src="https://spy.example/t.gif"></div>')
    assert "<img" not in store.own_templates(desk.mail.account)[0].html


def test_all_the_pictures_of_one_template_weigh_so_much(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk.post(f"{PAGE}images/", {"image": SimpleUploadedFile("a.png", drawn(), "image/png")})["Location"]
    monkeypatch.setattr(signature_images, "OF_TEMPLATE", 10)
    response = desk.post(f"{PAGE}nouveau/", {"nom": "Lourd", "objet": "", "html": f'<div>Ici<img src="{at}"></div>'})
    assert response.status_code == 422
    assert "pèsent" in body(response)
    assert names(desk) == []


def test_those_that_a_template_shows_are_not_forgotten(desk: MailBrowser) -> None:
    at = desk.post(f"{PAGE}images/", {"image": SimpleUploadedFile("a.png", drawn(), "image/png")})["Location"]
    make(desk, html=f'<div>Ici<img src="{at}"></div>')
    later = timezone.now() + signature_images.UNUSED_FOR * 2
    signature_images.save_image(desk.mail.account, drawn(size=(5, 5)), later, signature_images.SIGNATURE)
    assert desk.get(at).status_code == 200
