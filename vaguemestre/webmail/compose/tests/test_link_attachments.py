"""Files too heavy for a letter: from the sheet to a stranger's browser, and what becomes of them when the letter does
not leave, or leaves later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.clock import due
from vaguemestre.handouts import chunked_upload, fetch_notes, message_links
from vaguemestre.handouts.models import Handout
from vaguemestre.mailbox.errors import DeliveryRefusedError
from vaguemestre.web.date_text import full_date
from vaguemestre.webmail.compose import attached_files
from vaguemestre.webmail.models import Outgoing, OutgoingFile, Preferences, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.by_link import OCTETS, fetched, link_in, parts, send_in_pieces
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received

pytestmark = pytest.mark.usefixtures("own_handouts")


def test_from_the_sheet_to_a_stranger_s_browser(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    sheet = body(desk.get(f"/webmail/ecrire/{key}/"))
    assert "1 Mo, par lien, jusqu’au" in sheet.replace("\N{NO-BREAK SPACE}", " ")
    desk.write(key, a=neighbour.mail.address, texte="Voici.\n\n-- \nAnne", revision="1")
    [message] = received(neighbour)
    text = parts(message)["text/plain"].replace("\r\n", "\n")
    assert text.startswith("Voici.\n\nFichier à télécharger")
    assert "film.mp4" in text
    assert text.rstrip().endswith("-- \nAnne")
    assert full_date(message_links.last_day(timezone.now())) in text
    link = link_in(text)
    assert link_in(parts(desk.stored("sent")[0])["text/plain"]) == link
    page = Client().get(link).content.decode()
    assert "film.mp4" in page
    assert desk.mail.account.display_name in page
    assert fetched(link) == OCTETS
    fetch_notes.count_fetches("", timezone.now())
    handout.refresh_from_db()
    assert (handout.downloads, handout.message_id) == (1, message["Message-ID"])
    assert not Outgoing.objects.get(key=key).text


def test_a_formatted_letter_has_it_above_its_signature(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: object
) -> None:
    key, html = new_key(), '<div>Voici.</div><div class="signature"><b>Anne</b></div>'
    send_in_pieces(desk, key, name="<b>&.mp4")
    written: dict[str, object] = {
        "a": neighbour.mail.address,
        "objet": "Film",
        "html": html,
        "fenetre": "w1",
        "revision": "1",
    }
    desk.post(f"/webmail/ecrire/{key}/envoi/", written)
    found = parts(received(neighbour)[0])
    assert link_in(found["text/html"]) == link_in(found["text/plain"])
    assert "&lt;b&gt;&amp;.mp4" in found["text/html"]
    order = [found["text/html"].index(word) for word in ("Voici.", "/fichiers/", "Anne")]
    assert order == sorted(order)


def test_an_answer_has_it_first(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    send_in_pieces(desk, key)
    Outgoing.objects.filter(key=key).update(kind=Outgoing.Kind.REPLY)
    desk.write(
        key, a=neighbour.mail.address, texte="Voici.\n\nLe 3, Karim a écrit :\n> Alors ?", genre="reply", revision="1"
    )
    assert parts(received(neighbour)[0])["text/plain"].startswith("Fichier à télécharger")


def test_what_is_not_whole_does_not_leave(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "liens/", nom="film.mp4", taille="5000000")
    answer = desk.write(key, a=neighbour.mail.address, revision="1")
    assert answer.status_code == 422
    assert "« film.mp4 » n’est pas encore arrivé" in body(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert Outgoing.objects.get(key=key).is_draft
    assert "Pour le moment : 0 octet sur 4,8 Mo" in body(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert "interrompu" not in body(answer)  # it may be coming at this very moment
    [begun] = Handout.objects.all()
    assert f"liens/{begun.key}/retrait/" in body(answer)
    assert begun.key not in body(desk.get(f"/webmail/ecrire/{key}/"))
    Handout.objects.update(touched_at=timezone.now() - timedelta(minutes=3))
    assert "interrompu" in body(desk.get(f"/webmail/ecrire/{key}/"))
    [handout] = Handout.objects.all()
    desk.write(key, f"liens/{handout.key}/retrait/", revision="1")
    desk.write(key, a=neighbour.mail.address, revision="2")
    assert received(neighbour)


def test_a_file_that_is_attached_goes_by_a_link_if_one_likes(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    desk.write(key, "", fichier=SimpleUploadedFile("plan.pdf", b"%PDF-1.7"), revision="0")
    [file] = Outgoing.objects.get(key=key).files.all()
    desk.write(key, f"pieces/{file.pk}/lien/", revision="1")
    assert not Outgoing.objects.get(key=key).files.exists()
    assert not file.path.exists()
    desk.write(key, a=neighbour.mail.address, texte="Voici le plan en pièce jointe.", revision="2")
    assert fetched(link_in(parts(received(neighbour)[0])["text/plain"])) == b"%PDF-1.7"


def test_with_a_password_the_letter_says_that_one_is_asked_for(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    short = desk.write(key, "liens/", nom="film.mp4", taille=str(len(OCTETS)), secret="court")
    assert short.status_code == 422
    assert "au moins 8 caractères" in body(short)
    assert not Handout.objects.exists()
    desk.write(key, "liens/", nom="film.mp4", taille=str(len(OCTETS)), secret="des tilleuls", modifie="7")
    handout = send_in_pieces(desk, key)  # continues without a word
    assert handout.password.startswith("$argon2id$")
    assert "avec mot de passe" in body(desk.get(f"/webmail/ecrire/{key}/"))
    desk.write(key, a=neighbour.mail.address, revision="2")
    text = parts(received(neighbour)[0])["text/plain"]
    assert "Un mot de passe est demandé" in text
    assert "des tilleuls" not in text
    assert Client().get(link_in(text).replace("?", "octets/?")).status_code == 403


def test_what_is_refused_is_said_and_the_file_stays_attached(
    desk: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    desk.write(key, "", fichier=SimpleUploadedFile("plan.pdf", b"%PDF-1.7"))
    monkeypatch.setattr("vaguemestre.handouts.limits.largest_size", lambda: 4)
    [file] = Outgoing.objects.get(key=key).files.all()
    assert "même pour un lien" in body(desk.write(key, f"pieces/{file.pk}/lien/", revision="1"))
    assert Outgoing.objects.get(key=key).files.exists()
    answer = desk.write(key, "liens/", nom="gros", taille="5")
    assert answer.status_code == 422
    assert "même pour un lien" in body(answer)
    assert not Handout.objects.exists()


def test_without_links_the_sheet_does_not_speak_of_them(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "data-link-url" in body(desk.get("/webmail/ecrire/"))
    monkeypatch.setattr("vaguemestre.handouts.limits.largest_size", lambda: 0)
    assert "data-link-url" not in body(desk.get("/webmail/ecrire/"))


def test_a_threshold_of_the_authority(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.compose.link_attachments.largest_attached", lambda: 1000)
    assert 'data-limit="1000"' in body(desk.get("/webmail/ecrire/"))
    answer = desk.write(new_key(), "", fichier=SimpleUploadedFile("plan.pdf", b"x" * 1001))
    assert answer.status_code == 422


def test_planned_it_counts_from_the_hour_of_leaving(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    handout, leaves_at = send_in_pieces(desk, key), timezone.now() + timedelta(days=3)
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=leaves_at.isoformat(), revision="1")
    early = handout.token_hash
    due.run(leaves_at)
    text = parts(received(neighbour)[0])["text/plain"]
    assert full_date(message_links.last_day(leaves_at)) in text
    handout.refresh_from_db()
    assert handout.expires_at == message_links.end_of(timezone.localdate(leaves_at) + timedelta(academy().links.days))
    assert handout.token_hash != early
    assert fetched(link_in(text)) == OCTETS


def test_planned_and_lost_on_the_disk_it_does_not_leave_and_its_author_is_told(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    key = new_key()
    handout, leaves_at = send_in_pieces(desk, key), timezone.now() + timedelta(days=3)
    desk.write(key, "programmation/", a=neighbour.mail.address, depart=leaves_at.isoformat(), revision="1")
    handout.path.unlink()
    due.run(leaves_at)
    assert Outgoing.objects.get(key=key).is_draft
    said = body(desk.get("/webmail/en-attente/")).replace("\N{NO-BREAK SPACE}", " ")
    assert "« film.mp4 » n’est plus là en entier" in said
    assert not neighbour.uids()


def test_called_back_its_link_is_dead_and_the_file_goes_with_the_draft(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    Preferences.objects.create(account=desk.mail.account, undo_seconds=20, changed_at=timezone.now())
    key = new_key()
    send_in_pieces(desk, key)
    desk.write(key, a=neighbour.mail.address, revision="1")
    written = Outgoing.objects.get(key=key).message_path.read_bytes().decode("utf-8", "replace")
    assert "lien=" in written
    assert not Handout.objects.filter(sent_at__isnull=False).exists()
    desk.post("/webmail/ecrire/annulation/", {"fait": key})
    assert "film.mp4" in body(desk.get(f"/webmail/ecrire/{key}/"))


def test_refused_by_the_server_it_is_a_draft_s_again(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)

    def refuse(*_arguments: object) -> None:
        handout.refresh_from_db()
        assert handout.sent_at  # whoever gets it at this very moment may follow it
        raise DeliveryRefusedError(True, 554, "no")

    monkeypatch.setattr("vaguemestre.mailbox.smtp.submission.submit_message", refuse)
    desk.write(key, a=neighbour.mail.address, revision="1")
    handout.refresh_from_db()
    assert (handout.sent_at, handout.token_hash, handout.expires_at) == (None, None, None)
    monkeypatch.undo()


def test_taken_back_while_the_server_is_away(
    desk: MailBrowser, neighbour: MailBrowser, no_postfix: Callable[[], None], back_again: Callable[[], None]
) -> None:
    key = new_key()
    handout = send_in_pieces(desk, key)
    no_postfix()
    desk.write(key, a=neighbour.mail.address, revision="1")
    handout.refresh_from_db()
    assert handout.sent_at  # it may have arrived all the same
    desk.post(f"/webmail/en-attente/{key}/reprise/")
    assert Handout.objects.filter(pk=handout.pk, sent_at=None, token_hash=None).exists()
    back_again()
    desk.write(key, a=neighbour.mail.address, revision="1")
    assert fetched(link_in(parts(received(neighbour)[0])["text/plain"])) == OCTETS


def test_pressed_twice_an_attachment_goes_by_one_link(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    key = new_key()
    desk.write(key, "", fichier=SimpleUploadedFile("plan.pdf", b"%PDF-1.7"), revision="0")
    [file] = Outgoing.objects.get(key=key).files.all()
    take = chunked_upload.take_file

    def once_the_first_press_is_done(*arguments: Any, **more: Any) -> Handout:
        attached_files.remove(OutgoingFile.objects.get(pk=file.pk))
        return take(*arguments, **more)

    monkeypatch.setattr(chunked_upload, "take_file", once_the_first_press_is_done)
    assert desk.write(key, f"pieces/{file.pk}/lien/", revision="1").status_code == 200
    assert not Handout.objects.exists()


def test_a_mailing_has_none(desk: MailBrowser) -> None:
    key = new_key()
    send_in_pieces(desk, key)
    answer = desk.write(key, "publipostage/", revision="1")
    assert answer.status_code == 422
    assert "ne vont pas dans un publipostage" in body(answer)


def test_pieces_say_where_they_are(desk: MailBrowser) -> None:
    begun = desk.write(new_key(), "liens/", nom="film.mp4", taille=str(len(OCTETS)))
    place, plain = begun["Location"], "application/octet-stream"
    assert desk.client.post(f"{place}?a=7", OCTETS, content_type=plain).status_code == 409
    for nonsense in ("rien", "9" * 5000):
        assert desk.client.post(f"{place}?a={nonsense}", OCTETS, content_type=plain).status_code == 409
    assert desk.client.head(place)["X-Received"] == "0"
    assert desk.client.post(f"{place}?a=0", OCTETS, content_type=plain)["X-Received"] == str(len(OCTETS))
    assert Client().post(f"{place}?a=0", OCTETS, content_type=plain).status_code == 302
