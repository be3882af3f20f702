"""The UAI, national number of a school: seven digits and a letter that checks them."""

import re
from dataclasses import dataclass

# 23 letters: I, O and Q are left out. (A variant with weights circulates; it is wrong.)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_FORMAT = re.compile(r"(\d{7})([A-Z])", re.ASCII)


class InvalidUaiError(ValueError):
    """`expected` is the letter that would be right, when only the letter is wrong."""

    def __init__(self, expected: str | None = None) -> None:
        super().__init__("not a UAI" if expected is None else f"check letter should be {expected}")
        self.expected = expected


def check_letter(digits: str) -> str:
    return _LETTERS[int(digits) % 23]


@dataclass(frozen=True, slots=True)
class Uai:
    """Upper case, without spaces. `prefix`: the three digits of the department."""

    value: str

    def __post_init__(self) -> None:
        value = re.sub(r"\s", "", self.value).upper()
        found = _FORMAT.fullmatch(value)
        if found is None:
            raise InvalidUaiError
        expected = check_letter(found[1])
        if found[2] != expected:
            raise InvalidUaiError(expected)
        object.__setattr__(self, "value", value)

    @property
    def prefix(self) -> str:
        return self.value[:3]

    def __str__(self) -> str:
        return self.value
