"""Pictures in signatures: drawn again, small, their owner's alone; one with each letter, and still there further on."""

import re
from email.message import Message
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from vaguemestre.academy.facts import academy
from vaguemestre.webmail import purge
from vaguemestre.webmail.compose import signature_images
from vaguemestre.webmail.compose.signature_images import ImageRefusal, ImageRefusedError, redraw
from vaguemestre.webmail.models import Outgoing, Preferences, SignaturePicture, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.signature_pictures import drawn, pictures_in

PAGE, IMAGES = "/webmail/reglages/signature/", "/webmail/reglages/signature/images/"
LOGO = "Logo du collège"


def sent_in(desk: MailBrowser, content: bytes, name: str = "logo.png") -> HttpResponse:
    return desk.post(IMAGES, {"image": SimpleUploadedFile(name, content, "image/png")})


def put(desk: MailBrowser, **more: str) -> str:
    """A signature with a picture; answers where the picture is."""
    address = sent_in(desk, drawn())["Location"]
    html = f'<div><b>Mathilde</b></div><div><img src="{address}" alt="{LOGO}"></div>'
    assert desk.post(PAGE, {"html": html, **more}).status_code == 302
    return address


def refused(response: HttpResponse) -> str:
    assert response.status_code == 422
    return body(response)


def html_of(page: str) -> str:
    found = re.search(r'name="html" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


def shows_its_picture(message: Message) -> bool:
    [picture] = pictures_in(message)
    [html] = [part for part in message.walk() if part.get_content_type() == "text/html"]
    cid = picture["Content-ID"].strip("<>")
    octets = picture.get_payload(decode=True)
    text = html.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert isinstance(text, bytes)
    return text.count(f"cid:{cid}".encode()) == 1 and octets.startswith(b"\x89PNG")


@pytest.mark.parametrize(("kind", "expected"), [("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "png"), ("WEBP", "png")])
def test_what_is_drawn_anew(kind: str, expected: str) -> None:
    found, octets = redraw(drawn(kind, (1600, 800)))
    assert found == f"image/{expected}"
    assert Image.open(BytesIO(octets)).size == (600, 300)


def test_nothing_stays_of_the_file_but_its_points() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "RUE DU DOMICILE", 6  # description, and turned by a quarter
    _kind, octets = redraw(drawn("JPEG", exif=exif) + b"<script>alert(1)</script>")
    assert b"DOMICILE" not in octets
    assert b"script" not in octets
    assert Image.open(BytesIO(octets)).size == (32, 64)
    assert not Image.open(BytesIO(octets)).getexif()


@pytest.mark.parametrize(
    "raw",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, drawn()[:60],
     b"GIF89a\x10\x00\x10\x00", b"%PDF-1.7"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(ImageRefusedError) as refused:
        redraw(raw)
    assert refused.value.reason == ImageRefusal.KIND


def test_one_that_would_fill_the_memory_is_not_drawn() -> None:
    with pytest.raises(ImageRefusedError) as refused:
        redraw(drawn()[:16] + (60_000).to_bytes(4) * 2 + drawn()[24:])
    assert refused.value.reason == ImageRefusal.LARGE


def test_it_is_its_owners_alone(desk: MailBrowser, neighbour: MailBrowser) -> None:
    response = sent_in(desk, drawn())
    assert response.status_code == 201
    address = response["Location"]
    shown = desk.get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert neighbour.get(address).status_code == 404
    assert desk.get(f"{IMAGES}999999/").status_code == 404
    assert Client().get(address).status_code == 302
    assert Client().post(IMAGES).status_code == 302
    assert desk.get(IMAGES).status_code == 405
    assert desk.post(IMAGES).status_code == 404


def test_what_is_refused_says_what_to_do(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "n’est pas une image" in refused(sent_in(desk, b"<svg/>"))
    noise = Image.effect_noise((600, 400), 120).convert("RGB")
    kept = BytesIO()
    noise.save(kept, "PNG")
    assert "100 Ko" in refused(sent_in(desk, kept.getvalue())).replace("\xa0", " ").replace("\u202f", " ")
    monkeypatch.setattr(signature_images, "SPARE", 1)
    assert sent_in(desk, drawn()).status_code == 201
    assert "beaucoup d’images" in refused(sent_in(desk, drawn()))
    assert SignaturePicture.objects.count() == 1


def test_it_travels_once_with_each_letter_and_further(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: object
) -> None:
    address = put(desk)
    sheet = body(desk.get("/webmail/ecrire/"))
    assert f'src="{address}"' in html_of(sheet)
    key, form = key_of(sheet), fields(sheet)
    data = {"html": html_of(sheet), "a": neighbour.mail.address, "objet": "Avec logo", "fenetre": form["fenetre"]}
    for revision in ("0", "1"):  # kept twice, it is still one picture
        desk.post(f"/webmail/ecrire/{key}/", {**data, "revision": revision})
    assert shows_its_picture(desk.stored("drafts")[0])
    again = html_of(body(desk.get(f"/webmail/ecrire/{key}/")))
    assert f"/webmail/ecrire/{key}/images/" in again
    assert desk.post(f"/webmail/ecrire/{key}/envoi/", {**data, "html": again, "revision": "2"}).status_code == 302
    [received] = neighbour.stored("inbox")
    assert shows_its_picture(received)
    [uid] = neighbour.uids()
    passed_on = body(neighbour.get(neighbour.url(tail=f"{uid}/transfert/")))
    form = fields(passed_on)
    handed = {"html": html_of(passed_on), "a": desk.mail.address, "objet": "Tr", **_source(form), "genre": "forward"}
    assert neighbour.post(f"/webmail/ecrire/{key_of(passed_on)}/envoi/", handed).status_code == 302
    assert shows_its_picture(desk.stored("inbox")[0])


def test_an_answer_bears_it_too(desk: MailBrowser, neighbour: MailBrowser, cleaner: object) -> None:
    address = put(desk)
    uid = desk.put(b"From: jean@x.example\r\nTo: moi@x.example\r\nSubject: Q\r\n\r\nQuestion\r\n")
    desk.post("/webmail/reglages/signature/usage/", {"format": "riche"})
    html = "<div>Voici</div>"
    raw = f"From: {neighbour.mail.address}\r\nSubject: H\r\nContent-Type: text/html\r\n\r\n{html}\r\n".encode()
    formatted = desk.put(raw)
    assert "Question" in body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    sheet = body(desk.get(desk.url(tail=f"{formatted}/reponse/")))
    assert f'src="{address}"' in html_of(sheet)
    data = {"html": html_of(sheet), "a": neighbour.mail.address, "objet": "Re", **_source(fields(sheet))}
    assert desk.post(f"/webmail/ecrire/{key_of(sheet)}/envoi/", {**data, "genre": "reply"}).status_code == 302
    assert shows_its_picture(neighbour.stored("inbox")[0])


def test_a_draft_taken_up_again_from_the_mailbox_has_it(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: object
) -> None:
    put(desk)
    sheet = body(desk.get("/webmail/ecrire/"))
    desk.post(f"/webmail/ecrire/{key_of(sheet)}/", {"html": html_of(sheet), "objet": "Plus tard", "fenetre": "w"})
    Outgoing.objects.all().delete()
    SignaturePicture.objects.all().delete()
    [uid] = desk.uids("drafts")
    resumed = body(desk.get(desk.url("drafts", f"{uid}/reprise/")))
    data = {"html": html_of(resumed), "a": neighbour.mail.address, "objet": "Là", **_source(fields(resumed))}
    assert desk.post(f"/webmail/ecrire/{key_of(resumed)}/envoi/", {**data, "reprise": "1"}).status_code == 302
    assert shows_its_picture(neighbour.stored("inbox")[0])


def test_somebody_elses_is_left_out(desk: MailBrowser, neighbour: MailBrowser, cleaner: object) -> None:
    theirs = put(neighbour)
    desk.post(PAGE, {"html": f'<div>Moi<img src="{theirs}"></div>'})
    assert "<img" not in Preferences.objects.get(account=desk.mail.account).signature_html
    key = new_key()
    cid = SignaturePicture.objects.get().content_id
    html = f'<div>Bonjour<img src="{theirs}"><img src="cid:{cid}"></div>'
    desk.post(f"/webmail/ecrire/{key}/", {"html": html, "objet": "X", "fenetre": "w"})
    outgoing = Outgoing.objects.get(key=key)
    assert ("<img" in outgoing.html, outgoing.files.count()) == (False, 0)


def test_a_picture_alone_is_no_signature(desk: MailBrowser, cleaner: object) -> None:
    address = sent_in(desk, drawn())["Location"]
    response = desk.post(PAGE, {"html": f'<div><img src="{address}"></div>'})
    assert "au moins votre nom" in refused(response)
    assert address in html_of(refused(response))


def test_all_of_one_signature_weigh_so_much_together(
    desk: MailBrowser, cleaner: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [sent_in(desk, drawn(size=(60 + n, 40)))["Location"] for n in range(3)]
    one = len(bytes(SignaturePicture.objects.earliest("id").content))
    monkeypatch.setattr(signature_images, "size_limit", lambda: one * 2)
    images = "".join(f'<img src="{address}">' for address in addresses)
    assert "accompagnent chaque message" in refused(desk.post(PAGE, {"html": f"<div>Moi{images}</div>"}))


def test_those_that_nothing_shows_any_more_are_forgotten(desk: MailBrowser, cleaner: object) -> None:
    put(desk)
    sent_in(desk, drawn())
    SignaturePicture.objects.update(created_at=timezone.now() - signature_images.UNUSED_FOR * 2)
    sent_in(desk, drawn())
    used = Preferences.objects.get().signature_html
    assert sorted(one.content_id in used for one in SignaturePicture.objects.all()) == [False, True]
    purge.purge(desk.mail.key, timezone.now())
    assert not SignaturePicture.objects.exists()


def test_where_the_academy_wants_none(desk: MailBrowser, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'data-act="picture"' in body(desk.get(PAGE))
    monkeypatch.setattr(signature_images, "size_limit", lambda *_: 0)
    assert 'data-act="picture"' not in body(desk.get(PAGE))
    assert sent_in(desk, drawn()).status_code == 404
    assert academy().signature.pictures_kb == 100


def _source(form: dict[str, str]) -> dict[str, object]:
    names = ("source_dossier", "source_uid", "fenetre", "reprise")
    return {name: form[name] for name in names if name in form}
