"""The statutory grids: how long an échelon lasts, and its index (indice majoré, of 1 January 2024).

A corps or a grade that is not here has no forecast, and the page says so. Where the figures were read (November 2026);
where two pages are named, the second one gave the whole length or the first and last index:
- teaching, education and psychology corps, which share one grid since 2017: cgteduc06.fr; AESH: sgenplus.cfdt.fr;
- agrégés, classe normale, and chaires supérieures: limoges.snes.edu « Avancement d’échelon »; agrégés hors classe:
  durations of cgt.fercsup.net (2022), indices with the five points of 2024. Their classe exceptionnelle: no page found;
- attachés (AAE): aetiunsapicardie.fr, and aeti-ac-reims.com for the durations;
- SAENES (grades B1 to B3 of the civil service): auxerre-agglomeration.unsa-territoriaux.org, and snalc.fr;
- ADJAENES (C1 to C3): auxerre-agglomeration.unsa-territoriaux.org, and fercsup-cgt.net.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vaguemestre.people.folding import words


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
    name: str
    rungs: tuple[Rung, ...]

    def rung(self, number: int) -> Rung | None:
        return next((rung for rung in self.rungs if rung.number == number), None)


def _folded(text: str) -> str:
    return " ".join(words(text))


type _Years = float


def _grid(name: str, *rungs: tuple[int, _Years | None], shorter: Mapping[int, _Years] | None = None) -> Grid:
    """Index and years of each échelon, from the first one on; `shorter`: échelon to years of an accelerated passage."""
    known = shorter or {}
    found = enumerate(rungs, 1)
    return Grid(name, tuple(Rung(n, index, _months(years), _months(known.get(n))) for n, (index, years) in found))


def _months(years: _Years | None) -> int | None:
    return None if years is None else round(years * 12)


def _by_grade(*grids: Grid) -> dict[str, Grid]:
    return {_folded(grid.name): grid for grid in grids}


_ACCELERATED = {6: 2, 8: 2.5}  # a year earlier for three in ten, after a « rendez-vous de carrière »
# Where a grade ends in the scale letters, their "chevrons" are no échelons with a duration of this kind: the last rung.
_TEACHING = _by_grade(
    _grid(
        "classe normale", (395, 1), (446, 1), (453, 2), (466, 2), (481, 2.5), (497, 3), (524, 3), (562, 3.5), (595, 4),
        (634, 4), (678, None), shorter=_ACCELERATED,
    ),
    _grid("hors classe", (595, 2), (629, 2), (673, 2.5), (720, 2.5), (768, 3), (811, 3), (826, None)),
    _grid("classe exceptionnelle", (700, 2), (740, 2), (780, 2.5), (835, None)),
)  # fmt: skip
_AGREGES = _by_grade(
    _grid(
        "classe normale", (455, 1), (503, 1), (518, 2), (547, 2), (584, 2.5), (623, 3), (664, 3), (715, 3.5), (762, 4),
        (805, 4), (835, None), shorter=_ACCELERATED,
    ),
    _grid("hors classe", (762, 2), (805, 2), (835, 3), (895, None)),
)  # fmt: skip
_CHAIRS = _by_grade(_grid("", (678, 2), (715, 2), (762, 2), (805, 2), (835, 4.5), (895, None)))
_ATTACHES = _by_grade(
    _grid(
        "attaché", (395, 1.5), (415, 2), (435, 2), (455, 2), (485, 2.5), (518, 3), (550, 3), (580, 3), (610, 3),
        (645, 4), (678, None),
    ),
    _grid(
        "attaché principal", (505, 2), (540, 2), (580, 2), (610, 2), (655, 2), (695, 2.5), (735, 2.5), (773, 3),
        (811, 3), (826, None),
    ),
    _grid("attaché hors classe", (660, 2), (700, 2), (735, 2), (773, 2.5), (811, 3), (835, None)),
)  # fmt: skip
_SECRETARIES = _by_grade(
    _grid(
        "classe normale", (373, 1), (374, 1), (375, 1), (376, 1), (377, 2), (386, 2), (401, 2), (420, 3), (436, 3),
        (446, 3), (462, 3), (482, 4), (508, None),
    ),
    _grid(
        "classe supérieure", (376, 1), (377, 1), (384, 2), (395, 2), (406, 2), (421, 2), (441, 3), (457, 3), (466, 3),
        (485, 3), (509, 4), (539, None),
    ),
    _grid(
        "classe exceptionnelle", (397, 1), (409, 2), (424, 2), (446, 2), (470, 2), (489, 3), (513, 3), (539, 3),
        (556, 3), (574, 3), (592, None),
    ),
)  # fmt: skip
_ASSISTANTS = _by_grade(
    _grid(
        "adjoint administratif", (366, 1), (367, 1), (368, 1), (369, 1), (370, 1), (371, 1), (372, 3), (373, 3),
        (376, 3), (377, 4), (387, None),
    ),
    _grid(
        "adjoint administratif principal de 2e classe", (367, 1), (369, 1), (370, 1), (373, 1), (374, 1), (376, 1),
        (377, 2), (385, 2), (397, 3), (409, 3), (417, 4), (425, None),
    ),
    _grid(
        "adjoint administratif principal de 1re classe", (373, 1), (375, 1), (376, 2), (385, 2), (398, 2), (408, 2),
        (420, 3), (435, 3), (455, 3), (478, None),
    ),
)  # fmt: skip
_SUPPORT = _by_grade(_grid(
    "", (371, 3), (375, 3), (380, 3), (385, 3), (395, 3), (405, 3), (415, 3), (425, 3), (435, 3), (445, 3), (455, None),
))  # fmt: skip
_GRADES_OF = {
    (
        "Professeur des écoles", "PE", "Certifié", "Professeur certifié", "PLP", "Professeur de lycée professionnel",
        "P.EPS", "PEPS", "CPE", "Conseiller principal d’éducation", "PsyEN", "Psychologue de l’Éducation nationale",
    ): _TEACHING,
    ("Agrégé", "Professeur agrégé"): _AGREGES,
    ("Professeur de chaire supérieure",): _CHAIRS,
    ("AAE", "Attaché d’administration de l’État"): _ATTACHES,
    (
        "SAENES", "Secrétaire d’administration de l’Éducation nationale et de l’enseignement supérieur",
        "Secrétaire administratif",
    ): _SECRETARIES,
    ("ADJAENES", "Adjoint administratif de l’Éducation nationale et de l’enseignement supérieur"): _ASSISTANTS,
    ("AESH", "Accompagnant d’élèves en situation de handicap"): _SUPPORT,
}  # fmt: skip
_CORPS = {_folded(name): grades for names, grades in _GRADES_OF.items() for name in names}


def grid_of(corps: str, grade: str) -> Grid | None:
    """As the HR feed writes them, whatever the capitals and the accents."""
    return _CORPS.get(_folded(corps), {}).get(_folded(grade))
