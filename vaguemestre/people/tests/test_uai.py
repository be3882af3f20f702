"""The UAI and its check letter."""

import pytest
from hypothesis import given, strategies as st

from vaguemestre.people.uai import InvalidUaiError, Uai, check_letter

REAL = ["0600009J", "0170894E", "0240068U", "0350760L", "0942434K", "0442953W", "0756036D", "0750655E", "0750654D"]


@pytest.mark.parametrize("code", REAL)
def test_real_codes(code: str) -> None:
    assert Uai(code).value == code
    assert Uai(f" {code.lower()} ").value == code
    assert Uai(code).prefix == code[:3]


@pytest.mark.parametrize("code", REAL)
def test_a_wrong_letter_is_refused_and_the_right_one_told(code: str) -> None:
    wrong = code[:7] + ("A" if code[7] != "A" else "B")
    with pytest.raises(InvalidUaiError) as caught:
        Uai(wrong)
    assert caught.value.expected == code[7]


@pytest.mark.parametrize("code", ["", "0600009", "060000J", "06000099J", "O600009J", "0600009JJ", "٠600009J"])
def test_anything_else_is_refused(code: str) -> None:
    with pytest.raises(InvalidUaiError) as caught:
        Uai(code)
    assert caught.value.expected is None


@given(st.integers(0, 9_999_999), st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_never_passes(number: int, place: int, step: int) -> None:
    digits = f"{number:07}"
    other = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    letter = check_letter(digits)
    assert letter not in "IOQ"
    assert check_letter(other) != letter
