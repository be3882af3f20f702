"""Formatted letters: what a hostile form cannot do, what travels, what comes back to be gone on with."""

import html as entities
import re
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from vaguemestre.mailbox.sandbox.cleaner import html_text
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import rich_text
from vaguemestre.webmail.models import Outgoing, Preferences, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.formatted import form
from vaguemestre.webmail.testing.pages import body

pytestmark = pytest.mark.usefixtures("cleaner")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738550000"
    "000049454e44ae426082"
)
HOSTILE = (
    '<p onclick="x()" style="color:red;background:url(https://spy.example/)">Bonjour <b>à tous</b></p>'
    "<script>x()</script>"
    '<img src="https://spy.example/t.gif"><img src="data:image/png;base64,AAAA"><a href="javascript:x()">piège</a>'
    '<form action="https://spy.example/"><input name="a"></form><iframe src="https://spy.example/"></iframe>'
)


def html_in(page: str) -> str:
    return str(form(page)["html"])


def parts(message: Message) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def content(message: Message, kind: str) -> str:
    [part] = [part for part in message.walk() if part.get_content_type() == kind]
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")  # type: ignore[union-attr]  # a single part


def rich(desk: MailBrowser, key: str, html: str, tail: str = "envoi/", **more: object) -> str:
    data: dict[str, object] = {
        "a": desk.mail.address,
        "objet": "Essai",
        "html": html,
        "fenetre": "w1",
        "revision": "0",
        **more,
    }
    return body(desk.post(f"/webmail/ecrire/{key}/{tail}", data))


def put_picture(desk: MailBrowser, key: str, content: bytes = PNG) -> str:
    upload = SimpleUploadedFile("logo.png", content, "image/png")
    data: dict[str, object] = {
        "a": desk.mail.address,
        "objet": "Essai",
        "html": "<div>x</div>",
        "fenetre": "w1",
        "image": upload,
    }
    response = desk.post(f"/webmail/ecrire/{key}/images/", data)
    assert response.status_code == 201, body(response)
    return response["Location"]


def thunderbird(desk: MailBrowser) -> EmailMessage:
    """A formatted message with a picture in its text and a file beside it."""
    message = letter(desk.mail.address, subject="Mis en forme", text="Bonjour, voici le logo.")
    message.add_alternative(
        "<html><head><style>p { color: #123456 }</style></head><body><p>Bonjour, <b>voici</b> le logo."
        '<img src="cid:logo@x" width="40"><img src="https://spy.example/p.gif"></p></body></html>',
        subtype="html",
    )
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<logo@x>")  # type: ignore[union-attr, index]
    message.add_attachment(b"contenu", maintype="application", subtype="pdf", filename="note.pdf")
    return message


def test_a_forged_form_sends_nothing_but_words(desk: MailBrowser, neighbour: MailBrowser) -> None:
    rich(desk, new_key(), HOSTILE, a=neighbour.mail.address)
    [message] = neighbour.stored("inbox")
    assert parts(message) == ["multipart/alternative", "text/plain", "text/html"]
    html = content(message, "text/html")
    assert '<p style="color:red">Bonjour <b>à tous</b></p>' in html
    assert not re.search(r"script|onclick|spy|javascript|<form|<input|<iframe|data:", html)
    assert content(message, "text/plain") == "Bonjour à tous\n\npiège\n"
    page = body(neighbour.get(neighbour.url(tail=f"{neighbour.uids()[0]}/corps/")))
    assert "<b>à tous</b>" in page


def test_a_plain_letter_stays_plain(desk: MailBrowser) -> None:
    desk.write(new_key(), a=desk.mail.address, texte="Bonjour.")
    assert parts(desk.stored("inbox")[0]) == ["text/plain"]


def test_a_picture_travels_inside_and_only_while_the_text_shows_it(desk: MailBrowser) -> None:
    key = new_key()
    url = put_picture(desk, key)
    shown = desk.get(url)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    rich(desk, key, f'<div>Voici <img src="{url}" width="40" alt="logo"></div>', "")
    [draft] = desk.stored("drafts")
    kinds = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert parts(draft) == kinds
    rich(
        desk,
        key,
        f'<div>Voici <img src="https://testserver{url}" width="40" alt="logo"></div>',
        fichier=SimpleUploadedFile("a.txt", b"a"),
    )
    [message] = desk.stored("inbox")
    assert parts(message) == ["multipart/mixed", *kinds, "text/plain"]
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in content_html(message)
    assert picture.get_payload(decode=True) == PNG
    assert str(picture["Content-Disposition"]).startswith("inline")

    other = new_key()
    put_picture(desk, other)
    rich(desk, other, "<div>Sans image</div>")
    assert "image/png" not in parts(desk.stored("inbox", 2)[-1])


def content_html(message: Message) -> str:
    [part] = [part for part in message.walk() if part.get_content_type() == "text/html"]
    return part.get_payload(decode=True).decode()  # type: ignore[union-attr]  # a single part


def test_a_picture_is_its_writer_s_alone_and_a_true_one(desk: MailBrowser, neighbour: MailBrowser) -> None:
    key = new_key()
    url = put_picture(desk, key)
    assert neighbour.get(url).status_code == 404
    assert (
        neighbour.post(f"/webmail/ecrire/{key}/images/", {"image": SimpleUploadedFile("a.png", PNG)}).status_code == 404
    )
    assert desk.post(f"/webmail/ecrire/{key}/images/", {}).status_code == 404
    script = SimpleUploadedFile("a.png", b"<svg onload=x>", "image/png")
    response = desk.post(f"/webmail/ecrire/{key}/images/", {"html": "<div>x</div>", "fenetre": "w1", "image": script})
    assert response.status_code == 422
    rich(desk, key, "<div>x</div>", "", fichier=SimpleUploadedFile("note.png", PNG, "image/png"))
    attached = Outgoing.objects.get(key=key).files.get(content_id="")
    assert desk.get(f"/webmail/ecrire/{key}/images/{attached.pk}/").status_code == 404  # an attachment is not shown so
    theirs = new_key()
    rich(neighbour, theirs, f'<div><img src="{url}">x</div>', "")
    assert "<img" not in Outgoing.objects.get(key=theirs).html


def test_a_draft_of_another_program_comes_back_with_its_dress(desk: MailBrowser) -> None:
    uid = desk.put(thunderbird(desk), "drafts", flags=("\\Draft",))
    page = body(desk.get(desk.url("drafts", f"{uid}/reprise/")))
    sent, key = form(page), key_of(page)
    assert re.search('<p data-style="color: ?#123456">', str(sent["html"]))
    assert f"/{uid}/images/" in str(sent["html"])
    assert "spy" not in str(sent["html"])
    desk.post(
        f"/webmail/ecrire/{key}/",
        {**sent, "a": desk.mail.address, "piece": re.findall(r'name="piece" value="([^"]+)"', page)},
    )
    [draft] = desk.stored("drafts")
    assert parts(draft) == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf",
    ]  # fmt: skip
    again = form(body(desk.get(f"/webmail/ecrire/{key}/")))
    assert f"/webmail/ecrire/{key}/images/" in str(again["html"])
    desk.post(f"/webmail/ecrire/{key}/envoi/", {**again, "a": desk.mail.address})
    assert "image/png" in parts(desk.stored("inbox")[0])


def test_an_answer_quotes_what_was_formatted_without_its_pictures(desk: MailBrowser) -> None:
    uid = desk.put(thunderbird(desk))
    page = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    sent = form(page)
    assert '<blockquote type="cite">' in str(sent["html"])
    assert "<b>voici</b>" in str(sent["html"])
    assert "<img" not in str(sent["html"])
    assert "> Bonjour, voici le logo." in entities.unescape(fields(page)["texte"])
    desk.post(f"/webmail/ecrire/{key_of(page)}/fermeture/", sent)
    assert not Outgoing.objects.exists()  # nothing was written
    plain = desk.put(letter(desk.mail.address, text="Tout simple."))
    assert "html" not in fields(body(desk.get(desk.url(tail=f"{plain}/reponse/"))))


def test_a_forward_takes_the_pictures_of_the_text_along(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(thunderbird(desk))
    page = body(desk.get(desk.url(tail=f"{uid}/transfert/")))
    sent = {**form(page), "a": neighbour.mail.address}
    desk.post(f"/webmail/ecrire/{key_of(page)}/envoi/", sent)
    [message] = neighbour.stored("inbox")
    assert parts(message).count("image/png") == 1
    shown = body(neighbour.get(neighbour.url(tail=f"{neighbour.uids()[0]}/corps/")))
    assert re.search(r'<img[^>]* src="/webmail/dossiers/[0-9a-f]+/\d+/images/[\d.]+/"', shown)
    assert "Message transféré" in content(message, "text/plain")


def test_a_message_forwarded_whole_arrives_as_it_was(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(thunderbird(desk))
    with desk.session() as session:
        source = b"".join(session.source(desk.id(), uid))
    page = body(desk.get(desk.url(tail=f"{uid}/transfert-entier/")))
    assert "Mis en forme.eml" in page
    sent = {**form(page), "a": neighbour.mail.address, "message": f"{desk.id()}-{uid}"}
    desk.post(f"/webmail/ecrire/{key_of(page)}/envoi/", sent)
    [message] = neighbour.stored("inbox")
    [whole] = [part for part in message.walk() if part.get_content_type() == "message/rfc822"]
    inside = whole.get_payload(0)
    assert str(inside["Subject"]) == "Mis en forme"  # type: ignore[index]  # a message within
    assert source.rstrip() in message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert "$Forwarded" in desk.flags(uid)


def test_several_chosen_are_forwarded_in_one_letter(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uids = [desk.put(letter(desk.mail.address, subject=f"Été {number}")) for number in range(3)]
    places = [f"{desk.id()}-{uid}" for uid in uids[:2]]
    page = body(desk.post(desk.url(tail="transfert/"), {"choix": [str(uid) for uid in uids[:2]]}))
    assert re.findall(r'name="message" value="([^"]+)" checked', page) == places
    found = body(desk.post("/webmail/dossiers/recherche/transfert/", {"choix": places}))
    assert "Été 1.eml" in found
    desk.post(f"/webmail/ecrire/{key_of(page)}/envoi/", {**form(page), "a": neighbour.mail.address, "message": places})
    assert parts(neighbour.stored("inbox")[0]).count("message/rfc822") == 2
    assert ["$Forwarded" in desk.flags(uid) for uid in uids] == [True, True, False]
    assert desk.post(desk.url(tail="transfert/"), {"choix": ["999999"]}).status_code == 404


def test_nobody_forwards_the_message_of_another(desk: MailBrowser, neighbour: MailBrowser) -> None:
    theirs = neighbour.put(letter(neighbour.mail.address, subject="Secret"))
    key, place = new_key(), f"{neighbour.id()}-{theirs}"
    rich(desk, key, "<div>x</div>", a=desk.mail.address, message=place)
    assert not Outgoing.objects.filter(key=key, files__type="message/rfc822").exists()
    assert desk.get(f"/webmail/dossiers/{neighbour.id()}/{theirs}/transfert-entier/").status_code == 404


def test_a_message_taken_up_as_a_new_one_answers_nothing(desk: MailBrowser) -> None:
    uid = desk.put(thunderbird(desk), "sent")
    page = body(desk.get(desk.url("sent", f"{uid}/a-nouveau/")))
    sent = form(page)
    assert sent["objet"] == "Mis en forme"
    desk.post(f"/webmail/ecrire/{key_of(page)}/envoi/", {**sent, "a": desk.mail.address})
    [message] = desk.stored("inbox")
    assert "In-Reply-To" not in message
    assert "image/png" in parts(message)
    assert desk.uids("sent")[-1] == uid  # and the old one stays


def test_to_plain_and_back(desk: MailBrowser) -> None:
    key = new_key()
    url = put_picture(desk, key)
    html = f'<div><b>Gras</b> et <img src="{url}" alt="logo"></div><ul><li>un</li></ul>'
    page = rich(desk, key, html, "format/", format="brut")
    assert entities.unescape(fields(page)["texte"]) == "Gras et\n\n- un"
    assert "Remettre la mise en forme" in page
    former = form(page)["html_avant"]
    page = body(desk.post(f"/webmail/ecrire/{key}/format/", {
        "texte": "Gras et\n- un", "html_avant": former, "format": "riche", "fenetre": "w1", "revision": "9",
    }))  # fmt: skip
    assert "<b>Gras</b>" in html_in(page)
    assert url in html_in(page)
    assert "<b>Gras</b>" in Outgoing.objects.get(key=key).html


@pytest.mark.parametrize("text", [
    "Bonjour,\n\nUne ligne.", "a  b   c", "  en retrait", "> cité\n>> deux fois\nréponse", "« a » : b ; c",
    "😀 שלום עולם",
    "x" * 5000, "https://www.education.gouv.fr/a?b=c&d=e et jean@x.fr.", "<b>pas du HTML</b> & &amp;",
    "Texte\n\n-- \nMoi\nProf",
    "\n\nAprès deux lignes", "ligne\n" * 3000 + "fin",
])  # fmt: skip
def test_formatting_a_plain_text_loses_nothing(cleaner: Path, text: str) -> None:
    made = rich_text.clean_html(rich_text.html_of_text(text))
    assert made.text == text
    assert rich_text.clean_html(made.html) == made


def test_without_a_script_the_dress_stays_while_nobody_touches_the_words(desk: MailBrowser) -> None:
    key = new_key()
    rich(desk, key, "<div>Un <b>mot</b></div>", "")
    page = body(desk.get(f"/webmail/ecrire/{key}/"))
    sent = {name: entities.unescape(value) for name, value in fields(page).items()}
    desk.post(f"/webmail/ecrire/{key}/", {**sent, "a": "jean@x.example", "texte": sent["texte"].replace("\n", "\r\n")})
    assert Outgoing.objects.get(key=key).html == "<div>Un <b>mot</b></div>"
    desk.post(f"/webmail/ecrire/{key}/", {**sent, "texte": "Un autre mot"})
    kept = Outgoing.objects.get(key=key)
    assert (kept.html, kept.text) == ("", "Un autre mot")


def test_what_cannot_be_vouched_for_is_kept_as_words_and_not_sent(desk: MailBrowser, settings: Settings) -> None:
    key = new_key()
    big = "<div>" + "mot " * 300_000 + "</div>"
    page = rich(desk, key, big)
    assert "La mise en forme n’a pas pu être gardée" in page
    assert "mot mot" in Outgoing.objects.get(key=key).text
    settings.MAIL = {**settings.MAIL, "cleaner": Path("/nowhere")}
    page = rich(desk, key, "<div>Un <b>mot</b></div>")
    assert html_in(page) == "<div>Un <b>mot</b></div>"  # the sheet still has it
    kept = Outgoing.objects.get(key=key)
    assert (kept.state, kept.html, kept.text) == (Outgoing.State.DRAFT, "", "Un mot")
    assert not desk.uids()


def test_a_letter_begins_as_the_person_writes(desk: MailBrowser) -> None:
    assert '<div class="signature">' in html_in(body(desk.get("/webmail/ecrire/?texte=Bonjour <b>")))
    Preferences.objects.create(account=desk.mail.account, writes_plain=True, changed_at="2026-11-26T00:00:00Z")
    page = body(desk.get("/webmail/ecrire/"))
    assert "html" not in fields(page)
    uid = desk.put(thunderbird(desk))
    assert "html" not in fields(body(desk.get(desk.url(tail=f"{uid}/reponse/"))))


@pytest.mark.parametrize("asked", ["", "?texte=Bonjour <b>&a=jean@x.example"])
def test_a_sheet_on_which_nothing_was_written_leaves_nothing(desk: MailBrowser, asked: str) -> None:
    page = body(desk.get(f"/webmail/ecrire/{asked}"))
    desk.post(f"/webmail/ecrire/{key_of(page)}/fermeture/", {**form(page), "a": "jean@x.example" if asked else ""})
    assert not Outgoing.objects.exists()


def test_two_windows_the_newer_wins_with_its_dress(desk: MailBrowser) -> None:
    key = new_key()
    rich(desk, key, "<div>Un <b>premier</b></div>", "")
    page = rich(desk, key, "<div>Un <i>second</i></div>", "", fenetre="w2")
    assert "Garder celui-ci" in page
    assert "<i>second</i>" in html_in(page)
    assert "<b>premier</b>" in Outgoing.objects.get(key=key).html
    rich(desk, key, "<div>Un <i>second</i></div>", "", fenetre="w2", garder="1")
    assert "<i>second</i>" in Outgoing.objects.get(key=key).html


def test_words_of_any_html(cleaner: Path) -> None:
    assert html_text("<p>a</p>", socket=cleaner) == "a"
