"""Searching: what is offered, chips that narrow what was found, and people while one types."""

import re
from html import unescape

from vaguemestre.mailbox.stems import fold
from vaguemestre.testing import letter
from vaguemestre.webmail.search.vocabulary import OPERATORS
from vaguemestre.webmail.tests.conftest import Desk
from vaguemestre.webmail.tests.test_list import body
from vaguemestre.webmail.tests.test_search import URL, look, rows, subjects


def test_chips_take_away_what_narrows_and_offer_what_would(desk: Desk) -> None:
    for sender in ("Anne <anne@x.example>", "Anne <anne@x.example>", "Karim <karim@x.example>"):
        desk.put(letter(desk.mail.address, sender=sender, subject="Sortie"))
    desk.put(letter(desk.mail.address, subject="Sortie"), "archive")
    html = unescape(look(desk, "sortie est:non-lu"))
    chips = dict(re.findall(r'<a class="chip"(?: aria-current="true")? href="([^"]+)"[^>]*>(?:<b>)?([^<]+)', html))
    links = {words: link for link, words in chips.items()}
    assert links["Non lus"] == f"{URL}?q=sortie"
    assert "De Anne" in links
    assert subjects(body(desk.get(links["De Anne"]))) == ["Sortie", "Sortie"]
    assert "dans Réception" in links
    assert len(rows(body(desk.get(links["dans Réception"])))) == 3


def test_chips_offer_the_heavy_ones_and_labels_only_where_they_narrow(desk: Desk) -> None:
    chip = re.compile(r'<a class="chip" href="([^"]+)"[^>]*>([^<]+)')
    desk.put(letter(desk.mail.address, subject="Sortie légère"), flags=("$label1",))
    desk.put(letter(desk.mail.address, subject="Sortie lourde", text=("y" * 70 + "\n") * 16_000))
    links = {words.replace("\u00a0", " "): unescape(link) for link, words in chip.findall(look(desk, "sortie"))}
    assert subjects(body(desk.get(links["plus de 1 Mo"]))) == ["Sortie lourde"]
    assert subjects(body(desk.get(links["étiquette Important"]))) == ["Sortie légère"]
    desk.post("/webmail/dossiers/recherche/etiquettes/?etiquette=$label1", {"choix": rows(look(desk, "lourde"))})
    assert "étiquette Important" not in {words for _link, words in chip.findall(look(desk, "sortie"))}  # all bear it
    assert "plus de" not in str(chip.findall(look(desk, "lourde")))


def test_the_box_proposes_people_for_its_last_criterion(desk: Desk) -> None:
    html = look(desk, "sortie")
    box = re.search(r'<input class="input" id="q"[^>]*>', html)
    assert box
    assert 'role="combobox"' in box[0]
    assert 'data-behaviour="part recent suggest"' in box[0]
    criteria = re.search(r'data-criteria="([^"]+)"', box[0])
    assert criteria
    assert {OPERATORS[fold(name)] for name in criteria[1].split()} == {"from", "to"}
    assert 'data-url="/annuaire/suggestions/personnes/"' in box[0]
    listbox = re.search(r'aria-controls="([^"]+)"', box[0])
    assert listbox
    assert f'id="{listbox[1]}" role="listbox"' in html


def test_the_box_can_say_of_a_proposal_that_it_is_a_search_of_before(desk: Desk) -> None:
    """`recent.ts` fills it, with what the list beside the box has."""
    html = look(desk, "sortie")
    past = re.search(r'data-past="([^"]+)"', html)
    assert past
    made = re.search(rf'<template id="{past[1]}">(.*?)</template>', html, re.DOTALL)
    assert made
    assert made[1].startswith('<li role="option" data-event="search-again">')
    assert made[1].endswith("</li>")
    assert " data-text></span>" in made[1]
    assert "Recherche récente" in made[1]
    assert 'class="search-past"' in html
