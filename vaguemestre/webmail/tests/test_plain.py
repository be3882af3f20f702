"""Plain text as it is drawn."""

import pytest

from vaguemestre.webmail.plain import BLOCK_LIMIT, blocks, linked


def test_quoted_text_and_signature_are_set_apart() -> None:
    text = "Bonjour,\n\nLe 3 mai, Karim a écrit :\n> Venez\n> à midi\n\nD’accord.\n-- \nMathilde\n"
    assert [(block.kind, str(block.html)) for block in blocks(text)] == [
        ("text", "Bonjour,\n\nLe 3 mai, Karim a écrit :"),
        ("quote", "Venez\nà midi"),
        ("text", "D’accord."),
        ("signature", "Mathilde"),
    ]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a & b", "\"x\" 'y'"])
def test_nothing_of_a_text_becomes_markup(text: str) -> None:
    assert "<" not in linked(text).replace("&lt;", "")


def test_addresses_become_links_and_nothing_else_does() -> None:
    html = linked("Voir https://x.fr/a?b=1&c=(2). Écrire à jean@x.fr, pas javascript:alert(1)")
    assert 'href="https://x.fr/a?b=1&amp;c=(2)" target="_blank" rel="noopener noreferrer nofollow"' in html
    assert 'href="/webmail/ecrire/?a=jean%40x.fr"' in html
    assert html.count("<a ") == 2
    assert "https://x.fr/a?b=1&amp;c=(2)</a>." in html


def test_a_text_that_changes_its_mind_at_each_line_is_shown_as_it_is() -> None:
    text = "\n".join(f"{'> ' if number % 2 else ''}{number}" for number in range(3 * BLOCK_LIMIT))
    assert [block.kind for block in blocks(text)] == ["text"]
