"""What is wrong with a feed, said so that somebody can put it right."""

from dataclasses import dataclass
from datetime import date

from vaguemestre.people.numen import mask_anywhere

SHOWN = 40


class FeedRejectedError(Exception):
    """The whole file is refused and nothing changes. The message says why, with the line when there is one."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a refused line seems to be about. Empty: nobody can tell."""

    lookups: tuple[str, ...] = ()
    hr_keys: tuple[str, ...] = ()
    civil: tuple[str, str, date] | None = None  # last name, first name, birth date


@dataclass(frozen=True, slots=True)
class Remark:
    """On one value of a line that is taken. `value` is already fit to be shown: shortened, NUMEN masked."""

    line: int
    column: str
    value: str
    reason: str


class Refusal(Remark):
    """Of a line that is not taken, for this value."""

    __slots__ = ()


def value_text(column: str, value: object) -> str:
    text = "" if value is None else "".join(c if c.isprintable() else "�" for c in str(value)[:200])
    text = "•" * min(len(text), 13) if column == "numen" and mask_anywhere(text) == text else mask_anywhere(text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
