"""Fragments that are drawn once: never with an old token, never with what a message could have written in its place."""

from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from vaguemestre.web.fragment_cache import FragmentCache, FragmentName, filled, fragments, hole, split_at_holes

PAGE = '{% fragment "part" key token here %}<b title="{{ here }}">{{ token }}{{ said }}</b>{% endfragment %}'


def draw(source: str = PAGE, **values: Any) -> str:
    return str(engines["django"].from_string(source).render({"token": "jeton", "here": "/ici/", **values}))


def test_drawn_once_for_a_key() -> None:
    assert draw(key="une fois", said="un") == '<b title="/ici/">jetonun</b>'
    assert draw(key="une fois", said="deux") == '<b title="/ici/">jetonun</b>'
    assert draw(key="une autre", said="deux") == '<b title="/ici/">jetondeux</b>'


def test_holes_are_filled_each_time() -> None:
    draw(key="ouvert", said="")
    assert draw(key="ouvert", said="", token="neuf", here="/là/?a=1&b=2") == '<b title="/là/?a=1&amp;b=2">neuf</b>'


@pytest.mark.parametrize("key", ["", None, ()])
def test_without_a_key_nothing_is_kept(key: object) -> None:
    assert [draw(key=key, said=word) for word in ("un", "deux")] == [
        '<b title="/ici/">jetonun</b>', '<b title="/ici/">jetondeux</b>',
    ]  # fmt: skip


def test_what_is_filled_in_is_escaped_as_anywhere() -> None:
    draw(key="échappé", said="")
    hostile = '"><script>'
    assert draw(key="échappé", said="", here=hostile) == '<b title="&quot;&gt;&lt;script&gt;">jeton</b>'


def test_nothing_that_is_said_is_taken_for_a_hole() -> None:
    guessed = hole(0).replace(hole(0)[1:17], "0" * 16)
    assert draw(key="deviné", said=guessed) == f'<b title="/ici/">jeton{guessed}</b>'
    assert draw(key="deviné", said=guessed) == f'<b title="/ici/">jeton{guessed}</b>'


def test_each_language_has_its_own() -> None:
    source = '{% fragment "langue" key %}{% translate "Inbox" %}{% endfragment %}'
    found = {}
    for language in ("fr", "en"):
        with translation.override(language):
            found[language] = draw(source, key="l")
    assert found == {"fr": "Réception", "en": "Inbox"}


def test_one_inside_another_keeps_the_holes() -> None:
    inside = '{% fragment "dedans" key here %}{{ here }}{% endfragment %}'
    source = f'{{% fragment "dehors" key here %}}<i>{inside}</i>{{% endfragment %}}'
    assert [draw(source, key="poupée", here=here) for here in ("/a/", "/b/")] == ["<i>/a/</i>", "<i>/b/</i>"]


def test_the_room_is_never_overstepped() -> None:
    store = FragmentCache(500)
    names = [FragmentName("part", "fr", place) for place in range(100)]
    for name in names:
        store.put(name, [f"{name.key} " * 50])
    assert store.get(names[0]) is None
    assert store.get(names[-1]) == ["99 " * 50]
    store.put(names[-1], ["autre"])
    assert store.get(names[-1]) == ["autre"]
    store.put(FragmentName("part", "fr", "trop"), ["".join(map(chr, range(0x4E00, 0x5A00)))])
    assert store.get(names[-1]) is None
    assert fragments is not store


def test_a_hole_that_nothing_fills_is_an_error() -> None:
    pieces = split_at_holes(f"<b>{hole(0)}</b>{hole(1)}")
    assert filled(pieces, ["un", "deux"]) == "<b>un</b>deux"
    with pytest.raises(IndexError):
        filled(pieces, ["un"])
