"""A message in a signed envelope: shown, answered, handed on as if it came without, and what is said of it."""

import re
from email.message import EmailMessage
from html import unescape
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import translation

from vaguemestre.mailbox.signature_status import SignatureMatch, SignatureStatus
from vaguemestre.mailbox.testing.smime import ANNE, entity, letter, mail, sealed
from vaguemestre.testing import letter as ordinary
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.formatted import form
from vaguemestre.webmail.testing.museum import text_in
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.trust import smime_notice

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def put(desk: MailBrowser, content: bytes, **more: str) -> str:
    """Where it is read."""
    return desk.url(tail=f"{desk.put_as_it_is(mail(sealed(content), **more))}/")


def with_picture() -> bytes:
    message = EmailMessage()
    message.set_content("Texte visible été.")
    message.add_alternative('<p>Texte <b>visible</b> <img src="cid:logo@x"></p>', subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@x>")  # type: ignore[union-attr, index]
    message.add_attachment(b"Bonjour", maintype="text", subtype="plain", filename="note.txt")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="plan.pdf")
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_it_is_shown_with_its_files_and_who_signed(desk: MailBrowser, cleaner: Path) -> None:
    place = put(desk, with_picture())
    page = body(desk.get(place))
    shown = text_in(page)
    assert "Message signé (S/MIME). La signature correspond au message." in shown
    assert f"au nom « Anne Auteur <{ANNE}> » et se dit délivré par « Autorité d’essai »" in shown
    assert "2 pièces jointes" in shown
    assert "smime.p7m" not in page
    frame = body(desk.get(f"{place}corps/"))
    assert "<b>visible</b>" in frame
    [picture] = re.findall(r'src="([^"]+/images/[^"]+)"', frame)
    assert desk.get(unescape(picture)).content == PNG
    assert "Texte visible été." in body(desk.get(f"{place}?vue=texte"))


def test_its_files_open_are_saved_and_go_together(desk: MailBrowser, cleaner: Path) -> None:
    place = put(desk, with_picture())
    note, plan = sorted(set(re.findall(r'href="(/webmail/[^"]+/pieces/[^"]+/vue/)"', body(desk.get(place)))))
    seen = body(desk.get(note))
    assert "Bonjour" in seen
    assert plan in seen  # beside it
    assert "smime.p7m" not in seen  # nothing stands above it
    saved = desk.get(note.replace("/vue/", "/telechargement/"))
    assert b"".join(saved.streaming_content) == b"Bonjour"  # type: ignore[attr-defined]
    together = desk.get(f"{place}pieces/ensemble/")
    with ZipFile(BytesIO(b"".join(together.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "note.txt": b"Bonjour",
            "plan.pdf": b"%PDF-1.4",
        }


def test_it_is_answered_and_handed_on(desk: MailBrowser, cleaner: Path) -> None:
    place = put(desk, with_picture())
    assert "Texte visible" in fields(body(desk.get(f"{place}reponse/")))["texte"]
    html = body(desk.get(f"{place}transfert/"))
    pieces = re.findall(r'name="piece" value="([^"]+)" checked', html)
    key = key_of(html)
    desk.post(f"/webmail/ecrire/{key}/", {**form(html), "piece": pieces})
    files = Outgoing.objects.get(key=key).files
    assert {file.name: file.path.read_bytes() for file in files.filter(content_id="")} == {
        "note.txt": b"Bonjour",
        "plan.pdf": b"%PDF-1.4",
    }
    assert [file.path.read_bytes() for file in files.exclude(content_id="")] == [PNG]


def test_an_envelope_among_the_files_opens_as_a_message(desk: MailBrowser) -> None:
    message = ordinary("m@ac-amiens.fr")
    message.add_attachment(
        sealed(letter("Dedans")), maintype="application", subtype="pkcs7-mime",
        filename="smime.p7m", params={"smime-type": "signed-data"},
    )  # fmt: skip
    seen = text_in(body(desk.get(desk.url(tail=f"{desk.put(message)}/pieces/2/vue/"))))
    assert "Dedans" in seen
    assert "La signature correspond au message." in seen


def test_what_is_encrypted_inside_is_said(desk: MailBrowser) -> None:
    inside = entity(bytes.fromhex("308006092a864886f70d010703a080") + bytes(40), "enveloped-data")
    shown = text_in(body(desk.get(put(desk, inside))))
    assert "Message signé" in shown
    assert "Ce message est chiffré (S/MIME)" in shown


def test_an_empty_one_is_not_said_to_be_damaged(desk: MailBrowser) -> None:
    shown = text_in(body(desk.get(put(desk, letter("")))))
    assert "pli fermé" not in shown
    assert "abîmé" not in shown


@pytest.mark.parametrize(
    ("seal", "sender", "said", "tone"),
    [
        (SignatureStatus(SignatureMatch.UNKNOWN), ANNE, "La signature n’a pas pu être vérifiée.", "plain"),
        (
            SignatureStatus(SignatureMatch.NO),
            ANNE,
            "La signature ne correspond pas au message : il a pu être modifié en chemin.",
            "warn",
        ),
        (
            SignatureStatus(SignatureMatch.YES, "Anne", (), "X"),
            ANNE,
            "au nom « Anne » et se dit délivré par « X », ce qui",
            "plain",
        ),
        (
            SignatureStatus(SignatureMatch.YES, "", (ANNE,)),
            ANNE,
            f"au nom « {ANNE} » ; qui l’a délivré n’est pas contrôlé ici.",
            "plain",
        ),
        (
            SignatureStatus(SignatureMatch.YES, "Anne", (ANNE,)),
            "b@x.example",
            "Mais ce message vient d’une autre adresse.",
            "warn",
        ),
        (SignatureStatus(SignatureMatch.YES, "Anne", ("a@x.example", ANNE)), ANNE.upper(), "correspond", "plain"),
    ],
)
def test_what_is_said(seal: SignatureStatus, sender: str, said: str, tone: str) -> None:
    with translation.override("fr"):
        notice = smime_notice.signature_notice(seal, sender)
    assert notice
    assert said in text_in(notice.said)
    assert notice.tone == tone
    assert smime_notice.signature_notice(None, sender) is None
