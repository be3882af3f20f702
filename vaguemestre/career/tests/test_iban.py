"""An IBAN is one whose key fits; it never shows itself."""

import pytest

from vaguemestre.career.requests import iban
from vaguemestre.career.requests.iban import Iban, InvalidIbanError

GOOD = [
    "FR1420041010050500013M02606",
    "fr14 2004 1010 0505 0001 3m02 606",
    "DE89370400440532013000",
    "BE68539007547034",
]


@pytest.mark.parametrize("typed", GOOD)
def test_a_good_one_comes_back_in_groups_and_is_masked(typed: str) -> None:
    one = Iban(typed)
    plain = typed.replace(" ", "").upper()
    assert iban.clear(one.sealed()).replace(" ", "") == plain
    assert plain not in f"{one} {one!r} {one.sealed()} {one.masked}"


@pytest.mark.parametrize(
    "typed",
    [
        "FR1420041010050500013M02607", "FR2420041010050500013M02606", "FR14200410100505000", "", "FR", "1234",
        "FR1420041010050500013M0260६", "GB00WEST12345698765432", "FR1420041010050500013M02606; DROP TABLE",
    ],
)  # fmt: skip
def test_a_wrong_one_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(InvalidIbanError) as refused:
        Iban(typed)
    assert not typed or typed not in str(refused.value)


def test_every_change_of_one_sign_is_seen() -> None:
    good = GOOD[0]
    for place in range(2, len(good)):
        for sign in "0123456789":
            if sign != good[place] and good[place].isdigit():
                with pytest.raises(InvalidIbanError):
                    Iban(good[:place] + sign + good[place + 1 :])
