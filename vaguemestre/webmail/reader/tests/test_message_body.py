"""The HTML of a mail in its frame, and attachments: nothing of them runs with our rights."""

import re
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import PIXEL, html_letter, with_file
from vaguemestre.webmail.testing.pages import body


def test_the_page_frames_the_html_without_scripts(desk: MailBrowser) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert 'sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"' in html
    assert "allow-scripts" not in html
    assert "<p>Bonjour</p>" not in html


def test_the_frame_has_its_own_policy_and_clean_html(desk: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(html_letter('<p onclick="x()">Bonjour</p><script>alert(1)</script><img src="https://x.fr/p.gif">'))
    response = desk.get(desk.url(tail=f"{uid}/corps/"))
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; font-src 'self'; frame-ancestors 'self'; "
        "form-action 'none'; base-uri 'none'"
    )
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    html = body(response)
    assert "Bonjour" in html
    assert "onclick" not in html
    assert "<script" not in html
    assert "x.fr" not in html
    assert "1 image distante bloquée\u00a0: l’expéditeur ne sait pas" in html


def test_without_the_cleaner_the_text_is_shown_and_said(desk: MailBrowser) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>", text="En texte <b>seul</b>."))
    html = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert "En texte &lt;b&gt;seul&lt;/b&gt;." in html
    assert "La mise en forme de ce message ne peut pas être affichée pour le moment" in html
    assert re.search('<p class="fact" data-away>.*<a href="" target="_self">Réessayer</a>', html, re.DOTALL)


def test_a_bomb_of_nested_markup_shows_the_text(desk: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(html_letter("<div>" * 5000 + "boum", text="Au calme."))
    html = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert "Au calme." in html
    assert "n’a pas pu être affichée sans risque" in html
    assert "data-away" not in html


def test_pictures_inside_the_text_come_from_the_mail_itself(desk: MailBrowser, cleaner: Path) -> None:
    message = html_letter('<img src="cid:logo@x">')
    message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<logo@x>")  # type: ignore[union-attr, index]  # a multipart's list
    uid = desk.put(message)
    html = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert f"{desk.url(tail=f'{uid}/images/')}2.2/" in html
    response = desk.get(desk.url(tail=f"{uid}/images/2.2/"))
    assert response.content == PIXEL
    assert response["Content-Type"] == "image/png"


def test_a_picture_inside_the_text_that_would_fill_all_memory_is_an_empty_frame(
    desk: MailBrowser, cleaner: Path
) -> None:
    message = html_letter('<img src="cid:logo@x">')
    bomb = PIXEL[:16] + b"\0\0\xea\x60" * 2 + PIXEL[24:]
    message.get_payload()[1].add_related(bomb, "image", "png", cid="<logo@x>")  # type: ignore[union-attr, index]  # a multipart's list
    response = desk.get(desk.url(tail=f"{desk.put(message)}/images/2.2/"))
    assert (response.status_code, response.content) == (204, b"")


def test_the_text_alone_may_be_asked_for(desk: MailBrowser) -> None:
    uid = desk.put(html_letter("<p>Bonjour</p>"))
    html = body(desk.get(desk.url(tail=f"{uid}/?vue=texte")))
    assert "Version en texte." in html
    assert f"/{uid}/corps/" not in html


def test_words_of_a_message_that_is_only_formatted(desk: MailBrowser, cleaner: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Anne <anne@x.example>", desk.mail.address, "Sortie"
    message.set_content(
        '<div style="display:none">En ligne</div><p>Bonjour <b>à tous</b></p><ul><li>un</li><li>deux</li></ul>'
        '<a href="https://x.example/lieu">Le lieu</a><script>mal()</script>', subtype="html",
    )  # fmt: skip
    uid = desk.put(message)
    html = body(desk.get(desk.url(tail=f"{uid}/?vue=texte")))
    assert 'Bonjour à tous\n\n- un\n- deux\n\nLe lieu &lt;<a href="https://x.example/lieu"' in html
    assert "En ligne" not in html[html.index('id="message"') :]
    assert "mal()" not in html[html.index('id="message"') :]
    assert f"/{uid}/corps/" not in html
    assert "Afficher la mise en forme" in html


def test_an_empty_text_beside_the_formatted_one_is_no_text(desk: MailBrowser) -> None:
    message = letter(desk.mail.address, text=" ")
    message.add_alternative("<p>Bonjour <b>Luc</b></p>", subtype="html")
    html = body(desk.get(desk.url(tail=f"{desk.put(message)}/?vue=texte")))
    assert "Bonjour Luc" in html  # without the cleaner too


def test_how_a_message_is_seen_stays_while_the_browser_is_open(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid, other = desk.put(html_letter("<p>Bonjour</p>")), desk.put(html_letter("<p>Bonsoir</p>"))
    page, frame = desk.url(tail=f"{uid}/"), f"/{uid}/corps/"
    switch = re.search(r'href="([^"]+)"[^>]*>[^<]*<svg.*?</svg>Afficher le texte seul', body(desk.get(page)))
    assert switch
    assert frame not in body(desk.get(unescape(switch[1])))
    assert frame not in body(desk.get(page))  # an act on it, mail that comes
    assert f"/{other}/corps/" in body(desk.get(desk.url(tail=f"{other}/")))
    assert frame in body(desk.get(f"{page}?vue=html"))
    assert frame in body(desk.get(page))
    desk.get(f"{page}?vue=bleu")
    desk.client.cookies["__Host-vues"] = "t.h-.x" + "t" * 3000
    assert frame in body(desk.get(page))


@pytest.mark.parametrize(("kind", "name"), [("text/html", "a.html"), ("image/svg+xml", "a.svg"), ("text/xml", "a.xml")])
def test_what_could_run_is_saved_never_opened(desk: MailBrowser, kind: str, name: str) -> None:
    uid = desk.put(with_file(name, b"<script>alert(1)</script>", kind))
    for tail in ("pieces/2/", "pieces/2/telechargement/"):
        response = desk.get(desk.url(tail=f"{uid}/{tail}"))
        assert response["Content-Type"] == "application/octet-stream"
        assert response["Content-Disposition"].startswith("attachment; ")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].startswith("sandbox;")
    assert desk.get(desk.url(tail=f"{uid}/images/2/")).status_code == 404


def test_text_opens_as_text_without_our_origin(desk: MailBrowser) -> None:
    uid = desk.put(with_file("a.txt", "<script>é</script>".encode("latin-1"), "text/plain"))
    response = desk.get(desk.url(tail=f"{uid}/pieces/2/"))
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.content.decode() == "<script>é</script>"


def test_a_pdf_opens_under_a_policy_of_its_own(desk: MailBrowser) -> None:
    uid = desk.put(with_file("Devis.pdf", b"%PDF-1.4"))
    response = desk.get(desk.url(tail=f"{uid}/pieces/2/"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline; ")
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["Cache-Control"] == "private, no-store"


def test_a_part_that_is_not_there_is_a_404(desk: MailBrowser) -> None:
    uid = desk.put(letter("x@ac-amiens.fr"))
    for tail in ("pieces/7/", "pieces/7/telechargement/", "images/1/", "corps/"):
        assert desk.get(desk.url(tail=f"{uid}/{tail}")).status_code == 404


REPLY = (
    '<p style="color:#1F497D">Moi.</p><div class="moz-cite-prefix">Le 3 mai, Karim a écrit :</div>'
    '<blockquote type="cite">Qui vient ?</blockquote>'
)


def framed(desk: MailBrowser, html: str, *, subject: str = "Essai") -> str:
    message = letter("x@ac-amiens.fr", subject=subject, text="Version en texte.")
    message.add_alternative(html, subtype="html")
    return body(desk.get(desk.url(tail=f"{desk.put(message)}/corps/"))).partition("</style>")[2]


def test_what_is_quoted_is_folded_under_french_words(desk: MailBrowser, cleaner: Path) -> None:
    html = framed(desk, REPLY)
    assert '<details class="quote"><summary>Texte cité</summary><div>Le 3 mai, Karim a écrit :</div>' in html
    assert html.index("Moi.") < html.index("<details") < html.index("Qui vient ?")


@pytest.mark.parametrize("subject", ["TR: Salle", "Fwd: Salle", "Tr : Salle"])
def test_what_is_forwarded_stays_open(desk: MailBrowser, cleaner: Path, subject: str) -> None:
    assert "<details" not in framed(desk, REPLY, subject=subject)


def test_inks_are_lit_in_the_dark_and_may_be_shown_as_they_were_sent(desk: MailBrowser, cleaner: Path) -> None:
    html = framed(desk, REPLY)
    assert "color:#1F497D;color:light-dark(#1F497D, #" in html
    assert 'class="inked"' in html
    assert "Afficher comme envoyé" in html


@pytest.mark.parametrize(
    ("html", "look"), [("<p>Sans couleur</p>", "plain"), ('<table bgcolor="#036"><tr><td>Lettre</table>', "own")]
)
def test_a_switch_that_would_change_nothing_is_not_there(
    desk: MailBrowser, cleaner: Path, html: str, look: str
) -> None:
    found = framed(desk, html)
    assert f'class="{look}"' in found
    assert "Afficher comme envoyé" not in found


def test_a_mail_too_long_says_so_and_can_be_saved(desk: MailBrowser, cleaner: Path) -> None:
    html = framed(desk, "<p>Une ligne.</p>\n" * 80_000)
    assert "Le message est très long" in html
    assert "source/telechargement/" in html
    assert "Une ligne." in html


def test_a_picture_that_could_run_has_no_address(desk: MailBrowser, cleaner: Path) -> None:
    message = html_letter('<img src="cid:logo@x" alt="dessin">')
    message.get_payload()[1].add_related(b"<svg/>", "image", "svg+xml", cid="<logo@x>")  # type: ignore[union-attr, index]  # a multipart's list
    html = body(desk.get(desk.url(tail=f"{desk.put(message)}/corps/")))
    assert '<img alt="dessin">' in html


def test_a_formatted_text_has_the_language_that_its_sender_says_and_our_words_have_ours(
    desk: MailBrowser, cleaner: Path
) -> None:
    message = html_letter(REPLY)
    message["Content-Language"] = "en-GB, fr"
    uid = desk.put(message)
    frame = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert '<html lang="fr"' in frame
    assert '<div id="corps" lang="en-GB">' in frame
    assert '<summary lang="fr">Texte cité</summary>' in frame
    assert '<div class="letter" lang="en-GB">' in body(desk.get(desk.url(tail=f"{uid}/impression/")))


def test_a_text_in_plain_words_too(desk: MailBrowser) -> None:
    message = letter("x", text="Thanks.\n\n> Who comes?\n\nI do.\n-- \nAnne")
    message["Content-Language"] = "en"
    uid = desk.put(message)
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert '<html lang="fr"' in page
    assert '<div class="body-text" lang="en">Thanks.' in page
    assert '<blockquote class="body-quote" lang="en">' in page
    assert '<div class="body-signature" lang="en">' in page
    assert page.count(' lang="en"') == 4
    assert '<div class="text" lang="en">Thanks.' in body(desk.get(desk.url(tail=f"{uid}/impression/")))


def test_a_message_inside_another_has_its_own(desk: MailBrowser, cleaner: Path) -> None:
    formatted, plain = html_letter("<p>Hello</p>"), letter("x", text="Hallo")
    formatted["Content-Language"], plain["Content-Language"] = "en", "de"
    outer = letter("x", subject="Transmis", text="Voir.")
    outer.add_attachment(formatted)
    outer.add_attachment(plain)
    uid = desk.put(outer)
    assert '<div id="corps" lang="en">' in body(desk.get(desk.url(tail=f"{uid}/pieces/2/corps/")))
    assert '<div class="body-text" lang="de">Hallo' in body(desk.get(desk.url(tail=f"{uid}/pieces/3/vue/")))


@pytest.mark.parametrize("said", [None, "klingon", 'fr"onload="x', "und"])
def test_what_is_no_language_is_passed_over(desk: MailBrowser, cleaner: Path, said: str | None) -> None:
    message = html_letter("<p>Bonjour</p>")
    if said:
        message["Content-Language"] = said
    frame = body(desk.get(desk.url(tail=f"{desk.put(message)}/corps/")))
    assert '<div id="corps"><p>Bonjour</p>' in frame
