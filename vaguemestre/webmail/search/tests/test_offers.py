"""Searching: what is offered, chips that narrow what was found, and people while one types."""

import re
from html import unescape

from vaguemestre.mailbox.mime.word_stems import fold
from vaguemestre.mailbox.values import SEEN
from vaguemestre.testing import letter
from vaguemestre.webmail.search.operators import OPERATORS
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, look, rows, subjects


def test_chips_take_away_what_narrows_and_offer_what_would(desk: MailBrowser) -> None:
    for sender in ("Anne <anne@x.example>", "Anne <anne@x.example>", "Karim <karim@x.example>"):
        desk.put(letter(desk.mail.address, sender=sender, subject="Sortie"))
    desk.put(letter(desk.mail.address, subject="Sortie"), "archive")
    html = unescape(look(desk, "sortie est:non-lu"))
    chips = dict(re.findall(r'<a class="chip"(?: aria-current="true")?\s+href="([^"]+)"[^>]*>(?:<b>)?([^<]+)', html))
    links = {words: link for link, words in chips.items()}
    assert links["Non lus"] == f"{URL}?q=sortie"
    assert "Expéditeur\u00a0: Anne" in links
    assert subjects(body(desk.get(links["Expéditeur\u00a0: Anne"]))) == ["Sortie", "Sortie"]
    assert "dans Réception" in links
    assert len(rows(body(desk.get(links["dans Réception"])))) == 3


def test_chips_offer_the_heavy_ones_and_labels_only_where_they_narrow(desk: MailBrowser) -> None:
    chip = re.compile(r'<a class="chip"\s+href="([^"]+)"[^>]*>([^<]+)')
    desk.put(letter(desk.mail.address, subject="Sortie légère"), flags=("$label1",))
    desk.put(letter(desk.mail.address, subject="Sortie lourde", text=("y" * 70 + "\n") * 16_000))
    links = {words.replace("\u00a0", " "): unescape(link) for link, words in chip.findall(look(desk, "sortie"))}
    assert subjects(body(desk.get(links["plus de 1 Mo"]))) == ["Sortie lourde"]
    assert subjects(body(desk.get(links["étiquette Important"]))) == ["Sortie légère"]
    desk.post("/webmail/dossiers/recherche/etiquettes/?etiquette=$label1", {"choix": rows(look(desk, "lourde"))})
    assert "étiquette Important" not in {words for _link, words in chip.findall(look(desk, "sortie"))}  # all bear it
    assert "plus de" not in str(chip.findall(look(desk, "lourde")))


def test_the_box_proposes_people_for_its_last_criterion(desk: MailBrowser) -> None:
    html = look(desk, "sortie")
    box = re.search(r'<input class="input" id="q"[^>]*>', html)
    assert box
    assert 'role="combobox"' in box[0]
    assert 'data-behaviour="criteria-combobox recent-searches combobox"' in box[0]
    criteria = re.search(r'data-criteria="([^"]+)"', box[0])
    assert criteria
    assert {OPERATORS[fold(name)] for name in criteria[1].split()} == {"from", "to", "cc"}
    assert 'data-url="/annuaire/suggestions/personnes/"' in box[0]
    listbox = re.search(r'aria-controls="([^"]+)"', box[0])
    assert listbox
    assert f'id="{listbox[1]}" role="listbox"' in html


def test_the_box_can_say_of_a_proposal_that_it_is_a_search_of_before(desk: MailBrowser) -> None:
    """`recent-searches.ts` fills it, with what the list beside the box has."""
    html = look(desk, "sortie")
    past = re.search(r'data-past="([^"]+)"', html)
    assert past
    made = re.search(rf'<template id="{past[1]}">(.*?)</template>', html, re.DOTALL)
    assert made
    assert made[1].strip().startswith('<li role="option" data-event="search-again">')
    assert made[1].endswith("</li>")
    assert " data-text></span>" in made[1]
    assert "Recherche récente" in made[1]
    assert 'hx-get="/webmail/recherche/recentes/" hx-trigger="focusin from:#recherche once"' in html  # `.search-past`


def test_a_date_is_looked_for_as_it_stands_and_its_day_is_offered(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Convocation", text="Vous êtes convoquée le 12/12/2026."))
    desk.put(letter(desk.mail.address, subject="Autre", text="Salle 12, à 12 heures, en 2026."))
    html = look(desk, "12/12/2026")
    assert subjects(html) == ["Convocation"]
    chips = {
        words: unescape(link) for link, words in re.findall(r'<a class="chip"\s+href="([^"]+)"[^>]*>([^<]+)', html)
    }
    [(words, link)] = [(words, link) for words, link in chips.items() if words.startswith("Reçus le ")]
    assert "12\u00a0déc" in words
    assert link == f"{URL}?q=le%3A12%2F12%2F2026"
    assert "Reçus le" not in body(desk.get(link))


def test_the_mail_of_a_period_in_words_is_offered(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Bilan", text="Le mois dernier, la sortie."))
    chips = {
        words: unescape(link)
        for link, words in re.findall(
            r'<a class="chip"\s+href="([^"]+)"[^>]*>([^<]+)', look(desk, "sortie le mois dernier")
        )
    }
    [link] = [link for words, link in chips.items() if words.startswith("Reçus du ")]
    assert link == f"{URL}?q=sortie+pendant%3A%22le+mois+dernier%22"
    assert "Le mois dernier" not in chips
    assert 'pendant%3A%22mois+dernier%22">Le mois dernier</a>' in look(desk, "sortie")
    assert "Reçus du" not in body(desk.get(link))
    assert subjects(body(desk.get(f"{URL}?q=mois+dernier"))) == ["Bilan"]  # words all the same


def test_what_one_wrote_and_what_one_was_sent(desk: MailBrowser) -> None:
    me = desk.mail.address
    desk.put(letter("anne@x.example", sender=me, subject="Sortie écrite"), "sent")
    desk.put(letter(me, sender="Anne <anne@x.example>", subject="Sortie reçue"))
    copied = letter("karim@x.example", sender="Anne <anne@x.example>", subject="Sortie en copie")
    copied["Cc"] = me
    desk.put(copied)
    assert subjects(look(desk, "de:moi")) == ["Sortie écrite"]
    assert sorted(subjects(look(desk, "à:moi"))) == ["Sortie en copie", "Sortie reçue"]
    assert subjects(look(desk, "copie:moi")) == ["Sortie en copie"]
    assert sorted(subjects(look(desk, "-de:moi sortie"))) == ["Sortie en copie", "Sortie reçue"]
    html = unescape(look(desk, "de:moi OU copie:moi"))
    assert sorted(subjects(html)) == ["Sortie en copie", "Sortie écrite"]
    assert f'<a class="chip" aria-current="true" href="{URL}" title=' in html
    assert "<b>expéditeur\u00a0: moi ou copie à moi</b>" in html


def test_all_that_one_of_several_words_finds_is_acted_on(desk: MailBrowser) -> None:
    for number in range(52):
        desk.put(letter(desk.mail.address, subject=f"{'Sortie' if number % 2 else 'Conseil'} {number}"))
    html = look(desk, "sortie OU de:moi OU conseil")
    bound = re.search(r'name="tout" value="([^"]+)"', html)
    assert bound
    desk.post(
        "/webmail/dossiers/recherche/lecture/", {"tout": bound[1], "q": "sortie OU de:moi OU conseil", "choix": []}
    )
    assert all(SEEN in desk.flags(uid) for uid in desk.uids())
