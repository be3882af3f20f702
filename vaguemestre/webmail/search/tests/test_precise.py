"""A search in words: each field is an operator of the box, with or without a script; and what stands under the box."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.utils import timezone

from vaguemestre.contacts.models import Collected
from vaguemestre.testing import letter
from vaguemestre.webmail.models import RecentSearch
from vaguemestre.webmail.search.precise import typed_query
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, subjects


@pytest.mark.parametrize(
    ("fields", "typed"),
    [
        ({}, ""),
        ({"par": "  ", "dans": ""}, ""),
        ({"par": "lecomte"}, "de:lecomte"),
        ({"par": 'Julien "Le" comte'}, 'de:"Julien Le comte"'),
        ({"objet": "sortie musée", "pour": "anne"}, "à:anne objet:sortie objet:musée"),
        ({"dans": "Conseils de classe", "apres": "1er septembre", "avant": "hier"},
         'dans:"Conseils de classe" après:"1er septembre" avant:hier'),
        ({"quand": "mois dernier"}, 'pendant:"mois dernier"'),
        ({"apres": "2026-11-03", "avant": "2026-11-20"}, "après:2026-11-03 avant:2026-11-20"),
    ],
)  # fmt: skip
def test_a_field_is_an_operator(fields: dict[str, str], typed: str) -> None:
    assert typed_query(fields) == typed


def test_it_leads_to_what_the_box_would_have_found(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, sender="Anne <anne@x.example>", subject="Sortie au musée"))
    desk.put(letter(desk.mail.address, sender="Marc <marc@x.example>", subject="Sortie au musée"))
    asked = f"{URL}?par=anne&pour=&objet=sortie&dans=&apres=&avant="
    wanted = f"{URL}?q={quote('de:anne objet:sortie', safe='')}".replace("%20", "+")
    assert desk.get(asked)["Location"] == wanted
    over = desk.get(asked, **HTMX)
    assert over["HX-Push-Url"] == wanted
    assert subjects(body(over)) == ["Sortie au musée"]
    assert body(over).count('<li class="row"') == 1


def test_under_the_box_five_chips_and_nothing_that_the_list_pays_for(desk: MailBrowser) -> None:
    page = body(desk.get(desk.url()))
    box = page[page.index('<div class="find"') :]
    assert len(re.findall(r'<a class="chip" href="[^"]+\?q=[^"]+">', box[: box.index("hx-get")])) == 5
    assert "precise-fields" not in page
    assert 'hx-trigger="focusin from:#recherche once"' in box


def test_three_searches_are_seen_and_the_others_are_there_for_what_one_types(desk: MailBrowser) -> None:
    for number in range(5):
        RecentSearch.objects.create(account=desk.mail.account, text=f"mot{number}", searched_at=timezone.now())
    html = body(desk.get("/webmail/recherche/recentes/", **HTMX))
    lines = re.findall(r'<li( hidden)?>\s*<a class="find-line"[^>]*>.*?<span class="cut">(\w+)</span>', html, re.DOTALL)
    assert [name for _hidden, name in lines] == [f"mot{number}" for number in reversed(range(5))]
    assert [bool(hidden) for hidden, _name in lines] == [False] * 3 + [True] * 2
    assert '<option value="Réception">' in html
    left = body(desk.post("/webmail/recherche/recentes/retrait/", {"recherche": "mot4", "peu": "1"}, **HTMX))
    assert "mot4" not in left
    assert left.count("<li hidden>") == 1
    assert "Tout oublier" not in left


def test_whom_one_writes_to_most_with_what_tells_them_apart(desk: MailBrowser, neighbour: MailBrowser) -> None:
    now = timezone.now()
    for name, times in (("peu", 1), ("beaucoup", 9), ("assez", 4), ("souvent", 6)):
        Collected.objects.create(
            account=desk.mail.account, address=f"{name}@x.example", name=name.title(), times=times, last_at=now
        )
    html = body(desk.get("/annuaire/suggestions/habituelles/"))
    assert re.findall(r"<b>(\w+)</b>", html) == ["Beaucoup", "Souvent", "Assez"]
    assert f'href="{URL}?q=de:beaucoup%40x.example"' in html
    assert "avatar-outside" in html
    assert "find-line" not in body(neighbour.get("/annuaire/suggestions/habituelles/"))
