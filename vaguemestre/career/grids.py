"""The statutory grids: how long an échelon lasts, and its index. Of the corps that share one grid since 2017.

Durations: decree of each corps; indices: of 1 January 2024. A corps or a grade that is not here has no forecast,
and the page says so."""

from dataclasses import dataclass

from vaguemestre.people.folding import words

INDICES_OF = 2024


@dataclass(frozen=True, slots=True)
class Rung:
    """One échelon. `months` is None for the last one; `shortest` where an accelerated passage exists. `index` is the
    "indice majoré"."""

    number: int
    index: int
    months: int | None
    shortest: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """One grade."""

    name: str
    rungs: tuple[Rung, ...]

    def rung(self, number: int) -> Rung | None:
        return next((rung for rung in self.rungs if rung.number == number), None)


def _folded(text: str) -> str:
    return " ".join(words(text))


_NORMAL = Grid(
    "classe normale",
    (
        Rung(1, 395, 12), Rung(2, 446, 12), Rung(3, 453, 24), Rung(4, 466, 24), Rung(5, 481, 30),
        Rung(6, 497, 36, 24), Rung(7, 524, 36), Rung(8, 562, 42, 30), Rung(9, 595, 48), Rung(10, 634, 48),
        Rung(11, 678, None),
    ),
)  # fmt: skip
_ABOVE = Grid(
    "hors classe",
    (
        Rung(1, 595, 24), Rung(2, 629, 24), Rung(3, 673, 30), Rung(4, 720, 30), Rung(5, 768, 36), Rung(6, 811, 36),
        Rung(7, 826, None),
    ),
)  # fmt: skip
# After the fourth échelon come the "chevrons" of the scale letters: no échelon with a duration of this kind.
_EXCEPTIONAL = Grid("classe exceptionnelle", (Rung(1, 700, 24), Rung(2, 740, 24), Rung(3, 780, 30), Rung(4, 835, None)))
_GRADES = {_folded(grid.name): grid for grid in (_NORMAL, _ABOVE, _EXCEPTIONAL)}
_CORPS = {
    _folded(name)
    for name in (
        "Professeur des écoles", "PE", "Certifié", "Professeur certifié", "PLP", "Professeur de lycée professionnel",
        "P.EPS", "PEPS", "CPE", "Conseiller principal d’éducation", "PsyEN", "Psychologue de l’Éducation nationale",
    )
}  # fmt: skip


def grid_of(corps: str, grade: str) -> Grid | None:
    """As the HR feed writes them, whatever the capitals and the accents."""
    return _GRADES.get(_folded(grade)) if _folded(corps) in _CORPS else None
