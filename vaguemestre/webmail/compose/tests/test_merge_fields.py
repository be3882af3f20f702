"""Words in double braces: what fills them in, what stays, and what no value can do to a letter."""

from datetime import date

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from vaguemestre.testing import Cast
from vaguemestre.webmail.compose import merge_fields
from vaguemestre.webmail.people.address_list import Recipient, parse_recipients

HOSTILE = '<script>x()</script>" onload="x() &amp; {{nom}}'


def of(name: str, address: str = "lea@ailleurs.example") -> dict[str, str]:
    return merge_fields.recipient_values(Recipient(name, address))


@pytest.mark.parametrize("written", ["prénom", "Prénom", "PRENOM", " prénom ", "pre\u0301nom"])
def test_a_name_is_known_however_it_is_written(written: str) -> None:
    assert merge_fields.fill_text(f"Bonjour {{{{{written}}}}},", {"prenom": "Léa"}) == "Bonjour Léa,"


@pytest.mark.parametrize("text", ["{{inconnu}}", "{{}}", "{ {prenom}}", "{{pre\nnom}}", "{{vide}}", "{{a{{prenom"])
def test_what_cannot_be_filled_in_stays_as_it_is(text: str) -> None:
    assert merge_fields.fill_text(text, {"prenom": "Léa", "vide": ""}) == text


def test_a_value_is_not_filled_in_again() -> None:
    assert merge_fields.fill_text("{{a}}", {"a": "{{b}}", "b": "non"}) == "{{b}}"


def test_a_value_is_words_in_html() -> None:
    html = merge_fields.fill_html("<div>Bonjour {{nom}}</div>", {"nom": HOSTILE})
    assert html == ("<div>Bonjour &lt;script&gt;x()&lt;/script&gt;&quot; onload=&quot;x() &amp;amp; {{nom}}</div>")
    assert merge_fields.fill_html("<div>{{nom}}</div>", {"nom": "un\ndeux"}) == "<div>un<br>deux</div>"


def test_nothing_in_a_tag_is_filled_in() -> None:
    html = '<a href="https://x.example/{{nom}}">{{nom}}</a>'
    assert merge_fields.fill_html(html, {"nom": "javascript:x()"}) == (
        '<a href="https://x.example/{{nom}}">javascript:x()</a>'
    )


def test_names_that_html_writes_otherwise() -> None:
    html = "<div>{{l&#x27;école}} {{mon&nbsp;nom}}</div>"
    assert merge_fields.fill_html(html, {"l'ecole": "Jaurès", "mon nom": "Martin"}) == "<div>Jaurès Martin</div>"


def test_a_subject_is_one_line() -> None:
    words = {"nom": "Martin\r\nBcc: tous@x.example"}
    assert merge_fields.fill_subject("Pour {{nom}}", words) == "Pour Martin Bcc: tous@x.example"


@pytest.mark.parametrize(
    ("name", "civility", "first", "last"),
    [
        ("Léa Martin", None, "Léa", "Martin"), ("MARTIN Léa", None, "Léa", "MARTIN"),
        ("Martin, Léa", None, "Léa", "Martin"), ("Mme Léa Martin", "Mme", "Léa", "Martin"),
        ("Monsieur Dupont", "M.", None, "Dupont"), ("Léa de La Tour", None, "Léa", "de La Tour"),
        ("Secrétariat", None, None, None), ("", None, None, None),
    ],
)  # fmt: skip
def test_somebody_outside_is_called_as_their_name_says(
    name: str, civility: str | None, first: str | None, last: str | None
) -> None:
    found = of(name)
    assert (found.get("civilite"), found.get("prenom"), found.get("nom")) == (civility, first, last)
    assert found["adresse"] == "lea@ailleurs.example"
    assert "fonction" not in found


def test_a_colleague_is_called_as_hr_knows_them(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    address = cast.head.address
    with django_assert_num_queries(3):
        found = merge_fields.values_by_recipient([Recipient("La Direction", address)] * 50)[address]
    assert (found["civilite"], found["prenom"], found["nom"]) == ("Mme", "Nadia", "Benhamou")
    assert found["etablissement"] == "Collège des Tilleuls"


def test_with_several_people_nothing_of_any_of_them(cast: Cast) -> None:
    two = parse_recipients(f"{cast.head.address}, lea@x.example")
    assert "nom" not in merge_fields.draft_values(cast.teacher, two, date(2026, 11, 26))
    one = merge_fields.draft_values(cast.teacher, two[:1], date(2026, 11, 26))
    assert (one["nom"], one["mon prenom"], one["mon nom"]) == ("Benhamou", "Mathilde", "Lefèvre")
    assert one["mon etablissement"] == "Collège des Tilleuls"


@pytest.mark.parametrize(
    ("today", "day", "year"),
    [
        (date(2026, 11, 26), "26 novembre 2026", "2026-2027"), (date(2027, 7, 31), "31 juillet 2027", "2026-2027"),
        (date(2027, 8, 1), "1 août 2027", "2027-2028"),
    ],
)  # fmt: skip
def test_the_day(today: date, day: str, year: str) -> None:
    with translation.override("fr"):
        assert merge_fields.date_values(today) == {"date": day, "annee scolaire": year}


def test_the_variables_of_a_letter_each_once() -> None:
    assert merge_fields.field_names("{{Nom}} {{nom}}", "{{prénom}} et {{ prenom }}") == ["Nom", "prénom"]
