"""The rule of DOMAIN.md 2.4 with its test vectors, and what must hold for any name at all."""

from importlib import import_module
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis, strategies as st
from pydantic import ValidationError

from vaguemestre.academy import facts
from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.identity.name_rules import (
    Name,
    base_local_part,
    counted_name,
    fold_name,
    identifiers,
    is_reserved,
    local_parts,
    parse_typed_name,
    undotted,
)

PATTERNS = ["{first}.{last}", "{last}.{first}", "{first}{last}", "{last}{first}", "{last}.{first}.externe"]
LETTERS = st.text("abcdefghijklmnopqrstuvwxyzéÉç'- ", max_size=20)
NAMES = st.builds(Name, first=st.text(max_size=80), last=st.text(max_size=80))


@pytest.mark.parametrize(
    ("first", "last", "local_part", "identifier"),
    [
        ("François-Marie", "Dupont", "francoismarie.dupont", "fdupont"),
        ("Anne-Cécile", "d'Hervé", "annececile.dherve", "adherve"),
        ("Anne-Cécile", "d’Hervé", "annececile.dherve", "adherve"),
        ("Éloïse", "de La Tour-Maubourg", "eloise.delatourmaubourg", "edelatourmaubourg"),
        ("Cœur Œdipe", "Müller-Strauß", "coeuroedipe.mullerstrauss", "cmullerstrauss"),
        ("Łukasz", "Nguyễn", "lukasz.nguyen", "lnguyen"),
        ("Ελένη", "Παππά", "eleni.pappa", "epappa"),
        ("Иван", "Петров", "ivan.petrov", "ipetrov"),
        ("J.-P.", "O'Brien", "jp.obrien", "jobrien"),
        ("Jean", "", "jean", "j"),
        ("", "Martin", "martin", "martin"),
        ("’", "-", "agent", "agent"),
    ],
)
def test_vectors(first: str, last: str, local_part: str, identifier: str) -> None:
    name = Name(first, last)
    assert next(local_parts(name)) == local_part
    assert next(identifiers(name)) == identifier


def test_homonyms_take_a_number_on_the_family_name() -> None:
    name = Name("Jean", "Martin")
    assert list(islice(local_parts(name), 3)) == ["jean.martin", "jean.martin2", "jean.martin3"]
    assert list(islice(identifiers(name), 3)) == ["jmartin", "jmartin2", "jmartin3"]


def test_decomposed_and_composed_accents_are_one_name() -> None:
    assert fold_name("Ame\u0301lie") == fold_name("Am\u00e9lie") == "amelie"


@pytest.mark.parametrize(
    "word", ["postmaster", "ce", "root", "no-reply", "dsden80", "a0000001", "mailer.daemon", "mailerdaemon", "mta.sts"]
)
def test_reserved_words(word: str) -> None:
    assert is_reserved(word)


def test_a_reserved_word_is_never_given() -> None:
    """Charles Edmond "E." would be `ce`."""
    assert next(identifiers(Name("Charles", "E"))) == "ce2"
    assert next(local_parts(Name("Post", "Master"))) == "post.master2"
    assert next(local_parts(Name("Mailer", "Daemon"))) == "mailer.daemon2"


def test_long_names_are_cut_with_room_for_the_number() -> None:
    name = Name("A" * 60, "B" * 60)
    for candidate in islice(local_parts(name), 120):
        assert len(candidate) <= academy().names.address_limit
    assert len(set(islice(local_parts(name), 120))) == 120


@given(NAMES)
def test_any_name_gives_valid_and_different_addresses(name: Name) -> None:
    candidates = list(islice(local_parts(name), 5))
    assert len({undotted(candidate) for candidate in candidates}) == 5
    for candidate in candidates:
        assert 0 < len(candidate) <= academy().names.address_limit
        assert candidate.replace(".", "").isascii()
        assert candidate.replace(".", "").isalnum()
        assert candidate == candidate.lower()
        assert not candidate.startswith(".")
        assert not candidate.endswith(".")
        assert ".." not in candidate
        assert not is_reserved(candidate)


@given(NAMES)
def test_any_name_gives_valid_and_different_identifiers(name: Name) -> None:
    candidates = list(islice(identifiers(name), 5))
    assert len(set(candidates)) == 5
    for candidate in candidates:
        assert candidate.isascii()
        assert candidate.isalnum()
        assert 0 < len(candidate) <= academy().names.identifier_limit


@given(NAMES)
def test_what_was_given_is_found_when_typed(name: Name) -> None:
    for candidate in islice(local_parts(name), 2):
        assert parse_typed_name(candidate) == undotted(candidate)
        assert parse_typed_name(f"  {candidate.upper()}@{academy().domain.upper()} ") == undotted(candidate)


@pytest.fixture(params=PATTERNS)
def pattern(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    rule = academy().names.model_copy(update={"address_pattern": request.param})
    monkeypatch.setattr(name_rules, "academy", lambda: academy().model_copy(update={"names": rule}))
    return str(request.param)


@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(Name, first=LETTERS, last=LETTERS), st.integers(1, 120))
def test_of_every_pattern_the_number_alone_tells_people_of_one_name_apart(pattern: str, name: Name, count: int) -> None:
    """So that the rows of before, of which only the address was known, got the right base."""
    before = import_module("vaguemestre.accounts.migrations.0009_local_part_base")
    candidates = list(islice(local_parts(name), count))
    assert before.base_of(candidates[-1], pattern) == base_local_part(name)
    assert len({undotted(one) for one in candidates}) == count


def test_a_long_name_has_one_base_though_the_number_takes_its_room(pattern: str) -> None:
    assert len(base_local_part(Name("A" * 60, "B" * 60))) <= academy().names.address_limit


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{first}",
        "{last}",
        "{first}.{first}",
        "{first}.{name}",
        "{first} {last}",
        "{first}.{last}2",
        "é{first}{last}",
    ],
)
def test_a_pattern_that_cannot_be_is_refused_at_the_start(pattern: str) -> None:
    with pytest.raises(ValidationError, match="address_pattern"):
        facts.Names(address_pattern=pattern, address_limit=64, identifier_limit=32, reserved=[])


@pytest.mark.parametrize("text", ["", " ", "@", "jean@gmail.com", "jean@", "@ac-amiens.fr", "x" * 65])
def test_what_can_be_nobody(text: str) -> None:
    assert parse_typed_name(text) is None


@pytest.mark.parametrize("text", ["jeanmartin", " JeanMartin@ac-amiens.fr", "je.an.martin", "Jean.Martin@AC-AMIENS.FR"])
def test_failures_are_counted_under_one_name_whatever_its_spelling(text: str) -> None:
    assert counted_name(text) == "jeanmartin"


@pytest.mark.parametrize("text", ["jmartin", "julie.martin", "jean.martin@gmail.com", "jeanmartin" * 9, ""])
def test_another_name_is_counted_apart(text: str) -> None:
    assert counted_name(text) != "jeanmartin"
