"""The earlier message in a mail's HTML, in the shapes that people's programs write."""

# ruff: noqa: E501 - a sample is one line, as a mail would hold it

import re

import pytest

from vaguemestre.mailbox.sandbox.cleaner.allow_list import clean_html
from vaguemestre.mailbox.sandbox.cleaner.fold_marks import QUOTE, SIGNATURE, with_folds
from vaguemestre.mailbox.testing.rfc_vectors import LEAKS, SCRIPTS

MARK = "0123456789abcdef"
WORDS = {QUOTE: "Texte cité", SIGNATURE: "Signature"}
FOLD = '<details class="quote"><summary>Texte cité</summary>'

GMAIL = (
    '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Le mar. 3 nov. 2026 à 10:12, Karim '
    '&lt;<a href="mailto:k@ecole.example">k@ecole.example</a>&gt; a écrit&nbsp;:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex"><div dir="ltr">Qui vient ?</div></blockquote></div>'
)
OUTLOOK_HEAD = (
    '<p class="MsoNormal"><b><span>De&nbsp;:</span></b><span> Karim &lt;k@ecole.example&gt; <br><b>Envoyé&nbsp;:</b> mardi '
    "3 novembre 2026 10:12<br><b>À&nbsp;:</b> Anne<br><b>Objet&nbsp;:</b> Salle</span></p>"
)
QUOTED = {
    "gmail": f'<div dir="ltr">Moi.</div><br>{GMAIL}',
    "thunderbird": '<p>Moi.</p><div class="moz-cite-prefix">Le 03/11/2026 à 10:12, Karim a écrit&nbsp;:<br></div>'
    '<blockquote type="cite" cite="mid:x@y"><p>Qui vient ?</p></blockquote>',
    "apple": '<html><body>Moi.<div><br><blockquote type="cite"><div>Le 3 nov. 2026 à 10:12, Karim a écrit :</div><br>'
    "<div>Qui vient ?</div></blockquote></div><br></body></html>",
    "yahoo": '<div>Moi.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>Le mardi 3 novembre 2026 à 10:12:00 UTC+1, '
    "Karim a écrit :</div><div>Qui vient ?</div></div>",
    "outlook_web": '<div>Moi.</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%">'
    '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De :</b> Karim<br><b>Envoyé :</b> mardi<br><b>À :</b> Anne'
    "<br><b>Objet :</b> Salle</font></div><div>Qui vient ?</div>",
    "outlook_word": '<div class="WordSection1"><p class="MsoNormal">Moi.</p><p>&nbsp;</p><div><div style="border:none;'
    f'border-top:solid #E1E1E1 1.0pt">{OUTLOOK_HEAD}</div></div><p class="MsoNormal">Qui vient ?</p></div>',
    "outlook_english": '<div><p>Moi.</p><div style="border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> Karim<br><b>Sent:</b> '
    "Tuesday<br><b>To:</b> Anne<br><b>Subject:</b> Room</p></div><p>Qui vient ?</p></div>",
    "zimbra": '<div><div>Moi.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>De: </b>Karim'
    "<br><b>À: </b>Anne<br><b>Envoyé: </b>Mardi<br></div><div>Qui vient ?</div></div>",
    "roundcube": '<p>Moi.</p><p id="reply-intro">Le 2026-11-03 10:12, Karim a écrit&nbsp;:</p>'
    '<blockquote type="cite"><div>Qui vient ?</div></blockquote>',
    "proton": '<div>Moi.</div><div class="protonmail_quote">On Tuesday, Karim wrote:<br><blockquote type="cite">Qui vient ?'
    "</blockquote></div>",
    "bare": "<div>Moi.</div><div>Karim a écrit :</div><blockquote>Qui vient ?</blockquote>",
    "signed": '<p>Moi.</p><div class="moz-cite-prefix">Le 3 mai, Karim a écrit :</div><blockquote type="CITE">Qui vient ?'
    '</blockquote><div class="moz-signature">-- <br>Anne</div>',
    "in_a_table": f"<table><tr><td><div>Moi.</div>{GMAIL}</td></tr></table>",
}


def read(html: str) -> str:
    return with_folds(clean_html(html, MARK, reading=True).html, MARK, WORDS)


def inside(html: str) -> str:
    """What is folded, as text."""
    match = re.search(r'<details class="quote">(.*)</details>', html, re.DOTALL)
    return re.sub(r"<[^>]*>", " ", match[1]) if match else ""


@pytest.mark.parametrize("name", QUOTED)
def test_an_answer_above_what_it_answers(name: str) -> None:
    html = read(QUOTED[name])
    assert html.count("<details") == html.count("</details>") == 1
    assert html.index("Moi.") < html.index(FOLD)
    assert "Qui vient ?" in inside(html)
    assert "Karim" in inside(html), "who wrote it goes with what was written"
    assert MARK not in html


@pytest.mark.parametrize("name", QUOTED)
def test_what_is_the_whole_message_stays_open(name: str) -> None:
    html = read(QUOTED[name].replace("Moi.", ""))
    assert "<details" not in html
    assert "Qui vient ?" in html


@pytest.mark.parametrize(
    "name", set(QUOTED) - {"outlook_web", "outlook_word", "outlook_english", "zimbra", "in_a_table"}
)
def test_an_answer_below_stays_beside_its_question(name: str) -> None:
    """Not where a program only writes above: there, what follows is the earlier message itself."""
    html = read(QUOTED[name].replace("</body></html>", "") + "<p>Et moi aussi.</p>")
    assert "<details" not in html


def test_answers_between_the_lines_stay_with_their_questions() -> None:
    html = read(
        '<p>Bonjour,</p><blockquote type="cite">Qui ?</blockquote><p>Moi.</p><blockquote type="cite">Quand ?</blockquote><p>Ici.</p>'
    )
    assert "<details" not in html


@pytest.mark.parametrize(
    "forward",
    [
        '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>De : <b>K</b></div>Qui ?</div>',
        '<div class="moz-forward-container"><br>-------- Message transféré --------<table class="moz-email-headers-table">'
        '<tr><th>Sujet :</th><td>Salle</td></tr></table><blockquote type="cite">Qui ?</blockquote></div>',
        '<div><blockquote type="cite"><div>Début du message réexpédié :</div><div>Qui ?</div></blockquote></div>',
    ],
)
def test_what_is_handed_on_stays_open(forward: str) -> None:
    assert "<details" not in read(f"<p>Pour information.</p>{forward}")


def test_an_indented_paragraph_is_no_quotation() -> None:
    assert "<details" not in read("<p>Le poème :</p><blockquote>Demain, dès l’aube</blockquote>")


def test_a_long_signature_is_folded_and_a_short_one_is_not() -> None:
    def signed(words: str) -> str:
        return read(f'<div>Moi.</div><div class="gmail_signature">{words}</div>')

    assert "<details" not in signed("Anne Auteur")
    assert '<details class="signature"><summary>Signature</summary>' in signed("Ligne. " * 60)


def test_without_words_nothing_is_folded_and_no_mark_is_left() -> None:
    html = clean_html(QUOTED["gmail"], MARK, reading=True).html
    assert MARK in html
    assert MARK not in with_folds(html, MARK, {})
    assert "<details" not in with_folds(html, MARK, {})


def test_a_mail_cannot_fold_by_itself() -> None:
    html = read("<details class=quote><summary>Texte cité</summary>caché</details>")
    assert html == "Texte citécaché"


@pytest.mark.parametrize("name", SCRIPTS | LEAKS)
def test_vectors_inside_what_is_folded(name: str) -> None:
    """Folding changes nothing in what is let through."""
    vector = (SCRIPTS | LEAKS)[name]
    for html in (f"<p>Moi.</p>{GMAIL}{vector}", f"<p>Moi.</p><blockquote type=cite>K. a écrit :{vector}</blockquote>"):
        kept = set(re.findall(r"<(\w+)", read(html))) - {"details", "summary"}
        assert kept <= set(re.findall(r"<(\w+)", clean_html(html, MARK).html)) | {"tbody", "div"}
