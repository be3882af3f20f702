"""The line of échelons as a drawing: past in full line, what is to come dotted, today in brick. Two sizes, no style.

Points are worked out here and written by the template; the same dates stand in a table beside it."""

from dataclasses import dataclass
from datetime import date

from vaguemestre.career.file.next_grade_step import Prospect
from vaguemestre.career.models import GradeStep

LEFT, HEAD = 4.0, 34.0
MOST = 14  # treads that fit
NARROWEST, INDEX_WIDTH = 13, 30  # points that a number and an index take


@dataclass(frozen=True, slots=True)
class Size:
    """In points of the drawing. `years`: how many fit under it."""

    name: str
    width: float
    height: float
    ground: float
    years: int
    indices: bool


WIDE = Size("chart-wide", 720, 260, 222, 7, True)
NARROW = Size("chart-narrow", 330, 230, 204, 4, False)


@dataclass(frozen=True, slots=True)
class Mark:
    x: str
    y: str
    words: str
    anchor: str = "middle"
    under: str = ""  # the index, and where it stands
    under_y: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    size: Size
    past: str
    area: str
    coming: str
    today: str
    now: tuple[str, str]
    ring: tuple[str, str] | None
    treads: list[Mark]
    years: list[Mark]
    today_word: Mark

    @property
    def box(self) -> str:
        return f"0 0 {self.size.width:g} {self.size.height:g}"

    @property
    def floor(self) -> str:
        return f"M{_n(LEFT)} {_n(self.size.ground)}H{_n(self.size.width - LEFT)}"

    @property
    def ground(self) -> str:
        return _n(self.size.ground)


@dataclass(frozen=True, slots=True)
class _Tread:
    starts: date
    number: int
    index: int


def grade_step_drawings(steps: list[GradeStep], prospect: Prospect, today: date) -> list[Drawing]:
    """Of the present grade, oldest first, as far back as days are known. None when there is too little to draw."""
    treads = _treads(steps, prospect)
    if not treads:
        return []
    return [_draw(size, treads, prospect, today) for size in (WIDE, NARROW)]


def _treads(steps: list[GradeStep], prospect: Prospect) -> list[_Tread]:
    """Up to the present one, unbroken: what is not dated cuts what came before."""
    grid, found = prospect.grid, []
    if grid is None or prospect.rung is None:
        return []
    for step in sorted(steps, key=lambda one: one.step or 0, reverse=True):
        if (step.corps, step.grade) != (prospect.step.corps, prospect.step.grade) or step.step is None:
            continue
        rung = grid.rung(step.step)
        if step.since is None or rung is None or step.step > prospect.rung.number:
            break
        found.append(_Tread(step.since, step.step, rung.index))
    return found[:MOST][::-1]


def _draw(size: Size, treads: list[_Tread], prospect: Prospect, today: date) -> Drawing:
    scale = _Scale(size, treads, prospect, today)
    here = scale.x(max(today, treads[-1].starts))
    stands = scale.y(treads[-1].index)
    path = f"M{_n(LEFT)} {_n(scale.y(treads[0].index))}"
    for tread in treads[1:]:
        path += f"H{_n(scale.x(tread.starts))}V{_n(scale.y(tread.index))}"
    past = f"{path}H{_n(here)}"
    coming, ring = f"M{_n(here)} {_n(stands)}", None
    if prospect.next:
        ring = (_n(scale.x(prospect.next.latest)), _n(scale.y(prospect.next.rung.index)))
        coming += f"H{ring[0]}V{ring[1]}"
    late = here > size.width * 0.75
    return Drawing(
        size, past=past, area=f"{past}V{_n(size.ground)}H{_n(LEFT)}Z", coming=f"{coming}H{_n(size.width - LEFT)}",
        today=f"M{_n(here)} {_n(stands)}V{_n(size.ground)}", now=(_n(here), _n(stands)), ring=ring,
        treads=_tread_marks(scale), years=_year_marks(scale),
        today_word=Mark(_n(here + (-6 if late else 6)), _n(size.ground - 8), "", "end" if late else "start"),
    )  # fmt: skip


class _Scale:
    """Days across, indices up."""

    def __init__(self, size: Size, treads: list[_Tread], prospect: Prospect, today: date) -> None:
        coming = prospect.next
        self.size = size
        # Whoever should have reached the next one by now sees it at the edge of today.
        self.shown = [(max(one.starts, treads[0].starts), one.number, one.index) for one in treads]
        if coming:
            self.shown.append((max(coming.latest, today), coming.rung.number, coming.rung.index))
        self.first = treads[0].starts
        self.last = date(max(today, self.shown[-1][0]).year + 2, 1, 1)
        self._high = self.shown[-1][2]
        self._low = treads[0].index - max(20, (self._high - treads[0].index) // 3)

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return LEFT + share * (self.size.width - 2 * LEFT)

    def y(self, index: int) -> float:
        return HEAD + (self._high - index) / (self._high - self._low) * (self.size.ground - HEAD)


def _tread_marks(scale: _Scale) -> list[Mark]:
    """The number above each tread, its index below, where there is room."""
    marks, ends = [], [*(one[0] for one in scale.shown[1:]), scale.last]
    for (starts, number, index), ends_on in zip(scale.shown, ends, strict=True):
        left, right = scale.x(starts), scale.x(ends_on)
        if right - left < NARROWEST:
            continue
        y, under = scale.y(index), scale.size.indices and right - left >= INDEX_WIDTH
        marks.append(
            Mark(_n((left + right) / 2), _n(y - 9), str(number), "middle", str(index) if under else "", _n(y + 18))
        )
    return marks


def _year_marks(scale: _Scale) -> list[Mark]:
    """At each first of January that is told, evenly."""
    first, last = scale.first.year + 1, scale.last.year
    every = max(1, -(-(last - first + 1) // scale.size.years))
    marks = []
    for year in range(first, last + 1, every):
        x = scale.x(date(year, 1, 1))
        edge = "end" if x > scale.size.width - 20 else "start" if x < 14 else "middle"
        marks.append(Mark(_n(x), _n(scale.size.ground + 20), str(year), edge))
    return marks


def _n(value: float) -> str:
    return f"{value:.1f}"
