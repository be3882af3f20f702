"""What an import says of a file: cards with the line they begin at, and why some lines were not taken."""

from dataclasses import dataclass, field

from vaguemestre.contacts.cards import Card

SHOWN = 60  # letters of what was refused


@dataclass(frozen=True, slots=True)
class ReportRemark:
    """One sentence about one line. `what`: the beginning of what stands there."""

    line: int
    reason: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    line: int
    card: Card


@dataclass(slots=True)
class Report:
    """`refused` are not imported; `remarks` are about cards that are."""

    cards: list[Numbered] = field(default_factory=list)
    refused: list[ReportRemark] = field(default_factory=list)
    remarks: list[ReportRemark] = field(default_factory=list)


class FileRefusedError(Exception):
    """Nothing of this file is taken; the sentence says why and what to do."""


def excerpt(text: str) -> str:
    one_line = " ".join(text[: 4 * SHOWN].split())
    return one_line if len(one_line) <= SHOWN else f"{one_line[:SHOWN]}…"
