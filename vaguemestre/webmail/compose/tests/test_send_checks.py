"""What is noticed before a message leaves, and what never leaves: one's own NUMEN, one's own password."""

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.testing import sign_in
from vaguemestre.people.numen import Numen
from vaguemestre.testing import letter, make_mail_account
from vaguemestre.webmail.compose import send_checks, sensitive_data
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received, subjects

NUMEN = "20E9512345ABC"
PASSWORD = "Tilleul-Rouge-42!"
SIGNED = "Mathilde Delacourt\nProfesseure"


def found(text: str, subject: str = "Essai", kind: str = Outgoing.Kind.NEW) -> list[str]:
    outgoing = Outgoing(key=new_key(), kind=kind, subject=subject, text=text, to="a@x.example")
    return [one.code for one in send_checks.find_warnings(outgoing, SIGNED, lambda: None)]


@pytest.mark.parametrize(
    "text",
    [
        "Vous trouverez ci-joint le compte rendu.", "Bonjour,\nla PJ est au format PDF.", "Je vous joins le devis.",
        "Le document joint est à signer.", "Merci de lire les pièces jointes.", "Le détail est en annexe.",
        "Please find attached the minutes.", "See the attachment.", "The form is enclosed.", "Ci-jointe, la liste.",
    ],
)  # fmt: skip
def test_a_forgotten_attachment(db: None, text: str) -> None:
    assert found(text) == [send_checks.WarningCode.NO_FILE]
    assert found("Bonjour.", subject=text) == [send_checks.WarningCode.NO_FILE]


@pytest.mark.parametrize(
    "text",
    [
        "Vous pouvez me joindre au 06 00 00 00 00.", "Votre pièce jointe ne s’ouvre pas.",
        "Il est très attaché à elle.",
        "D’accord.\n\nLe 3 mai 2026 à 10:12, Karim <k@x.example> a écrit :\n> Ci-joint le devis.",
        "Pour info.\n\n---------- Message transféré ----------\nDe : Karim\nObjet : PJ\n\nCi-joint le devis.",
        f"Merci.\n\n{SIGNED}", "Le projet est prêt.", "Your attachment is empty.",
    ],
)  # fmt: skip
def test_what_announces_no_attachment(db: None, text: str) -> None:
    assert found(text) == []


def test_an_answer_does_not_own_its_subject(db: None) -> None:
    assert found("D’accord.", subject="Re: Ci-joint le devis", kind=Outgoing.Kind.REPLY) == []


@pytest.mark.parametrize("text", ["", "  \n", f"\n\n{SIGNED}", f"\n\n-- \n{SIGNED}", "\n\n> Ci-joint.\n> Oui ?"])
def test_no_text_and_no_subject(db: None, text: str) -> None:
    assert found(text, subject="") == [send_checks.WarningCode.NO_SUBJECT, send_checks.WarningCode.NO_TEXT]
    assert found(text, subject="", kind=Outgoing.Kind.FORWARD) == [send_checks.WarningCode.NO_SUBJECT]


def test_it_is_said_once_and_may_be_passed(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, fields = new_key(), {"a": neighbour.mail.address, "objet": "", "texte": "Ci-joint le devis."}
    sheet = body(desk.write(key, **fields))
    assert "Avant l’envoi" in sheet
    assert "il n’y en a pas" in sheet
    assert "Il n’y a pas d’objet" in sheet
    assert "Ci-joint le devis." in sheet
    assert desk.uids("sent") == []
    sheet = body(desk.write(key, **fields, malgre="piece", revision="1"))  # seen one, not the other
    assert "il n’y en a pas" not in sheet
    assert 'value="piece objet"' in sheet
    assert desk.write(key, **fields, malgre="piece objet", revision="2").status_code == 302
    assert len(received(neighbour)) == 1


def test_with_its_file_nothing_is_said(desk: MailBrowser, neighbour: MailBrowser) -> None:
    upload = SimpleUploadedFile("devis.txt", b"42")
    assert desk.write(new_key(), a=neighbour.mail.address, texte="Ci-joint.", fichier=upload).status_code == 302


def test_what_was_mended_is_said_no_more(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, words = new_key(), {"a": neighbour.mail.address, "objet": "", "texte": "Ci-joint le devis."}
    sheet = body(desk.write(key, **words))
    said = re.search(r'name="remarques" value="([^"]*)"', sheet)
    assert said
    assert 'name="avis"' in sheet
    here = {**words, "avis": "1", "remarques": said[1], "pause": "1"}

    def paused(**more: object) -> str:
        sent = {"fenetre": "w1", "revision": "1", **here, **more}
        return body(desk.post(f"/webmail/ecrire/{key}/", sent, **HTMX))

    gone, over = f"delete:#avis-{key} [data-code='{{}}']", f'id="avis-{key}" data-behaviour="spoken" hx-swap-oob'
    assert f"#avis-{key}" not in paused()
    attached = unescape(paused(fichier=SimpleUploadedFile("devis.txt", b"42")))
    assert gone.format("piece") in attached
    assert gone.format("objet") not in attached
    assert over not in attached
    assert over in paused(objet="Devis")  # nothing is left of it
    assert over not in paused(objet="Devis", remarques="cercle")  # that would be asked of the mailbox


def test_a_forgotten_file_is_said_while_one_types(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, place = new_key(), "il n’y en a pas"
    sent = {"fenetre": "w1", "a": neighbour.mail.address, "objet": "Devis", "pause": "1"}

    def paused(text: str, **more: object) -> str:
        return body(desk.post(f"/webmail/ecrire/{key}/", {**sent, "texte": text, **more}, **HTMX))

    assert place not in paused("Voici")
    said = paused("Voici le devis en pièce jointe.")
    assert place in said
    assert re.search(rf'<label[^>]* for="fichier-{key}">Joindre</label>', said)
    assert said.count('class="notice ') == 1
    assert place not in paused("Voici le devis en pièce jointe.", fichier=SimpleUploadedFile("devis.txt", b"42"))


def test_of_several_notices_the_gravest_is_said(desk: MailBrowser) -> None:
    sent: dict[str, object] = {"fenetre": "w1", "cci": "elle@x.example", "texte": "Ci-joint le devis.", "pause": "1"}
    said = body(desk.post(f"/webmail/ecrire/{new_key()}/", sent, **HTMX))
    assert said.count('class="notice ') == 1
    assert "il n’y en a pas" in said
    said = body(desk.post(f"/webmail/ecrire/{new_key()}/", {**sent, "texte": "Bonjour."}, **HTMX))
    assert said.count('class="notice ') == 1
    assert "En copie cachée" in said or "copies cachées" in said.lower()


def test_noticed_on_a_planned_message_it_keeps_its_hour(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, leaves_at = new_key(), timezone.now() + timedelta(days=1)
    fields = {"a": neighbour.mail.address, "objet": "", "depart": leaves_at.isoformat()}
    sheet = body(desk.write(key, "programmation/", **fields))
    assert re.search(rf"/webmail/ecrire/{key}/programmation/\">\s*Envoyer quand même", sheet)
    assert leaves_at.replace(microsecond=0).isoformat()[:19] in sheet
    desk.write(key, "programmation/", **fields, malgre="objet", revision="1")
    assert Outgoing.objects.get(key=key).planned


def test_many_who_see_one_another_are_hidden_in_one_press(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key, crowd = new_key(), ", ".join(f"p{number}@x.example" for number in range(send_checks.VISIBLE_RECIPIENTS - 1))
    people = {"a": neighbour.mail.address, "cc": crowd}
    sheet = body(desk.write(key, **people))
    assert "20 personnes verront les adresses" in sheet
    assert "Mettre tout le monde en copie cachée" in sheet
    body(desk.write(key, "copies-cachees/", **people, revision="1"))
    outgoing = Outgoing.objects.get(key=key)
    assert (outgoing.to, outgoing.cc, outgoing.bcc.count("@")) == ("", "", 20)
    assert desk.write(key, cci=outgoing.bcc, revision="2").status_code == 302


def test_somebody_from_outside_the_conversation(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, sender=neighbour.mail.address, Cc="elle@x.example"))
    html = body(desk.get(desk.url(tail=f"{uid}/reponse-a-tous/")))
    mine = {**fields(html), "texte": "Oui.", "cc": "elle@x.example"}
    sheet = body(desk.write(key_of(html), **{**mine, "cci": "presse@y.example"}))
    assert "presse@y.example, hors de l’académie, n’était pas dans cette conversation" in sheet
    assert "elle@x.example, hors" not in sheet
    html = body(desk.get(desk.url(tail=f"{uid}/reponse-a-tous/")))
    assert desk.write(key_of(html), **mine).status_code == 302


def answering(desk: MailBrowser, uid: int, **typed: str) -> tuple[int, str]:
    html = body(desk.get(desk.url(tail=f"{uid}/reponse-a-tous/")))
    response = desk.write(key_of(html), **{**fields(html), "texte": "Oui.", **typed})
    return response.status_code, body(response)


def test_a_colleague_from_outside_the_conversation(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """Said once, calmly; not of those who are named, nor of oneself, nor when one writes to somebody alone."""
    other, third = make_mail_account("Élodie", "Vasseur"), make_mail_account("Hugo", "Lenoir")
    uid = desk.put(letter(desk.mail.address, sender=neighbour.mail.address, Cc=third.address))
    undotted = third.address.replace(".", "", 1)
    there = {"cc": undotted}
    assert answering(desk, uid, **there)[0] == 302
    status, sheet = answering(desk, uid, cc=f"{third.address}, {other.address}")
    assert status != 302
    assert f"{other.address} n’était pas dans cette conversation" in sheet
    assert "hors de l’académie" not in sheet.partition(other.address)[0][-40:]
    assert answering(desk, uid, cc=f"{third.address}, {other.address}", malgre="cercle")[0] == 302
    named = {"cc": f"Élodie Vasseur <{other.address}>", "texte": "Oui, j’ajoute Elodie."}
    assert answering(desk, uid, **named)[0] == 302
    assert answering(desk, uid, cc=third.address, cci=desk.mail.address)[0] == 302
    assert answering(desk, uid, a=other.address, cc="")[0] == 302


def test_a_large_circle_is_none(desk: MailBrowser, neighbour: MailBrowser) -> None:
    crowd = ", ".join(f"p{number}@x.example" for number in range(send_checks.SMALL_CONVERSATION))
    uid = desk.put(letter(desk.mail.address, sender=neighbour.mail.address, Cc=crowd))
    other = make_mail_account("Élodie", "Vasseur")
    assert answering(desk, uid, cc=f"p1@x.example, {other.address}")[0] == 302


def test_who_was_there_is_asked_of_the_mailbox_once(
    desk: MailBrowser, neighbour: MailBrowser, trips: list[int]
) -> None:
    """By all that looks at it, for colleagues and for others; not at all of who is written to alone."""
    uid = desk.put(letter(desk.mail.address, sender=neighbour.mail.address))
    html = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    mine = {**fields(html), "texte": "Oui.", "objet": ""}
    desk.write(key_of(html), "", **mine)

    def sent_to(*more: str, revision: int) -> tuple[str, int]:
        trips.clear()
        sheet = body(desk.write(key_of(html), **{**mine, "cc": ", ".join(more), "revision": str(revision)}))
        return sheet, sum(trips)

    alone, before = sent_to(revision=1)
    joined, after = sent_to("presse@y.example", make_mail_account("Élodie", "Vasseur").address, revision=2)
    assert "dans cette conversation" not in alone
    assert joined.count("dans cette conversation") == 2
    assert after - before == 1


@pytest.fixture
def official(desk: MailBrowser) -> MailBrowser:
    """Somebody with a NUMEN, and a password that an authority's rules accept."""
    person, numen = desk.mail.account.person, Numen(NUMEN)
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    passwords.set_password(desk.mail.account, PASSWORD, now=timezone.now(), by="test")
    desk.mail.account.refresh_from_db()
    sign_in(desk.client, desk.mail.account)
    return desk


@pytest.mark.parametrize(
    "typed",
    ["20E9512345ABC", "20e9512345abc", "20 E 95 123 45 ABC", "20E.95.12345.ABC", "20\u00a0E\u202f95-12345 / abc"],
)
def test_ones_own_numen_never_leaves(official: MailBrowser, neighbour: MailBrowser, typed: str) -> None:
    for field in ({"texte": f"Mon numéro : {typed}, merci."}, {"objet": typed}, {"texte": f"Oui.\n> {typed}"}):
        key = new_key()
        response = official.write(key, a=neighbour.mail.address, **field)
        assert response.status_code == 422
        assert "Votre NUMEN est dans ce message" in body(response)
        official.write(key, a=neighbour.mail.address, **field, malgre="numen piece objet texte", revision="1")
        assert official.write(
            key, "programmation/", a=neighbour.mail.address, **field,
            depart=(timezone.now() + timedelta(days=1)).isoformat(), revision="2",
        ).status_code == 422  # fmt: skip
        assert Outgoing.objects.get(key=key).is_draft
    assert official.uids("sent") == []


def test_somebody_elses_numen_and_what_looks_like_one_leave(official: MailBrowser, neighbour: MailBrowser) -> None:
    official.write(new_key(), a=neighbour.mail.address, texte="20E9554321XYZ, et la salle 20 E 95 est libre.")
    assert len(received(neighbour)) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"Mon mot de passe est {PASSWORD}",
        f"{PASSWORD}.",
        f"Voici : «\u00a0{PASSWORD}\u00a0»",
        f"mdp {PASSWORD}, à bientôt",
    ],
)
def test_ones_own_password_never_leaves(
    official: MailBrowser, neighbour: MailBrowser, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = new_key()
    response = official.write(key, a=neighbour.mail.address, texte=text, malgre="password")
    assert response.status_code == 422
    assert "Votre mot de passe est dans ce message" in body(response)
    assert Outgoing.objects.get(key=key).is_draft
    assert PASSWORD not in caplog.text
    assert official.write(new_key(), a=neighbour.mail.address, objet=PASSWORD).status_code == 422


def test_an_ordinary_message_costs_no_verification(official: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do addresses and links, which have every kind of sign in them."""
    compared: list[str] = []
    verify = passwords.verify_password

    def counting(account: Account | None, raw: str) -> bool:
        compared.append(raw)
        return verify(account, raw)

    monkeypatch.setattr(passwords, "verify_password", counting)
    now, account = timezone.now(), official.mail.account
    ordinary = "Bonjour Karim, rendez-vous à 10h30 : https://Ac-Amiens.fr/Page?x=1 ou Jean.Dupont2@ac-amiens.fr."
    assert not sensitive_data.holds_password(account, ["Réunion", ordinary], now)
    assert compared == []
    crowd = " ".join(f"Mot-Numero-{number}!" for number in range(50))
    assert not sensitive_data.holds_password(account, [crowd], now)
    assert len(compared) == sensitive_data.COMPARED
    assert sensitive_data.holds_password(account, [f"{crowd} mot de passe : {PASSWORD}"], now)


def test_it_is_no_way_to_guess(official: MailBrowser) -> None:
    now, account = timezone.now(), official.mail.account
    for number in range(sensitive_data.MESSAGES_AN_HOUR):
        assert not sensitive_data.holds_password(account, [f"Mot-Essai-{number}!"], now)
    assert not sensitive_data.holds_password(account, [PASSWORD], now)
    assert sensitive_data.holds_password(account, [PASSWORD], now + timedelta(hours=1))


def test_a_forged_form_never_sends_as_somebody_else(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """`de` is refused (test_identities); other names say nothing."""
    forged = {"sender": neighbour.mail.address, "from": neighbour.mail.address}
    desk.write(new_key(), a=neighbour.mail.address, **forged)
    [message] = received(neighbour)
    assert desk.mail.address in message["From"]
    assert message["Return-Path"] == f"<{desk.mail.address}>"


def test_importance_travels_and_is_shown(desk: MailBrowser, neighbour: MailBrowser) -> None:
    desk.write(new_key(), a=neighbour.mail.address, importance="high")
    desk.write(new_key(), a=neighbour.mail.address, objet="Sans", importance="pirate\r\nBcc: x@y.example")
    first, second = received(neighbour, 2)
    assert (first["Importance"], first["X-Priority"]) == ("high", "1 (Highest)")
    assert (second["Importance"], second["X-Priority"], second["Bcc"]) == (None, None, None)
    high, usual = (body(neighbour.get(neighbour.url(tail=f"{uid}/"))) for uid in sorted(neighbour.uids()))
    assert "Importance haute" in high
    assert "Importance haute" not in usual
    assert subjects([second]) == ["Sans"]
    assert Preferences.objects.count() == 0
