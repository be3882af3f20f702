"""An accent of one's own: the tones made of it, and whether every text on them can be read (WCAG 2.1, 1.4.3: 4.5 to 1).

Surfaces and inks are those of `client/styles/tokens.css`; a test compares them."""

from collections.abc import Iterator
from dataclasses import dataclass

LEAST = 4.5
WHITE, BLACK = "#ffffff", "#000000"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Light or dark: `surfaces` on which text in the accent stands, `inks` that stand on its wash."""

    name: str
    surfaces: tuple[str, ...]
    inks: tuple[str, ...]
    on_colour: str


LIGHT = Scheme("light", (WHITE, "#fbfaf8", "#f4f2ee"), ("#1d2530", "#4c5765"), WHITE)
DARK = Scheme("dark", ("#12161c", "#171c23", "#1c222b", "#242b36", "#262e39"), ("#e8e6e1", "#b3bac3"), "#12161c")


@dataclass(frozen=True, slots=True)
class Tones:
    """As the tokens of the style sheet: `--slate`, `--slate-strong`, `--slate-wash`."""

    plain: str
    strong: str
    wash: str


def light(accent: str) -> Tones:
    return Tones(accent, mixed(accent, BLACK, 0.28), mixed(accent, WHITE, 0.88))


def dark(accent: str, chosen: str = "") -> Tones:
    """`chosen` for the dark; without it, the accent made as pale as it must be to be read there."""
    if chosen:
        return _dark(chosen)
    tones = [_dark(mixed(accent, WHITE, share / 100)) for share in range(40, 96, 5)]
    return next((one for one in tones if not faults(one, DARK)), tones[-1])


def _dark(plain: str) -> Tones:
    return Tones(plain, mixed(plain, WHITE, 0.4), mixed("#1c222b", plain, 0.12))


def faults(tones: Tones, scheme: Scheme) -> list[str]:
    """In words for whoever wrote the file; none where everything can be read."""
    return [
        f"in {scheme.name} mode, {text} on {ground} has a contrast of {found:.1f}:1, at least {LEAST}:1 is needed"
        for text, ground in _pairs(tones, scheme)
        if (found := contrast(text, ground)) < LEAST
    ]


def readable(accent: str) -> str:
    """The nearest darker accent that can be read in light mode."""
    darker = (mixed(accent, BLACK, share / 50) for share in range(51))
    return next(one for one in darker if not faults(light(one), LIGHT))


def _pairs(tones: Tones, scheme: Scheme) -> Iterator[tuple[str, str]]:
    yield from ((tones.plain, surface) for surface in (*scheme.surfaces, tones.wash))
    yield from ((scheme.on_colour, colour) for colour in (tones.plain, tones.strong))
    yield from ((ink, tones.wash) for ink in (tones.strong, *scheme.inks))


def mixed(one: str, other: str, share: float) -> str:
    """`share` of the other."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
