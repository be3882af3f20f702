"""When the next échelon comes, by the statutory durations: a latest day, and an earlier one as a possibility."""

from dataclasses import dataclass
from datetime import date

from vaguemestre.career.file.salary_grids import Grid, Rung, grid_of
from vaguemestre.career.models import GradeStep


@dataclass(frozen=True, slots=True)
class Next:
    """`rung` is reached on `latest` at the latest. `soonest` where a shortened passage exists: chosen, never due."""

    rung: Rung
    latest: date
    soonest: date | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What can be said of where somebody stands. Everything may be unknown but the step itself."""

    step: GradeStep
    grid: Grid | None
    rung: Rung | None
    next: Next | None

    @property
    def at_the_top(self) -> bool:
        """The last échelon of the grade: what comes then is another grade, which no duration gives."""
        return self.rung is not None and self.rung.months is None

    @property
    def outside_its_grid(self) -> bool:
        return self.grid is not None and self.step.step is not None and self.rung is None


def prospect_of(step: GradeStep) -> Prospect:
    grid = grid_of(step.corps, step.grade)
    rung = grid.rung(step.step) if grid and step.step is not None else None
    return Prospect(step, grid, rung, _next(step, grid, rung))


def months_later(day: date, months: int) -> date:
    """Durations count from day to day; there is no 31 in a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))


def _next(step: GradeStep, grid: Grid | None, rung: Rung | None) -> Next | None:
    if grid is None or rung is None or rung.months is None or step.since is None:
        return None
    following = grid.rung(rung.number + 1)
    if following is None:
        return None
    soonest = months_later(step.since, rung.shortest) if rung.shortest else None
    return Next(following, months_later(step.since, rung.months), soonest)
