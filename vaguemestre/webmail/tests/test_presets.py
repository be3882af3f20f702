"""What the authority says of preferences: for whoever has not chosen, and what nobody changes."""

import re
from collections.abc import Callable
from types import NoneType
from typing import get_args

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import Preferences as Said
from vaguemestre.academy.facts import Preset, academy
from vaguemestre.webmail import preferences, presets, standing
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.tests.conftest import Desk
from vaguemestre.webmail.tests.test_list import body

S = "/webmail/reglages/"
type Saying = Callable[..., None]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Saying:
    """`says(density=("compact", True))`: the file of the authority, with these presets in it."""
    real = academy()

    def put(**values: tuple[object, bool] | tuple[object, bool, str]) -> None:
        written = {name: dict(zip(("value", "locked", "reason"), one, strict=False)) for name, one in values.items()}
        changed = real.model_copy(update={"preferences": Said.model_validate(written)})
        monkeypatch.setattr(presets, "academy", lambda: changed)

    return put


def test_each_name_and_value_is_one_of_the_preferences() -> None:
    for name, field in Said.model_fields.items():
        [preset] = [one for one in get_args(field.annotation) if one is not NoneType]
        [value] = preset.__pydantic_generic_metadata__["args"]
        choices = getattr(Preferences._meta.get_field(name), "choices", None)
        if choices:
            assert set(get_args(value)) == {word for word, _label in choices}, name
        assert issubclass(preset, Preset)


def test_it_holds_for_whoever_has_not_chosen(desk: Desk, says: Saying) -> None:
    now, account = timezone.now(), desk.mail.account
    says(density=("compact", False), asks_receipts=(True, False))
    assert standing.of(account, now).display.density == "compact"
    assert preferences.of(account).asks_receipts
    # The page as it came, saved: nothing of it was this person's choice.
    desk.post(f"{S}affichage/", {"densite": "compact", "texte": "large"})
    row = Preferences.objects.get()
    assert (row.chosen, row.text_size, row.density) == (["text_size"], "large", "comfortable")
    says(density=("comfortable", False))
    assert standing.of(account, now).display.density == "comfortable"


def test_a_choice_goes_before_it_also_when_it_is_the_ordinary_one(desk: Desk, says: Saying) -> None:
    now, account = timezone.now(), desk.mail.account
    says(density=("compact", False))
    desk.post(f"{S}affichage/", {"densite": "comfortable"})
    assert standing.of(account, now).display.density == "comfortable"
    assert Preferences.objects.get().chosen == ["density"]


@pytest.mark.parametrize(
    ("page", "field", "name", "value", "sent"),
    [
        ("affichage/", "densite", "density", "compact", "comfortable"),
        ("affichage/", "liste", "flat_list", True, "conversations"),
        ("affichage/", "forme", "reads_plain", True, "riche"),
        ("arrivee/", "annonce", "notifies", "nothing", "words"),
        ("accuses/", "repondre", "answers_receipts", "never", "always"),
        ("envoi/", "secondes", "undo_seconds", 30, "0"),
        ("signature/", "format", "writes_plain", True, "riche"),
    ],
)
def test_what_is_locked_is_shown_with_the_reason_and_ignored(
    desk: Desk, says: Saying, page: str, field: str, name: str, value: object, sent: str
) -> None:
    assert f'id="{"secondes" if field == "secondes" else field}"' in body(desk.get(S + page))
    says(**{name: (value, True, "Décision du comité.")})
    html = body(desk.get(S + page))
    held = re.search(rf'<fieldset [^>]*id="{field}"[^>]*disabled>(.*?)</fieldset>', html, re.DOTALL)
    assert held
    assert "Décision du comité." in held[1]
    desk.post(f"{S}{page}{'usage/' if page == 'signature/' else ''}", {field: sent})
    row = Preferences.objects.filter(account=desk.mail.account).first()
    assert row is None or name not in row.chosen
    assert getattr(preferences.of(desk.mail.account), name) == value


def test_a_lock_goes_before_what_was_chosen_and_gives_it_back(desk: Desk, says: Saying) -> None:
    desk.post(f"{S}envoi/", {"secondes": "5"})
    says(undo_seconds=(20, True), answers_below=(False, True), quotes=(True, True))
    html = body(desk.get(f"{S}envoi/"))
    assert "L’académie a fixé ce réglage pour tous." in html
    assert "Enregistrer" not in html  # there is nothing to save
    assert standing.of(desk.mail.account, timezone.now()).undo_seconds == 20
    says()
    assert standing.of(desk.mail.account, timezone.now()).undo_seconds == 5


def test_the_list_says_it_too(desk: Desk, says: Saying) -> None:
    says(flat_list=(True, True, "Décision du comité."))
    html = body(desk.get(desk.url()))
    assert "Décision du comité." in html
    assert re.search(r'name="liste" value="conversations" disabled', html)
    desk.post(f"{S}lecture/", {"liste": "conversations"})
    assert standing.of(desk.mail.account, timezone.now()).flat_list
