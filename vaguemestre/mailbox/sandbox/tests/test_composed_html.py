"""A letter being written: what of a hostile form is kept, and its words for those who read no HTML."""

import re

import pytest
from hypothesis import given, settings, strategies as st
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.mailbox.sandbox.cleaner.allow_list import HtmlRefusedError
from vaguemestre.mailbox.sandbox.cleaner.composed_html import clean_composed_html
from vaguemestre.mailbox.sandbox.cleaner.plain_text import composed_text, reading_text
from vaguemestre.mailbox.testing.rfc_vectors import LEAKS, SCRIPTS

MARK = "0123456789abcdef"
GIVEN = {
    "href", "src", "alt", "style", "class", "dir", "lang", "align", "valign", "bgcolor", "width", "height", "border",
    "cellpadding", "cellspacing", "colspan", "rowspan", "scope", "span", "color", "face", "size", "start", "type",
    "value",
}  # fmt: skip


def judged(html: str) -> str:
    """Cleans, and looks at all that is left."""
    result = clean_composed_html(html, MARK)[0]
    for node in LexborHTMLParser(result).css("body *"):
        assert node.tag not in {"script", "style", "svg", "math", "form", "input", "iframe", "object", "link", "meta"}
        for name, value in node.attributes.items():
            assert name in GIVEN, result
            if name == "src":
                assert (value or "").startswith(f"https://{MARK}.invalid/s/"), result
            if name == "href":
                assert re.match(r"https?://|mailto:|tel:", value or ""), result
            if name == "style":
                assert "url(" not in (value or ""), result
    return result


@pytest.mark.parametrize("name", SCRIPTS | LEAKS)
def test_nothing_of_a_hostile_form_is_kept(name: str) -> None:
    judged((SCRIPTS | LEAKS)[name])


@settings(max_examples=150)
@given(st.lists(st.sampled_from([*SCRIPTS.values(), *LEAKS.values()]).flatmap(
    lambda vector: st.integers(0, len(vector)).map(lambda cut: vector[cut:])
), min_size=1, max_size=4).map("".join))  # fmt: skip
def test_hostile_pieces_joined(html: str) -> None:
    try:
        kept = judged(html)
    except HtmlRefusedError:
        return
    again = kept.replace(f"https://{MARK}.invalid/s/", "x")  # what the form would bring back
    assert composed_text(again) == composed_text(kept)


def test_styles_stand_where_the_editor_keeps_them_and_no_address_does() -> None:
    html = judged('<p data-style="color:#a23a2c;background:url(https://x/)" style="position:fixed">a</p>')
    assert html == '<p style="color:#a23a2c">a</p>'
    assert judged('<div class="signature evil ink-moss">a</div>') == '<div class="signature ink-moss">a</div>'
    assert "style" not in judged(f'<p style="{"color:red;" * 100}">a</p>')


def test_a_picture_without_an_address_goes() -> None:
    assert judged('<p>a<img alt="x">b</p>') == "<p>ab</p>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a<br>b</div>", "a\nb"),
        ("<div>a <b>b</b> c</div>", "a b c"),
        ("<ul><li>un</li><li>deux<ul><li>sous</li></ul></li></ul>", "- un\n- deux\n  - sous"),
        ('<div>x</div><ol start="9"><li>neuf</li><li>dix<br>suite</li></ol>', "x\n\n9. neuf\n10. dix\n    suite"),
        ("<div>a</div><blockquote>b<blockquote>c</blockquote></blockquote>", "a\n> b\n>> c"),
        ('<a href="https://x.fr/a">ici</a>', "ici <https://x.fr/a>"),
        ('<a href="https://x.fr/">x.fr</a> <a href="mailto:a@x.fr">a@x.fr</a>', "x.fr a@x.fr"),
        ("<h2>Titre</h2><div>a</div><hr><div>b</div>", "Titre\n\na\n--------------------\nb"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a  b\nc  d"),
        ('<div>a</div><div class="signature"><div>Moi</div></div>', "a\n-- \nMoi"),
        ('<div class="signature">Moi</div><div>Le 3, X a écrit :</div>', "Moi\nLe 3, X a écrit :"),
        ("<div>«&nbsp;a&nbsp;»&nbsp;&nbsp; b&nbsp;</div>", "«\xa0a\xa0»   b"),
        ("<div>😀 שלום</div>", "😀 שלום"),
        ("<div>&gt; a &lt;b&gt;</div>", "> a <b>"),
        ("", ""),
    ],
)
def test_the_same_in_plain_words(html: str, text: str) -> None:
    assert clean_composed_html(html, MARK)[1] == text


def test_deep_and_wide_letters_end() -> None:
    with pytest.raises(HtmlRefusedError):
        clean_composed_html("<div>" * 400, MARK)
    assert clean_composed_html("<blockquote>" * 90 + "a", MARK)[1].endswith("a")
    assert len(clean_composed_html("<div>ligne</div>" * 40_000, MARK)[1]) == 40_000 * 6 - 1


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<p style="display:none">Aperçu</p><p>Bonjour</p>', "Bonjour"),
        ('<div style="color:red; Display : none">x</div><p>a</p>', "a"),
        ("<section><h1>Titre</h1><article>un</article><article>deux</article></section>", "Titre\n\nun\ndeux"),
        ('<a href="https://x.example/a"><img src="x" alt="Notre  offre"></a>', "[Notre offre] <https://x.example/a>"),
        ('<p>a</p><p>\u200c\xa0\u200c\xa0</p><p>\xa0</p><p>b</p>', "a\n\nb"),
        ("<blockquote>un<br>deux</blockquote>trois", "> un\n> deux\ntrois"),
        ("<table><tr><td>Lundi</td><td>8 h</td></tr><tr><td>Mardi</td><td>9 h</td></tr></table>",
         "Lundi  8 h\nMardi  9 h"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_mail_read_without_its_formatting(html: str, words: str) -> None:
    assert reading_text(html) == words
