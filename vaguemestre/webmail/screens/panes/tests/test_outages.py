"""Dovecot stopped: a calm page, nothing lost, and it comes back by itself."""

import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.accounts.sessions import page_owner
from vaguemestre.clock import due
from vaguemestre.mailbox.errors import MailboxRefusedError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.testing import letter, locked_mail_file
from vaguemestre.webmail import connection
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields
from vaguemestre.webmail.testing.pages import body

ANSWERS = Callable[[], None]


@pytest.mark.parametrize("tail", ["", "1/", "1/corps/", "1/source/", "1/pieces/2/", "1/reponse/"])
def test_reading_says_so_and_tries_again(desk: MailBrowser, no_dovecot: ANSWERS, tail: str) -> None:
    url = desk.url(tail=tail)
    no_dovecot()
    response = desk.get(url)
    assert response.status_code == 503
    assert "La boîte ne répond pas" in body(response)
    assert response["Retry-After"] == response["Refresh"] == "8"
    assert "Écrire" in body(response)
    assert "Se déconnecter" in body(response)


def test_a_sign_in_that_fails_at_the_server_is_an_outage_and_no_closed_mailbox(desk: MailBrowser) -> None:
    """So it was for a minute when the clock was set back: Dovecot then starts no process."""
    url = desk.url()
    connection.pool.cache_clear()
    with locked_mail_file():
        response = desk.get(url)
    assert response.status_code == 503
    assert "La boîte ne répond pas" in body(response)


@pytest.mark.parametrize("tail", ["", "1/"])
def test_what_was_looked_for_stays_in_the_box(desk: MailBrowser, no_dovecot: ANSWERS, tail: str) -> None:
    folder, place = desk.url(), desk.url(tail=tail) if tail else "/webmail/recherche/"
    no_dovecot()
    html = body(desk.get(f"{place}?q=devis+%22autocar%22"))
    assert 'name="q" value="devis &quot;autocar&quot;"' in html
    assert re.search(r">\s*Recherche</h1>", html)
    assert "<title>Recherche | " in html.replace("\n", "")
    assert ">Courrier</h1>" in body(desk.get(folder))


def test_in_an_open_page_one_notice_comes_and_the_list_stays(desk: MailBrowser, no_dovecot: ANSWERS) -> None:
    url = desk.url()
    no_dovecot()
    response = desk.get(url, **HTMX)
    assert response.status_code == 503
    assert response["HX-Retarget"] == "#panne"
    assert response["HX-Push-Url"] == "false"
    html = body(response)
    assert 'id="liste"' not in html
    assert f'hx-get="{url}" hx-trigger="load delay:8s"' in html


def test_it_recovers_by_itself(desk: MailBrowser, no_dovecot: ANSWERS, back_again: ANSWERS) -> None:
    desk.put(letter(desk.mail.address, subject="Toujours là"))
    url = desk.url()
    no_dovecot()
    assert desk.get(url).status_code == 503
    back_again()
    html = body(desk.get(url, **HTMX))
    assert "Toujours là" in html
    assert '<div id="panne" hx-swap-oob="innerHTML"></div>' in html


def test_an_act_is_not_done_twice_by_itself(desk: MailBrowser, no_dovecot: ANSWERS) -> None:
    uid, url = desk.put(letter(desk.mail.address)), desk.url(tail="archivage/")
    no_dovecot()
    response = desk.client.post(url, {"choix": [uid]}, headers=HTMX)
    assert response.status_code == 503
    assert "hx-trigger" not in body(response)
    assert "peut-être pas fait" in body(response)


def test_a_draft_is_kept_meanwhile_and_joins_drafts_later(
    desk: MailBrowser, no_dovecot: ANSWERS, back_again: ANSWERS
) -> None:
    key = new_key()
    no_dovecot()
    response = desk.write(key, "", texte="Précieux")
    assert response.status_code == 200
    html = body(response)
    assert "Brouillon gardé" in html
    assert "est gardé quand même" in html
    assert fields(html)["texte"].strip() == "Précieux"
    assert Outgoing.objects.get(key=key).text == "Précieux"
    back_again()
    due.run(timezone.now() + timedelta(minutes=2))
    assert len(desk.uids("drafts")) == 1


def test_writing_goes_on_without_the_mailbox(desk: MailBrowser, no_dovecot: ANSWERS) -> None:
    no_dovecot()
    response = desk.get("/webmail/ecrire/")
    assert response.status_code == 200
    assert 'id="redaction-' in body(response)
    assert desk.get("/webmail/en-attente/").status_code == 200


def test_the_portal_tile_says_it_in_one_line(desk: MailBrowser, no_dovecot: ANSWERS, back_again: ANSWERS) -> None:
    desk.put(letter(desk.mail.address, subject="Bonne nouvelle"))
    assert "Bonne nouvelle" in body(desk.get("/webmail/non-lus/"))
    no_dovecot()
    response = desk.get("/webmail/non-lus/")
    assert response.status_code == 200
    assert "ne répond pas" in body(response)


@pytest.fixture
def tiny_outbox(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A disk of 64 KB for what is being written."""
    place = tmp_path / "tiny"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    settings.MAIL = {**settings.MAIL, "outbox": place}
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_and_what_was_typed_stays(desk: MailBrowser, tiny_outbox: Path) -> None:
    key = new_key()
    upload = SimpleUploadedFile("gros.bin", b"x" * 200_000)
    data = {"a": "jean@x.example", "objet": "Essai", "texte": "Précieux", "fichier": upload}
    response = desk.client.post(f"/webmail/ecrire/{key}/", data, headers=HTMX)
    assert response.status_code == 507
    assert "ne peut rien enregistrer" in body(response)
    assert response["HX-Retarget"] == "#panne"
    assert Outgoing.objects.get(key=key).text == "Précieux"
    assert not Outgoing.objects.get(key=key).files.exists()
    assert list(tiny_outbox.rglob("*.bin")) == []
    response = desk.client.post(f"/webmail/ecrire/{key}/envoi/", {**data, "texte": "x" * 100_000}, headers=HTMX)
    assert response.status_code == 507
    assert Outgoing.objects.get(key=key).state == Outgoing.State.DRAFT


def test_a_disk_that_has_become_read_only_is_said_and_what_was_typed_stays(
    desk: MailBrowser, tiny_outbox: Path
) -> None:
    key = new_key()
    data = {"a": "jean@x.example", "objet": "Essai", "texte": "Précieux", "fichier": SimpleUploadedFile("a.txt", b"a")}
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_outbox)], check=True)
    response = desk.client.post(f"/webmail/ecrire/{key}/", data, headers=HTMX)
    assert response.status_code == 507
    assert "votre texte est encore ici" in body(response)
    subprocess.run(["mount", "-o", "remount,rw", str(tiny_outbox)], check=True)
    response = desk.client.post(f"/webmail/ecrire/{key}/envoi/", {**data, "fichier": ""}, headers=HTMX)
    assert response.status_code == 200, body(response)


def test_a_session_that_ends_takes_no_word_away(desk: MailBrowser) -> None:
    """The page stays, and asks to sign in over it (accounts/tests/test_again.py continues)."""
    key, whose = new_key(), {"X-Whose": page_owner.owner_mark(desk.mail.account)}
    desk.client.cookies.clear()
    for tail in ("", "envoi/", "fermeture/"):
        response = desk.client.post(f"/webmail/ecrire/{key}/{tail}", {"texte": "Précieux"}, headers=HTMX | whose)
        assert response.status_code == 401
        assert (response["HX-Trigger"], response["HX-Reswap"]) == ("session-ended", "none")
        assert "HX-Redirect" not in response


def test_a_folder_that_is_gone_is_said_inside_the_page(desk: MailBrowser) -> None:
    response = desk.get(f"/webmail/dossiers/{'0' * 32}/", **HTMX)
    assert response.status_code == 404
    assert response["HX-Retarget"] == "#panne"
    assert "n’est plus ici" in body(response)


def test_an_index_in_the_making_asks_for_patience(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dovecot's own word for it, after half a minute; nobody makes 50,000 messages for that here."""

    def search(*_given: object, **_named: object) -> None:
        raise MailboxRefusedError("INUSE", "Timeout while waiting for indexing to finish")

    monkeypatch.setattr(Session, "search", search)
    response = desk.get("/webmail/recherche/?q=mot")
    assert response.status_code == 503
    assert "Recommencez dans une minute" in body(response)
