"""People, places and functions are found however somebody spells them."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from vaguemestre.directory import index, search
from vaguemestre.directory.models import Entry
from vaguemestre.directory.testing.places import Hire, Places
from vaguemestre.testing import Cast

pytestmark = pytest.mark.database  # each case is matched by the database


def found(typed: str, today: date) -> list[str]:
    return [entry.name for entry in search.search_entries(search.search_words(typed), today)]


@pytest.mark.parametrize(
    "typed",
    ["Lefèvre", "lefevre", "LEFEVRE", "Lefèvre Mathilde", "mathilde LEFÈVRE", "lef math",
     "mathilde.lefevre@ac-amiens.fr", "lefevre tilleuls", "tilleuls amiens lefevre", "professeure lefevre"],
)  # fmt: skip
def test_by_name_in_any_order_and_by_what_stands_beside_it(cast: Cast, today: date, typed: str) -> None:
    index.rebuild(today=today)
    assert "Mathilde Lefèvre" in found(typed, today)


@pytest.mark.parametrize("typed", ["", "  ", "l", "é", "%", "_", "'; drop table", "evre", "lefevre karim", "@x", "\0"])
def test_nothing_for_nothing(cast: Cast, today: date, typed: str) -> None:
    """Not by the middle of a word either."""
    index.rebuild(today=today)
    assert not search.search_words(typed) or found(typed, today) == []


def test_a_compound_name_is_found_glued_in_parts_and_by_the_civil_name(hire: Hire, today: date) -> None:
    hire("Anne-Cécile", "De La Fontaine-O’Brien")
    for typed in ("anne cecile", "annececile", "fontaine obrien", "o'brien", "la fontaine de anne-cécile"):
        assert found(typed, today) == ["Anne-Cécile De La Fontaine-O’Brien"]


def test_who_is_named_so_stands_before_who_works_there(hire: Hire, places: Places, today: date) -> None:
    hire("Alain", "Aubry", school=places.school)  # at Abbeville
    hire("Zoé", "Abbeville", school=places.elsewhere)
    assert found("abbeville", today) == ["Zoé Abbeville", "Alain Aubry"]


def test_both_genders_of_a_function(hire: Hire, today: date) -> None:
    hire("Paul", "Zola", civility="M.", category="INF")
    assert found("infirmière", today) == found("infirmier", today) == ["Paul Zola"]
    assert [one.code for one in search.search_functions(["infirmiere"])] == ["INF"]
    assert "CHEF" in [one.code for one in search.search_functions(["cheffe"])]


@pytest.mark.parametrize("typed", ["peupliers", "abbeville elementaire", "0805555B", "école les", "ÉLÉMENTAIRE peup"])
def test_a_place_by_name_town_uai_and_kind(hire: Hire, places: Places, typed: str) -> None:
    hire("Zoé", "Zola", school=places.school)
    assert [place.pk for place in search.search_establishments(search.search_words(typed))] == [places.school.uai]


def test_the_page_shows_all_three(visitor: Client, hire: Hire, places: Places) -> None:
    hire("Zoé", "Direct", school=places.school, category="DIRECOLE")
    answer = visitor.get(reverse("directory:home"), {"q": "direct"})
    assert [row.name for row in answer.context["rows"]] == ["Zoé Direct"]
    assert [code for code, _words in answer.context["functions"]] == ["DIRECOLE"]
    text = visitor.get(reverse("directory:home"), {"q": "peupliers"}).content.decode()
    assert reverse("directory:place", args=[places.school.uai]) in text


def test_an_entry_without_a_post_is_found_and_shown(visitor: Client, hire: Hire, today: date) -> None:
    account = hire("Zoé", "Zola")
    account.person.postings.all().delete()
    index.reconcile(today=today)
    assert Entry.objects.get(pk=account.key).place == ""
    answer = visitor.get(reverse("directory:person", args=["zoe.zola"]))
    assert answer.status_code == 200
    assert "Professeure certifiée" in answer.content.decode()
