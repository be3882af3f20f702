"""The self-assessment of accessibility in figures, as the page says them. The grid is `docs/accessibility.md`; a test
holds the two together."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Assessment:
    """Of the 106 criteria of RGAA 4.1.2, by those who make the product."""

    day: date
    conform: int
    not_conform: int
    not_applicable: int
    not_examined: int

    @property
    def criteria(self) -> int:
        return self.conform + self.not_conform + self.not_applicable + self.not_examined


LAST = Assessment(day=date(2026, 11, 27), conform=85, not_conform=0, not_applicable=21, not_examined=0)
