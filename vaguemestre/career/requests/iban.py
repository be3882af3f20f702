"""The number of an account: kept sealed, shown masked, read in clear by the office that pays, with a journal line."""

import re
from dataclasses import dataclass
from typing import Self

from vaguemestre.accounts.secret_sealing import Purpose, seal, unseal

_FORMAT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
FRENCH = 27  # signs; other countries have other lengths, and the key covers them all


class InvalidIbanError(ValueError):
    """Never says the value."""


@dataclass(frozen=True, slots=True, repr=False)
class Iban:
    """Upper case, without spaces, its key (ISO 7064, mod 97) verified."""

    _value: str

    def __post_init__(self) -> None:
        value = re.sub(r"[\s\u00a0\u202f.-]", "", self._value).upper()
        if not _FORMAT.fullmatch(value) or (value.startswith("FR") and len(value) != FRENCH):
            raise InvalidIbanError("not in the form of an IBAN")
        turned = value[4:] + value[:4]
        if int("".join(str(int(sign, 36)) for sign in turned)) % 97 != 1:
            raise InvalidIbanError("the key does not fit")
        object.__setattr__(self, "_value", value)

    @property
    def masked(self) -> str:
        return f"{self._value[:4]} •••• {self._value[-4:]}"

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"<Iban {self.masked}>"

    def sealed(self) -> str:
        return seal(self._value.encode(), Purpose.BANK)

    @classmethod
    def unsealed(cls, sealed: str) -> Self:
        return cls(unseal(sealed, Purpose.BANK).decode())


def clear(sealed: str) -> str:
    """In groups of four, for the officer who enters it. The caller writes the journal line."""
    value = Iban.unsealed(sealed)._value
    return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
