from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from vaguemestre.testing import wrong_fields
from vaguemestre.web import french_words

NOW = datetime(2026, 11, 24, 13, 14, tzinfo=UTC)


class SignIn(forms.Form):
    identifier = forms.CharField(label="Identifiant", help_text="Votre adresse convient aussi.")
    secret = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)


def draw(template: str, **context: object) -> str:
    with translation.override("fr"):
        return Template(template).render(Context(context))


def test_an_icon_is_silent_and_comes_from_the_sprite() -> None:
    html = draw('{% icon "star" "icon-s" %}')
    assert html == '<svg class="icon icon-s" aria-hidden="true"><use href="/static/sprite.svg#star"/></svg>' or (
        "sprite." in html and "#star" in html and 'aria-hidden="true"' in html
    )


def test_a_moment_carries_its_exact_date() -> None:
    html = draw("{% when moment %}", moment=datetime(2026, 11, 24, 8, 41, tzinfo=UTC), now=NOW)
    assert 'datetime="2026-11-24T09:41:00+01:00"' in html
    assert ">9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}41</time>" in html


@pytest.mark.parametrize(("day", "end"), [(20, "nov.</time>"), (1, "mai</time>.")])
def test_a_sentence_that_ends_with_a_moment_has_one_full_stop(day: int, end: str) -> None:
    moment = datetime(2026, 11 if day == 20 else 5, day, 8, 41, tzinfo=UTC)
    assert draw('{% when moment stop="." %}', moment=moment, now=NOW).endswith(end)


def test_a_date_is_said_of_a_day_as_of_a_moment() -> None:
    """A moment is said by its day here: half past eleven in the evening in UTC is tomorrow in Paris."""
    said = "mardi 1er\N{NO-BREAK SPACE}septembre 2026"
    assert draw("{{ ends|full_date }}", ends=date(2026, 9, 1)) == said
    assert draw("{{ ends|full_date }}", ends=datetime(2026, 8, 31, 23, 30, tzinfo=UTC)) == said


def test_a_number_is_dialled_from_anywhere() -> None:
    assert draw('{{ "03 22 71 25 00"|tel }}') == "tel:+33322712500"


def test_a_field_ties_its_hint_and_its_error_to_the_control() -> None:
    html = draw("{% field form.identifier %}", form=SignIn({"identifier": "", "secret": "x"}))
    assert 'aria-invalid="true"' in html
    described = html.split('aria-describedby="')[1].split('"')[0].split()
    assert described
    assert all(f'id="{name}"' in html for name in described)


def test_a_field_that_is_not_wrong_says_so_and_one_told_of_above_is_tied_to_it() -> None:
    fresh = draw("{% field form.identifier %}", form=SignIn())
    assert 'aria-invalid="false"' in fresh
    above = '{% notice "bad" "alert" anchor="faute" %}<p>Non</p>{% endnotice %}{% field form.identifier told="faute" %}'
    assert {*wrong_fields(draw(above, form=SignIn())).values()} == {"Non Votre adresse convient aussi."}
    wrong = SignIn({"identifier": ""})
    wrong.fields["identifier"].widget.attrs["aria-describedby"] = "regles"
    told = wrong_fields(draw(f'<p id="regles">Règles</p>{above}', form=wrong))["identifier"]
    assert told == "Non Règles Ce champ est obligatoire. Votre adresse convient aussi."


def test_a_secret_field_can_be_shown_and_never_keeps_what_was_typed() -> None:
    html = draw("{% field form.secret %}", form=SignIn({"identifier": "", "secret": "Un-Secret-7"}))
    assert 'data-behaviour="show-password"' in html
    assert "Un-Secret-7" not in html


def test_a_notice_says_its_tone_by_an_icon_too() -> None:
    html = draw('{% notice "bad" "alert" %}<p>{{ what }}</p>{% endnotice %}', what="<b>")
    assert 'class="notice notice-bad" role="alert"' in html
    assert "#octagon-alert" in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("name", "french"),
    [("Ophélie Martin", "d’Ophélie Martin"), ("Karim", "de Karim"), ("Éloïse", "d’Éloïse"), ("Hervé", "d’Hervé"),
     ("Hassan", "de Hassan"), ("Yves", "d’Yves"), ("Youssef", "de Youssef"), ("Œdipe", "d’Œdipe"), ("3M", "de 3M"),
     ("Hicham Alaoui", "de Hicham Alaoui"), ("Hoang", "de Hoang"), ("Hind", "de Hind"), ("Henrik", "de Henrik"),
     ("Hyacinthe", "d’Hyacinthe"), ("HÉLÈNE Roux", "d’HÉLÈNE Roux"), ("Henri-Paul", "d’Henri-Paul")],
)  # fmt: skip
def test_what_is_somebody_s_in_french_and_in_english(name: str, french: str) -> None:
    with translation.override("fr"):
        assert french_words.possessive(name) == french
    with translation.override("en"):
        assert french_words.possessive(name) == f"of {name}"
