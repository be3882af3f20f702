"""The NUMEN: its form, and that it never shows."""

import base64
import logging
import pickle
import string
from pathlib import Path

import pytest
from django.db import models
from hypothesis import given, strategies as st
from pytest_django import Settings

from vaguemestre.people import numen as numen_rules
from vaguemestre.people.models import Person
from vaguemestre.people.numen import InvalidNumenError, Numen, NumenKeyMissingError, mask_anywhere

FORM = st.from_regex(r"\d\d[A-Z]\d\d\d{5}[A-Z]{3}", fullmatch=True, alphabet=st.characters(codec="ascii"))


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    settings.SECRETS_DIR = tmp_path
    add_key(tmp_path, "encryption", 1, 1)
    add_key(tmp_path, "lookup", 1, 2)
    return tmp_path


def add_key(folder: Path, purpose: str, number: int, fill: int) -> None:
    (folder / f"numen-{purpose}.{number}.key").write_bytes(base64.urlsafe_b64encode(bytes([fill]) * 32))
    numen_rules._read_keys.cache_clear()


@pytest.mark.parametrize("typed", ["20E0412345ABC", " 20e0412345abc ", "20 E 04 12345 ABC", "20E04\u202f12345ABC"])
def test_what_people_type_is_put_right(typed: str) -> None:
    assert Numen(typed) == Numen("20E0412345ABC")


@pytest.mark.parametrize(
    "typed", ["", "20E0412345AB", "20E0412345ABCD", "2E00412345ABC", "20E0412345A1C", "20É0412345ABC", "٢٠E0412345ABC"]
)
def test_anything_else_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(InvalidNumenError) as caught:
        Numen(typed)
    assert not typed or typed not in str(caught.value)


def test_other_academies_are_accepted() -> None:
    assert Numen("17E9501234ABC").masked == "17E••••••••BC"


def test_it_prints_masked_everywhere(caplog: pytest.LogCaptureFixture) -> None:
    numen = Numen("20E0412345ABC")
    assert numen.masked == "20E••••••••BC"
    with caplog.at_level(logging.INFO):
        logging.getLogger(__name__).info("%s %r %s", numen, numen, [numen])
    assert "12345" not in caplog.text + f"{numen}" + repr({numen: 1})


@given(FORM)
def test_encrypted_and_back(value: str) -> None:
    numen = Numen(value)
    cipher = numen.encrypted()
    assert value[3:] not in cipher
    assert Numen.decrypted(cipher) == numen
    assert numen.encrypted() != cipher  # the same person is not recognised in a stolen table
    assert Numen(value.lower()).lookup == numen.lookup
    assert len(cipher) <= column("numen_cipher")
    assert len(numen.lookup) <= column("numen_lookup")


def column(name: str) -> int:
    field = Person._meta.get_field(name)
    assert isinstance(field, models.CharField)
    return field.max_length or 0


@given(st.text(alphabet=string.printable, max_size=20))
def test_no_other_text_is_a_numen(typed: str) -> None:
    try:
        numen = Numen(typed)
    except InvalidNumenError:
        return
    assert numen_rules.FORMAT.fullmatch(numen._value)


@pytest.mark.usefixtures("keys")
def test_without_a_lookup_key_the_hash_says_nothing(keys: Path) -> None:
    before = Numen("20E0412345ABC").lookup
    add_key(keys, "lookup", 1, 9)
    assert Numen("20E0412345ABC").lookup != before


def test_a_new_key_seals_and_the_old_one_still_opens(keys: Path) -> None:
    numen = Numen("20E0412345ABC")
    old_cipher, old_lookup = numen.encrypted(), numen.lookup
    add_key(keys, "encryption", 2, 3)
    add_key(keys, "lookup", 10, 4)
    assert numen.encrypted().startswith("2.")
    assert numen.lookup.startswith("10.")
    assert Numen.decrypted(old_cipher) == numen
    assert numen.lookups == [numen.lookup, old_lookup]


def test_a_missing_key_is_named(keys: Path, settings: Settings, tmp_path: Path) -> None:
    cipher = Numen("20E0412345ABC").encrypted()
    (keys / "numen-encryption.1.key").rename(keys / "numen-encryption.2.key")
    numen_rules._read_keys.cache_clear()
    with pytest.raises(NumenKeyMissingError, match=r"numen-encryption\.1\.key"):
        Numen.decrypted(cipher)
    settings.SECRETS_DIR = tmp_path / "empty"
    with pytest.raises(NumenKeyMissingError, match=r"numen-lookup\.1\.key"):
        _ = Numen("20E0412345ABC").lookup


def test_the_only_door_to_the_clear_value() -> None:
    numen = Numen("20E0412345ABC")
    person = Person(numen_cipher=numen.encrypted(), numen_lookup=numen.lookup)
    assert numen_rules.clear_numen(person) == "20E0412345ABC"
    assert numen_rules.masked_numen(person) == "20E••••••••BC"
    assert numen_rules.clear_numen(Person()) is None
    assert numen_rules.masked_numen(Person()) is None


def test_a_numen_in_any_text_is_masked() -> None:
    text = "ligne 20E0412345ABC;20e0412345abd; 20 E 04 12345 ABE"
    assert "12345" not in mask_anywhere(text)
    assert mask_anywhere("12 rue des Lilas 80000") == "12 rue des Lilas 80000"


def test_a_copy_is_the_same() -> None:
    assert pickle.loads(pickle.dumps(Numen("20E0412345ABC"))) == Numen("20E0412345ABC")  # noqa: S301 - our own bytes
