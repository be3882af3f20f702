"""Plain text as it is drawn."""

import re

import pytest

from vaguemestre.webmail.content.plain_text import MOST_LINKS, blocks, linked_text


def test_quoted_text_and_signature_are_set_apart() -> None:
    text = "Bonjour,\n\nD’accord.\n-- \nMathilde\n\nLe 3 mai, Karim a écrit :\n> Venez\n> à midi\n"
    assert [(block.kind, str(block.html), block.folded) for block in blocks(text)] == [
        ("text", "Bonjour,\n\nD’accord.", False),
        ("signature", "Mathilde", False),
        ("quote", "Le 3 mai, Karim a écrit :\nVenez\nà midi", True),
    ]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a & b", "\"x\" 'y'"])
def test_nothing_of_a_text_becomes_markup(text: str) -> None:
    assert "<" not in linked_text(text).replace("&lt;", "")


def test_addresses_become_links_and_nothing_else_does() -> None:
    html = linked_text("Voir https://x.fr/a?b=1&c=(2). Écrire à jean@x.fr, pas javascript:alert(1)")
    assert 'href="https://x.fr/a?b=1&amp;c=(2)" target="_blank" rel="noopener noreferrer nofollow"' in html
    assert 'href="/webmail/ecrire/?a=jean%40x.fr"' in html
    assert html.count("<a ") == 2
    assert "https://x.fr/a?b=1&amp;c=(2)</a>." in html


@pytest.mark.parametrize("sign", ["\u202e", "\u202d", "\u2067", "\u200f"])
def test_no_sign_of_direction_gets_into_a_link(sign: str) -> None:
    """Before one it ends at its edge, behind one it is none of it, inside it is written out."""
    html = linked_text(f"{sign}https://x.fr/a{sign} écrire à {sign}a@b.fr{sign}, {sign}http://x.fr/{sign}b")
    assert f'nofollow"><bdi>https://x.fr/a</bdi></a>{sign} ' in html
    assert f"><bdi>a@b.fr</bdi></a>{sign}," in html
    assert re.search(r"<bdi>http://x\.fr/(?:%[0-9A-F]{2}){3}b</bdi>", html)
    assert "bdi" not in linked_text("https://x.fr/a"), "a text without them costs nothing"


def test_a_flood_of_addresses_is_shown_as_text() -> None:
    [block] = blocks("<b>a@b.fr " * (MOST_LINKS + 1))
    assert "<" not in block.html
    assert "<a " in blocks("a@b.fr " * 50)[0].html
