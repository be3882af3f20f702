"""One filter as a person makes it: what a message must be like, and what then happens to it.

Words are compared as Sieve does (RFC 5228, 2.7.1: capitals of ASCII do not count, accents do), here and at the server,
so that a preview says what the filter will do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

CONDITIONS: Final = 12
VALUE_LIMIT: Final = 250
NAME_LIMIT: Final = 80
RULES: Final = 100
LARGEST: Final = 1_000_000  # kilobytes


class ConditionField(StrEnum):
    FROM = "de"
    TO = "a"
    SUBJECT = "objet"
    LIST = "liste"
    SIZE = "taille"
    FILES = "pj"
    LABEL = "etiquette"


class Operator(StrEnum):
    CONTAINS = "contient"
    LACKS = "sans"
    IS = "est"
    OVER = "plus"
    UNDER = "moins"
    SOME = "avec"
    NONE = "aucune"
    WORN = "porte"
    BARE = "nue"


WORDS = (Operator.CONTAINS, Operator.LACKS, Operator.IS)
# What may be asked of each; the first is what is meant when nothing is chosen.
ASKED: Final[dict[ConditionField, tuple[Operator, ...]]] = {
    ConditionField.FROM: WORDS,
    ConditionField.TO: WORDS,
    ConditionField.SUBJECT: WORDS,
    ConditionField.LIST: WORDS,
    ConditionField.SIZE: (Operator.OVER, Operator.UNDER),
    ConditionField.FILES: (Operator.SOME, Operator.NONE),
    ConditionField.LABEL: (Operator.WORN, Operator.BARE),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """`value`: words, kilobytes, or the keyword of a label; empty for attachments."""

    field: ConditionField
    how: Operator
    value: str

    @property
    def kilobytes(self) -> int:
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """`folder` is the permanent id of where it is filed and `path` that folder's name when it was last looked at; both
    empty: it stays in the inbox. `copies`: it stays there besides. `forwards`: where it is also sent on to, whatever
    else becomes of it. `stops`: no further filter looks at it."""

    name: str
    any_of: bool
    conditions: tuple[Condition, ...]
    folder: str = ""
    path: str = ""
    copies: bool = False
    bins: bool = False
    reads: bool = False
    stars: bool = False
    labels: tuple[str, ...] = ()
    forwards: str = ""
    stops: bool = True
    on: bool = True

    @property
    def does_something(self) -> bool:
        return bool(self.folder or self.bins or self.reads or self.stars or self.labels or self.forwards)


def rule_data(rule: Rule) -> dict[str, Any]:
    """For a table."""
    return {
        "name": rule.name, "any_of": rule.any_of,
        "conditions": [[one.field.value, one.how.value, one.value] for one in rule.conditions],
        "folder": rule.folder, "path": rule.path, "copies": rule.copies, "bins": rule.bins, "reads": rule.reads,
        "stars": rule.stars, "labels": list(rule.labels), "forwards": rule.forwards, "stops": rule.stops, "on": rule.on,
    }  # fmt: skip


def rule_from_data(kept_rule: dict[str, Any]) -> Rule:
    conditions = tuple(
        Condition(ConditionField(field), Operator(how), value) for field, how, value in kept_rule["conditions"]
    )
    return Rule(**{**kept_rule, "conditions": conditions, "labels": tuple(kept_rule["labels"])})
