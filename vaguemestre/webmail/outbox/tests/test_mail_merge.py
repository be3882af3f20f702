"""A mailing from the sheet to the last letter: each once, each alone, and whom it did not reach."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.people.numen import Numen
from vaguemestre.testing import wrong_fields
from vaguemestre.web import date_text
from vaguemestre.webmail import purge
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import MailMerge, MergedMessage, Outgoing, new_key
from vaguemestre.webmail.outbox.mail_merge import dispatch
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.echoes import bounce, report
from vaguemestre.webmail.testing.mailing import TEXT, act, begin, crowd, page, states
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received, subjects, text_of

State, Letter = MailMerge.State, MergedMessage.State


def test_a_reminder_chosen_on_its_sheet_does_not_count_and_that_is_said(desk: MailBrowser) -> None:
    said = "Le rappel choisi sur la feuille ne compte pas"
    assert said in page(desk, begin(desk, *crowd(1), rappel="7"))
    assert said not in page(desk, begin(desk, *crowd(1)))


def test_each_gets_a_letter_of_their_own(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = begin(desk, f"Karim;{neighbour.mail.address};6e A", f"Mathilde;{desk.mail.address};5e B")
    shown = page(desk, key)
    assert "Envoyer 2 lettres" in shown
    assert "Classe de Karim" in shown
    assert "votre classe est la 6e A" in shown
    act(desk, key, "envoi")
    [one] = received(neighbour)
    assert subjects([one]) == ["Classe de Karim"]
    assert text_of(one).replace("\r\n", "\n").rstrip() == "Bonjour Karim,\nvotre classe est la 6e A.\nMathilde"
    assert one["To"] == f"Karim <{neighbour.mail.address}>"
    assert desk.mail.address not in str(one["To"])
    assert len(desk.stored("sent", 2)) == 2
    assert states(key) == [Letter.SENT, Letter.SENT]
    assert "2 lettres parties sur 2" in page(desk, key)
    assert MailMerge.objects.get().state == State.DONE
    assert desk.uids("drafts") == []
    assert Entry.objects.get(act="mailing.begun").details == {"letters": 2}


def test_pressed_twice_each_leaves_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = begin(desk, f"Karim;{neighbour.mail.address};6e A")
    for _ in range(3):
        act(desk, key, "envoi")
    now = timezone.now()
    for _ in range(3):
        dispatch.go_on(key, now)
    assert len(received(neighbour)) == 1
    assert len(desk.uids("sent")) == 1


def test_lines_with_a_fault_are_said_and_stay_behind(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = begin(
        desk, "Sans;;6e A", "Faux;pas une adresse;6e", f"Karim;{neighbour.mail.address};6e A", "Vide;v@x.example;",
        f"Encore;{neighbour.mail.address.upper()};6e", "Trop;t@x.example;6e;de cases",
    )  # fmt: skip
    shown = page(desk, key)
    assert "Envoyer 1 lettre" in shown
    assert "5 lignes ont un défaut" in shown
    for words in (
        "Il n’y a pas d’adresse sur cette ligne.", "«\xa0pas une adresse\xa0» n’est pas une adresse.",
        "{{classe}} n’a pas de valeur ici.", "La même adresse qu’à la ligne 3", "plus de cases",
    ):  # fmt: skip
        assert words in shown
    assert "Lettre 3 sur 6" in shown
    assert "Lettre 4 sur 6" in page(desk, key, "?lettre=4")
    assert "?lettre=4#apercu" in shown  # the next fault
    act(desk, key, "envoi")
    assert len(received(neighbour)) == 1
    assert states(key) == [Letter.SENT]


def test_a_variable_that_no_column_has_lets_nothing_leave(desk: MailBrowser) -> None:
    key = begin(desk, "Léa;l@x.example", head="prénom;courriel")
    assert "Le tableau n’a pas de colonne pour : « classe »" in page(desk, key).replace("\xa0", " ")
    response = desk.post(f"/webmail/publipostage/{key}/envoi/")
    assert response.status_code == 422
    assert "Aucune lettre ne peut partir" in body(response)
    assert not MergedMessage.objects.exists()


def test_a_table_that_cannot_be_read_stays_as_it_was_pasted(desk: MailBrowser) -> None:
    key = begin(desk, "Léa;l@x.example;6e")
    response = desk.post(f"/webmail/publipostage/{key}/tableau/", {"tableau": "a;A\nun;deux"})
    assert response.status_code == 422
    assert "a;A\nun;deux" in body(response)
    assert wrong_fields(body(response))["tableau"]
    assert "Léa" in MailMerge.objects.get().typed
    desk.post(f"/webmail/publipostage/{key}/tableau/", {"tableau": "prénom;classe\nLéa;6e"})
    assert "Aucune colonne ne contient d’adresses" in page(desk, key)


def test_another_column_for_the_address(desk: MailBrowser) -> None:
    key = begin(desk, "Léa;l@x.example;parent@y.example;6e", head="prénom;élève;famille;classe")
    typed = MailMerge.objects.get().typed
    desk.post(f"/webmail/publipostage/{key}/tableau/", {"tableau": typed, "colonne": "2"})
    assert "parent@y.example" in page(desk, key)
    for wrong in ("9", "x", "-1", "99999"):
        desk.post(f"/webmail/publipostage/{key}/tableau/", {"tableau": typed, "colonne": wrong})
        assert desk.get(f"/webmail/publipostage/{key}/").status_code == 200


def test_hostile_cells(desk: MailBrowser, neighbour: MailBrowser, cleaner: object) -> None:
    """A cell is words: in a header it starts no line, in HTML no tag, and a formula is its own text."""
    html = '<div>Bonjour {{prénom}}, <a href="https://x.example/">ici</a> {{classe}}</div>'
    key = begin(desk, f'"Karim\nBcc: tous@x.example";{neighbour.mail.address};<script>x()</script>=cmd|{{{{nom}}}}')
    # As a browser with a script sends it: the HTML, without the words beside it.
    letter: dict[str, object] = {"objet": "Pour {{prénom}} {{classe}}", "html": html, "fenetre": "w1", "revision": "5"}
    assert desk.post(f"/webmail/ecrire/{key}/publipostage/", letter).status_code == 302
    frame = desk.get(f"/webmail/publipostage/{key}/lettres/1/")
    assert "&lt;script&gt;x()" in body(frame)
    assert "<script" not in body(frame)
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    act(desk, key, "envoi")
    [one] = received(neighbour)
    assert one["Bcc"] is None
    assert subjects([one]) == ["Pour Karim Bcc: tous@x.example <script>x()</script>=cmd|{{nom}}"]
    [words] = [part for part in one.walk() if part.get_content_type() == "text/html"]
    assert b"<script" not in words.get_payload(decode=True)
    assert len(desk.uids("sent")) == 1


def test_files_are_in_each_letter(desk: MailBrowser, neighbour: MailBrowser) -> None:
    file = SimpleUploadedFile("Note d’été.txt", b"Les dates", "text/plain")
    key = begin(desk, f"Karim;{neighbour.mail.address};6e", f"Moi;{desk.mail.address};5e", fichier=file)
    assert "Note d’été.txt" in page(desk, key)
    act(desk, key, "envoi")
    for message in (*received(neighbour), *received(desk)):
        [part] = [part for part in message.walk() if part.get_filename()]
        assert part.get_payload(decode=True) == b"Les dates"
    assert Outgoing.objects.get(key=key).files.count() == 1


def test_what_two_processes_look_at_at_once_stays_refused(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one has read that the letter is on its way, the other sees it refused and takes it away: it has not left."""
    key = begin(desk, f"Moi;{desk.mail.address};6e")
    act(desk, key, "envoi")
    mailing, read = MailMerge.objects.get(pk=key), Outgoing.objects.in_bulk
    MergedMessage.objects.filter(mailing=key).update(state=Letter.LEAVING)

    def meanwhile(keys: list[str]) -> dict[str, Outgoing]:
        MergedMessage.objects.filter(mailing=key).update(state=Letter.REFUSED, failure={"code": 550})
        Outgoing.objects.filter(key__in=keys).delete()
        return read(keys)

    monkeypatch.setattr(Outgoing.objects, "in_bulk", meanwhile)
    dispatch._settle(mailing)
    assert states(key) == [Letter.REFUSED]


def test_whom_it_did_not_reach(desk: MailBrowser, neighbour: MailBrowser) -> None:
    """Refused by our server, and by another one afterwards; written to again, they alone."""
    key = begin(desk, "Nul;nul.nulle@ac-amiens.fr;6e", f"Karim;{neighbour.mail.address};5e", "Jean;jean@y.example;4e")
    act(desk, key, "envoi")
    assert states(key) == [Letter.REFUSED, Letter.SENT, Letter.SENT]
    assert desk.uids("drafts") == []
    out = MergedMessage.objects.get(address="jean@y.example")
    bounce(desk, report(f"<{out.key}@ac-amiens.fr>", desk))
    shown = page(desk, key)
    assert "2 lettres parties sur 3" in shown
    assert "2 lettres ne sont pas arrivées" in shown
    assert "nul.nulle@ac-amiens.fr n’existe pas dans l’académie" in shown
    assert "jean@y.example n’existe pas chez y.example" in shown
    response = desk.post(f"/webmail/publipostage/{key}/relance/")
    again = MailMerge.objects.exclude(pk=key).get()
    assert response["Location"] == f"/webmail/publipostage/{again.pk}/"
    assert again.typed.splitlines() == [
        "prénom;courriel;classe", "Nul;nul.nulle@ac-amiens.fr;6e", "Jean;jean@y.example;4e",
    ]  # fmt: skip
    assert "Envoyer 2 lettres" in page(desk, again.pk)
    assert Outgoing.objects.get(key=again.pk).text == TEXT


def test_nobody_to_write_to_again(desk: MailBrowser) -> None:
    key = begin(desk, *crowd(1))
    act(desk, key, "envoi")
    assert desk.post(f"/webmail/publipostage/{key}/relance/").status_code == 404


def test_what_is_confidential_does_not_leave(desk: MailBrowser) -> None:
    numen = Numen("20E9512345ABC")
    desk.mail.account.person.numen_lookup = numen.lookups[0]
    desk.mail.account.person.numen_cipher = "x"
    desk.mail.account.person.save()
    key = begin(desk, "Léa;l@x.example;20 E 95 12345 ABC")
    response = desk.post(f"/webmail/publipostage/{key}/envoi/")
    assert response.status_code == 422
    assert "NUMEN" in body(response)


@pytest.mark.parametrize(
    "tail", ["", "tableau/", "lettres/1/", "envoi/", "arret/", "suite/", "annulation/", "relance/"]
)
def test_somebody_else_s_is_not_there(desk: MailBrowser, neighbour: MailBrowser, tail: str) -> None:
    key = begin(neighbour, *crowd(2))
    url = f"/webmail/publipostage/{key}/{tail}"
    ask = desk.get if tail in {"", "lettres/1/"} else desk.post
    assert ask(url).status_code == 404
    assert ask(url.replace(key, new_key())).status_code == 404
    anonymous = Client()
    assert (anonymous.get if ask == desk.get else anonymous.post)(url).status_code == 302
    assert desk.write(key, "publipostage/").status_code == 404


def test_a_letter_that_is_leaving_is_not_changed(desk: MailBrowser) -> None:
    key = begin(desk, *crowd(1))
    act(desk, key, "envoi")
    for tail in ("envoi/", "modele/nouveau/", "publipostage/"):
        assert desk.write(key, tail, texte="Autre").status_code in {200, 302, 422}
    assert Outgoing.objects.get(key=key).text == TEXT
    assert desk.post(f"/webmail/publipostage/{key}/tableau/", {"tableau": "x"}).status_code == 404
    assert desk.get(f"/webmail/publipostage/{key}/lettres/1/").status_code == 404
    assert desk.get(f"/webmail/ecrire/{key}/")["Location"] == f"/webmail/publipostage/{key}/"
    assert desk.post(f"/webmail/en-attente/{key}/essai/").status_code == 302


def test_a_draft_that_left_as_a_message_is_no_mailing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = begin(desk, *crowd(1))
    desk.write(key, a=neighbour.mail.address, objet="Seule", texte="Bonjour", revision="9")
    assert len(received(neighbour)) == 1
    for tail in ("", "envoi/"):
        assert (desk.post if tail else desk.get)(f"/webmail/publipostage/{key}/{tail}").status_code == 404
    assert "Aucun publipostage" in body(desk.get("/webmail/publipostage/"))
    assert not dispatch.begin_merge(MailMerge.objects.get(), [], timezone.now(), timezone.now())


def test_from_an_open_page(desk: MailBrowser) -> None:
    key = new_key()
    data = {"objet": "x", "texte": "y", "fenetre": "w1"}
    response = desk.post(f"/webmail/ecrire/{key}/publipostage/", dict(data), **HTMX)
    assert response["HX-Redirect"] == f"/webmail/publipostage/{key}/"
    part = desk.get(f"/webmail/publipostage/{begun(desk)}/", **HTMX)
    assert "<html" not in body(part)


def begun(desk: MailBrowser) -> str:
    key = begin(desk, *crowd(1))
    act(desk, key, "envoi")
    return key


def test_the_list_of_them(desk: MailBrowser) -> None:
    assert "Aucun publipostage" in body(desk.get("/webmail/publipostage/"))
    begun(desk)
    begin(desk, *crowd(2), objet="En cours")
    shown = body(desk.get("/webmail/publipostage/"))
    assert shown.index("En cours") < shown.index("Classe de")
    assert "1 lettre, envoyé" in shown
    assert "En préparation" in shown


def test_without_a_mailbox_the_page_is_there(desk: MailBrowser, no_dovecot: Callable[[], None]) -> None:
    key = begun(desk)
    no_dovecot()
    assert desk.get(f"/webmail/publipostage/{key}/").status_code == 200


def test_it_is_forgotten_after_a_while(desk: MailBrowser) -> None:
    key = begun(desk)
    folder = Outgoing.objects.get(key=key).folder
    due.run(timezone.now() + dispatch.KEPT_FOR + timedelta(days=1))
    assert not MailMerge.objects.filter(pk=key).exists()
    assert not Outgoing.objects.filter(key=key).exists()
    assert not folder.exists()


def test_one_being_prepared_is_kept_thirty_days_from_each_change(desk: MailBrowser) -> None:
    """Its table lies nowhere else; a draft without one is read again from the mailbox, and is kept a week."""
    key = begin(desk, *crowd(2))
    page = f"/webmail/publipostage/{key}/"
    now = timezone.now()
    until = date_text.full_date(timezone.localdate(now + drafts.MAILING_KEPT_FOR))
    assert f"gardé jusqu’au {until}" in body(desk.get(page))
    assert f"gardé jusqu’au {until}" in body(desk.get("/webmail/publipostage/"))
    due.run(now + drafts.KEPT_FOR + timedelta(days=1))
    assert MailMerge.objects.filter(pk=key).exists()
    Outgoing.objects.update(changed_at=now - timedelta(days=29))
    desk.post(f"{page}tableau/", {"tableau": MailMerge.objects.get(pk=key).typed})
    due.run(now + timedelta(days=2))
    assert MailMerge.objects.filter(pk=key).exists()
    due.run(now + drafts.MAILING_KEPT_FOR + timedelta(days=1))
    assert not MailMerge.objects.filter(pk=key).exists()
    assert not Outgoing.objects.filter(key=key).exists()


def test_it_goes_with_its_account(desk: MailBrowser) -> None:
    begun(desk)
    purge.purge(desk.mail.key, timezone.now())
    assert not MailMerge.objects.exists()
    assert not MergedMessage.objects.exists()
