"""Make room: what is large is shown, and what goes leads through the bin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.mailbox.values import FLAGGED, PINNED, SEEN, FolderName, Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.folders import retention
from vaguemestre.webmail.models import Snoozed
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.space import MONDAY, PLACE, fill, heavy, limit, only, put


@pytest.mark.parametrize("more", [{}, {"definitif": "1"}])
def test_what_was_put_off_keeps_its_files_and_its_hour(desk: MailBrowser, more: dict[str, str]) -> None:
    """A lighter one would have another number, which its hour does not know. Beside it others are made lighter."""
    put(desk, heavy(desk))
    until = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    desk.post(desk.url(tail="plus-tard/"), {"choix": desk.uids(), "jusqua": until.isoformat()})
    [uid] = desk.uids("later")
    line = body(desk.get(PLACE)).partition('id="gros"')[2]
    assert "Plus tard" in line
    assert "en pièces jointes" not in line
    waits = f"{desk.id('later')}.{uid}"
    response = desk.post(f"{PLACE}retrait/", {"choix": [waits], **more})
    assert "gardent leurs pièces jointes" in body(desk.get(response["Location"]))
    response = desk.post(f"{PLACE}retrait/", {"choix": [waits, put(desk, heavy(desk, "Autre"))], **more})
    assert "1 message est allégé de" in body(desk.get(response["Location"]))
    assert desk.uids("later") == [uid]
    assert list(Snoozed.objects.values_list("uid", "until")) == [(uid, until)]


def test_largest_first_of_all_folders_but_bin_and_junk(desk: MailBrowser) -> None:
    with desk.session() as session:
        session.create(FolderName("Élèves"))
    put(desk, heavy(desk, "Moyen", 400_000))
    put(desk, heavy(desk, "Énorme", 900_000), "archive")
    put(desk, heavy(desk, "Jeté", 990_000), "trash")
    put(desk, heavy(desk, "Pourriel", 990_000), "junk")
    put(desk, letter(desk.mail.address, subject="Petit"))
    page = body(desk.get(PLACE))
    largest = page[page.index('id="gros"') :]
    assert 0 < largest.index("Énorme") < largest.index("Moyen")
    for absent in ("Jeté", "Pourriel", "Petit"):
        assert absent not in largest
    assert "en pièces jointes" in largest
    assert "La corbeille occupe 1,3" in page
    assert "Archives" in page[page.index('id="dossiers"') :]


def test_an_empty_mailbox_has_nothing_to_gain(desk: MailBrowser) -> None:
    page = body(desk.get(PLACE))
    assert "Aucun gros message" in page
    assert "Vider la corbeille" not in page


def test_a_page_at_a_time_and_few_trips(desk: MailBrowser, trips: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaguemestre.webmail.cleanup.storage.PAGE", 2)
    for size in range(5):
        put(desk, heavy(desk, f"Lourd, le {size}", 150_000 + size * 50_000))
    desk.get(PLACE)
    trips.clear()
    second = body(desk.get(f"{PLACE}?page=2"))
    assert trips == [6]
    assert [f"Lourd, le {size}" in second for size in range(5)] == [False, True, True, False, False]
    assert "3 à 4 sur 5" in second or "3 à 4 de 5" in second
    assert "page=3" in second
    for odd in ("0", "x", "99999", "-1", "5", ""):
        assert desk.get(f"{PLACE}?page={odd}").status_code == 200


def test_into_the_bin_which_must_be_emptied(desk: MailBrowser) -> None:
    chosen = [put(desk, heavy(desk)), put(desk, heavy(desk, "Autre"), "archive")]
    response = desk.post(f"{PLACE}suppression/", {"choix": chosen})
    page = body(desk.get(response["Location"]))
    assert "2 messages sont dans la corbeille. Videz-la" in page
    assert "Vider la corbeille" in page
    assert (desk.uids(), len(desk.uids("trash"))) == ([], 2)


def test_without_its_attachments_text_head_flags_and_date_stay(desk: MailBrowser) -> None:
    whole = heavy(desk, "Photos de l’été")
    whole["X-Odd"] = "plié " * 40
    value = put(desk, whole, "inbox", SEEN, FLAGGED, "$label1", PINNED)
    response = desk.post(f"{PLACE}retrait/", {"choix": [value]})
    assert "1 message est allégé de" in body(desk.get(response["Location"]))
    found, former = only(desk), only(desk, "trash")
    with desk.session() as session:
        row = session.message(desk.id(), Uid(desk.uids()[0])).row
    assert (row.received, row.flags >= {SEEN, FLAGGED, "$label1", PINNED}, row.has_attachments) == (MONDAY, True, False)
    assert row.size < 10_000
    named = ("From", "To", "Subject", "Date", "X-Odd")
    assert [found[name] for name in named] == [former[name] for name in named]
    types = [part.get_content_type() for part in found.walk()]
    assert types == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain"]
    plain, html, note = [part for part in found.walk() if not part.is_multipart()]
    assert plain.get_payload(decode=True) == b"Voici les photos.\r\n"
    assert b"<b>photos</b>" in html.get_payload(decode=True)
    said = note.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "été.jpg" in said
    assert "plan.pdf" in said
    assert len(former.get_payload()) == 3
    page = body(desk.get(desk.url(tail=f"{row.uid}/")))
    assert "Pièces jointes retirées le" in page
    assert "plan.pdf" in page


@pytest.mark.parametrize("specimen", ["encrypted_smime", "encrypted_pgp", "signed_envelope"])
def test_a_letter_under_seal_is_no_attachment_of_its_own(desk: MailBrowser, specimen: str) -> None:
    """Taken away, nothing of it would be left."""
    raw = BY_NAME[specimen].make()
    uid = desk.put_as_it_is(raw)
    desk.post(f"{PLACE}retrait/", {"choix": [f"{desk.id()}.{uid}"]})
    with desk.session() as session:
        assert b"".join(session.source(desk.id(), uid)) == raw
    assert desk.uids("trash") == []


def test_the_files_beside_a_sealed_part_go_and_it_stays(desk: MailBrowser) -> None:
    message = letter(desk.mail.address)
    message.add_attachment(b"scelle", maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    message.add_attachment(b"x" * 200_000, maintype="application", subtype="zip", filename="a.zip")
    desk.post(f"{PLACE}retrait/", {"choix": [put(desk, message)]})
    kinds = [part.get_content_type() for part in only(desk).walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "application/pkcs7-mime", "text/plain"]


def test_what_the_text_shows_in_its_lines_stays(desk: MailBrowser) -> None:
    message = letter(desk.mail.address)
    message.add_alternative('<p><img src="cid:logo@x"></p>', subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(b"\x89PNG" * 10, maintype="image", subtype="png", cid="<logo@x>")  # type: ignore[union-attr]
    message.add_attachment(b"x" * 200_000, maintype="application", subtype="zip", filename="a.zip")
    desk.post(f"{PLACE}retrait/", {"choix": [put(desk, message)]})
    types = [part.get_content_type() for part in only(desk).walk()]
    assert "image/png" in types
    assert "multipart/related" in types
    assert "application/zip" not in types


def test_a_message_that_is_nothing_but_a_file_becomes_its_note(desk: MailBrowser) -> None:
    message = letter(desk.mail.address)
    message.set_content(b"x" * 200_000, maintype="application", subtype="pdf", filename="acte.pdf")
    desk.post(f"{PLACE}retrait/", {"choix": [put(desk, message)]})
    [note] = [part for part in only(desk).walk() if not part.is_multipart()]
    assert "acte.pdf" in note.get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_a_second_time_there_is_nothing_left_to_remove(desk: MailBrowser) -> None:
    desk.post(f"{PLACE}retrait/", {"choix": [put(desk, heavy(desk))]})
    value = f"{desk.id()}.{desk.uids()[0]}"
    page = body(desk.get(desk.post(f"{PLACE}retrait/", {"choix": [value]})["Location"]))
    assert "n’a pas de pièce jointe à retirer" in page
    assert len(desk.uids("trash")) == 1


@pytest.mark.parametrize("name", ["attachment", "mixed", "signed", "deep"])
def test_hostile_structures_lose_nothing(desk: MailBrowser, name: str) -> None:
    attached = b"Content-Type: application/zip; name=a.zip\r\nContent-Disposition: attachment\r\n\r\nUEsDBA==\r\n"
    raw = {
        "attachment": b"Content-Type: application/zip\r\nContent-Disposition: attachment\r\n\r\nUEsDBA==\r\n",
        "mixed": b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n--=_0\r\nLe texte\r\n--b\r\n'
        + attached,
        "signed": b'Content-Type: multipart/signed; boundary="b"\r\n\r\n--b\r\n\r\nLe texte\r\n--b\r\n'
        + attached
        + b"--b--\r\n",
        "deep": b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(40))
        + b"\r\nLe texte\r\n--b39\r\n"
        + attached,
    }[name]
    uid = desk.put(b"From: a@b.example\r\nSubject: piege\r\n" + raw)
    desk.post(f"{PLACE}retrait/", {"choix": [f"{desk.id()}.{uid}"]})
    found = only(desk)
    assert found["Subject"] == "piege"
    texts = [part.get_payload(decode=True) for part in found.walk() if part.get_content_type() == "text/plain"]
    assert name == "attachment" or any(b"Le texte" in (text or b"") for text in texts)
    assert len(desk.uids("trash")) == 1


def test_in_a_full_mailbox_it_asks_and_then_takes_its_place(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(desk, megabytes=1)
    value = put(desk, heavy(desk), "inbox", FLAGGED)
    for lines in (1400, 140, 14, 1):
        fill(desk, lines)
    question = desk.post(f"{PLACE}retrait/", {"choix": [value]})
    assert question.status_code == 409
    assert "Pendant 14 jours encore" in body(question).replace("\xa0", " ")
    assert "pour de bon" not in body(question)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "recover_days", lambda: 0)
        assert "effacées pour de bon" in body(desk.post(f"{PLACE}retrait/", {"choix": [value]}))
    assert f'name="choix" value="{value}"' in body(question)
    assert len(only(desk).get_payload()) == 3  # nothing has changed yet
    desk.post(f"{PLACE}retrait/", {"choix": [value], "definitif": "1"})
    assert [part.get_content_type() for part in only(desk).walk()][-1] == "text/plain"
    with desk.session() as session:
        [row] = session.page(desk.id()).rows
    assert (row.received, row.flagged) == (MONDAY, True)
    assert desk.uids("trash") == []
    with desk.session() as session:
        aside = session.recoverable_folder()
        assert aside is not None
        assert aside.total == 1  # the whole message


def test_a_mailbox_that_becomes_full_on_the_way_says_what_was_done(desk: MailBrowser) -> None:
    limit(desk, megabytes=1)
    values = [put(desk, heavy(desk, "Petit")), put(desk, heavy(desk, "Grand", lines=2_000))]
    for lines in (1400, 140):
        fill(desk, lines)
    with desk.session() as session:
        session.delete(desk.id("archive"), [Uid(max(desk.uids("archive")))])  # ten kilobytes
    desk.post(f"{PLACE}retrait/", {"choix": values})
    page = body(desk.get(PLACE)).replace("\xa0", " ")
    assert "1 message est allégé" in page
    assert "les autres gardent leurs pièces jointes jusque-là" in page
    assert reverse("webmail:space-undo") in page
    kinds = {
        str(one["Subject"]): [part.get_content_type() for part in one.walk() if part.get_filename()]
        for one in desk.stored("inbox")
    }
    assert kinds["Grand"] == ["image/jpeg", "application/pdf"]
    assert kinds["Petit"] == []


def test_in_a_full_mailbox_what_is_thrown_away_and_emptied_gives_room(desk: MailBrowser) -> None:
    limit(desk, megabytes=1)
    value = put(desk, heavy(desk))
    for lines in (1400, 140, 14, 1):
        fill(desk, lines)
    desk.post(f"{PLACE}suppression/", {"choix": [value]})
    desk.empty()
    assert desk.put(letter(desk.mail.address))


@pytest.mark.parametrize("tail", ["suppression/", "retrait/"])
def test_posted_by_its_owner_only(desk: MailBrowser, neighbour: MailBrowser, tail: str) -> None:
    value = put(desk, heavy(desk))
    assert desk.get(PLACE + tail).status_code == 405
    assert Client().post(PLACE + tail).status_code == 302
    assert Client(enforce_csrf_checks=True).post(PLACE + tail).status_code == 403
    assert neighbour.post(PLACE + tail, {"choix": [value]}).status_code == 404
    for odd in ("x", "0.1", f"{'0' * 32}.0", f"{desk.id()}.x"):
        assert desk.post(PLACE + tail, {"choix": [odd]}).status_code == 404
    assert desk.post(PLACE + tail).status_code == 302
    assert desk.post(PLACE + tail, {"choix": [f"{desk.id()}.999"]}).status_code == 302
    assert len(desk.uids()) == 1


def test_the_settings_lead_there(desk: MailBrowser) -> None:
    assert PLACE in body(desk.get("/webmail/reglages/"))


def test_a_mailbox_that_does_not_answer(desk: MailBrowser, no_dovecot: Any) -> None:
    no_dovecot()
    assert desk.get(PLACE).status_code == 503
