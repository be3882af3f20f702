"""The criteria of a list, as data: within one line any value will do, and every line must hold.

The lines about posts must hold for one and the same post: "collèges de la Somme, mathématiques" does not find a
teacher of mathematics in the Oise who also works in a collège of the Somme."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from vaguemestre.academy.facts import academy
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import KINDS, Function

# Kinds of place by degree; the offices belong to neither.
DEGREES = {
    "1": frozenset({"maternelle", "elementaire", "primaire", "circonscription"}),
    "2": frozenset({"college", "lycee", "lp", "erea", "cio"}),
}
MOST = 200  # values of one line
LONGEST = 80  # characters of a value, as a discipline in the feed


class QuestionError(ValueError):
    """The name of the line that is wrong."""


@dataclass(frozen=True, slots=True)
class Question:
    """An empty line holds for everyone. `added`, `removed`: keys of accounts, whatever the lines find."""

    departments: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()  # UAI
    kinds: frozenset[str] = frozenset()
    degrees: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    corps: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    @property
    def kinds_asked(self) -> frozenset[str] | None:
        """Kinds of place by both lines. None: any; empty: the two lines exclude one another."""
        if not self.degrees:
            return self.kinds or None
        of_degrees = frozenset().union(*(DEGREES[degree] for degree in self.degrees))
        return of_degrees & self.kinds if self.kinds else of_degrees

    @property
    def asks_something(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self) if one.name not in ("added", "removed"))

    def without(self, key: str) -> Self:
        """As if this account had never been named."""
        return replace(self, added=self.added - {key}, removed=self.removed - {key})

    def as_text(self) -> str:
        """Two equal questions have the same."""
        kept = {name: sorted(values) for name, values in asdict(self).items() if values}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Raises QuestionError for what is no question, or not of this authority."""
        try:
            told = json.loads(text)
        except ValueError as error:
            raise QuestionError("question") from error
        if not isinstance(told, dict):
            raise QuestionError("question")
        if unknown := set(told) - {one.name for one in fields(cls)}:
            raise QuestionError(min(unknown))
        return cls(**{name: _values(name, values) for name, values in told.items()})


def _values(line: str, told: Any) -> frozenset[str]:
    if not isinstance(told, list) or len(told) > MOST:
        raise QuestionError(line)
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST for one in told):
        raise QuestionError(line)
    known = _known(line)
    if known is not None and not known.issuperset(told):
        raise QuestionError(line)
    return frozenset(told)


def _known(line: str) -> frozenset[str] | None:
    match line:
        case "departments":
            return frozenset(one.code for one in academy().departments)
        case "kinds":
            return frozenset(KINDS)
        case "degrees":
            return frozenset(DEGREES)
        case "functions":
            return frozenset(Function)
        case "categories":
            return frozenset(CATEGORIES)
    return None
