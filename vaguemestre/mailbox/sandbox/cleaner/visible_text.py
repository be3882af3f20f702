"""What the eye reads in a link whose content is markup: with the words of pictures that are not loaded, without what
the mail hides, one line apart from the next. Works on what the allow-list has written."""

import math
import re
from collections.abc import Iterator
from functools import cached_property
from html import unescape
from itertools import combinations, islice
from typing import Any, NamedTuple

from tinycss2.color3 import RGBA, parse_color

from vaguemestre.mailbox.sandbox.cleaner.bounded_cache import bounded_cache

_PIECE = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' (alt|background|bgcolor|color|style)="([^"]*)"')
_TAG = re.compile(r'<[a-z0-9]+((?: [a-z-]+="[^"]*")+)>')
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_APART_WORDS = """
address article aside blockquote br caption center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr
li main nav ol p pre section table tbody td tfoot th thead tr ul
"""
_APART = frozenset(_APART_WORDS.split())
_SIZES = re.compile(r"(?<![\w-])(?:xx?-small|small|medium|large|x{1,3}-large)(?![\w-])")
_DISPLAY = re.compile(
    r"none|contents|inline|block|list-item|flow-root|(?:inline-)?(?:block|flex|grid|table)|table-[a-z-]+"
)
# Possessive: a mail may write thousands of digits.
_NUMBER = re.compile(r"(?<![\w.#-])([+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?\d++)?)([a-z]+|%)?(?![\w.])|calc\(")
_PIXELS = {
    "px": 1, "pt": 1.33, "pc": 16, "in": 96, "cm": 38, "mm": 3.8, "q": 0.95, "em": 16, "rem": 16, "ex": 8, "ch": 8,
    "%": 0.16, "cap": 11, "ic": 16, "lh": 20, "rex": 8, "rch": 8, "rcap": 11, "ric": 16, "rlh": 20,
    **{f"{of}{side}": 8 for of in ("v", "sv", "lv", "dv", "cq") for side in ("w", "h", "i", "b", "min", "max")},
}  # fmt: skip
_RELATIVE = frozenset({"em", "ex", "ch", "%", "cap", "ic", "lh"})
_KINDS = {"letter-spacing": "letters", "word-spacing": "words", "text-indent": "indent"}
_AS_AROUND = frozenset({"inherit", "unset", "currentcolor"})
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_WORD = re.compile(r"[^\s(]+(?:\([^()]*\))?")
_NO_PICTURE = re.compile(  # what may stand beside the colour of a ground
    r"(?:none )?(?:repeat |no-repeat |repeat-[xy] )?(?:scroll )?"
    r"(?:(?:0(?:px|%)?|left|center) (?:0(?:px|%)?|top|center) )?"
)
_LEGIBLE = 3  # pixels
_FAINTEST = 0.2
_FAINT = 0.5
_OPAQUE = 0.97
_ALIKE = 0.06  # the most that red, green or blue of two differ
_PALE = 0.25  # up to there it may be read
_MOST = 24  # grounds that are tried for one link
_MOST_WAYS = 2 * _MOST
_MOST_DOUBTS = 5
_MOST_STYLES = 1000  # of one mail, in which its grounds are looked for
_WORK = 400_000  # for all the links of one mail: about half a second
_TIGHTEST = {"letters": -2, "words": -8, "indent": -100}  # pixels
_FARTHEST = 400  # pixels that a line is set in, or letters and words are set apart

type Colour = tuple[float, float, float]
_WHITE: Colour = (1.0, 1.0, 1.0)
_ANY: Colour = (-1.0, -1.0, -1.0)  # a picture, or written as only browsers read it
_LINKS: Colour = (-2.0, -2.0, -2.0)  # what a link has that gives none, in either theme
_THROUGH: Colour = (-3.0, -3.0, -3.0)  # a ground that lets see what lies behind, whatever was said of it before


class _Look(NamedTuple):
    """None: as whatever it lies in. Words instead of a colour: as only browsers read it."""

    gone: bool = False
    small: bool | None = None
    ink: Colour | str | None = None
    clear: float | None = None
    opacity: float = 1.0
    ground: Colour | str | None = None
    apart: bool | None = None
    letters: float | None = None
    words: float | None = None
    indent: float | None = None


class _Run(NamedTuple):
    text: str
    look: _Look | None = None  # None: no text, but room
    of_picture: bool = False


class VisibleText:
    """Reads the links of one mail; when that has taken too long, it reads no more."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._left = _WORK

    def readings(self, content: str, style: str = "") -> set[str] | None:
        """Pictures may be loaded or not, each ink be that of the ground or not, and what nobody surely reads be read
        or not. None: in too many ways. `style`: the link's own."""
        self._left -= len(content) // 50
        if self._left < 0:
            return None
        runs = list(_runs(content, _look_of(style, "", "")))
        looks = {run.look for run in runs if run.look}
        doubts = sorted({doubt for look in looks for doubt in _doubts(look)})
        grounded = [None, *islice(self._behind(looks), _MOST)]
        alts = (True, False) if any(run.of_picture for run in runs) else (False,)
        ways = len(alts) * len(grounded) * 2 ** min(len(doubts), _MOST_DOUBTS + 1)
        self._left -= ways * (len(runs) + len(content) // 50)
        if len(grounded) > _MOST or len(doubts) > _MOST_DOUBTS or ways > _MOST_WAYS or self._left < 0:
            return None
        taken = [frozenset(some) for size in range(len(doubts) + 1) for some in combinations(doubts, size)]
        hidden = {
            frozenset(look for look in looks if _is_hidden(look, behind, doubted))
            for behind in grounded
            for doubted in taken
        }
        return {_read(runs, unseen, alts=alt) for unseen in hidden for alt in alts}

    def _behind(self, looks: set[_Look]) -> Iterator[Colour]:
        """The colours that could lie behind them, as far as an ink of theirs would vanish there. Nobody looks which of
        the mail's grounds a link stands on."""
        yield _WHITE
        grounds, near = self._grounds
        if grounds or any(look.ground for look in looks):
            yield _LINKS
        inks = {look.ink for look in looks if isinstance(look.ink, tuple)}
        yield from (ink for ink in inks if _ANY in grounds or _cell(ink) in near)

    @cached_property
    def _grounds(self) -> tuple[set[Colour], set[tuple[int, int, int]]]:
        """Of whatever lies in the mail, and the cells in which what is like one of them lies."""
        given = {one for one in _TAG.findall(self._html) if "background" in one or "bgcolor" in one}
        if len(given) > _MOST_STYLES:
            return {_ANY}, set()
        found = {_ANY if isinstance(one, str) else one for one in map(_ground_of, given) if one is not None}
        steps = (-1, 0, 1)
        cells = {_cell(ground) for ground in found if ground != _ANY}
        return found, {(r + x, g + y, b + z) for r, g, b in cells for x in steps for y in steps for z in steps}


def _cell(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = colour
    return int(red // _ALIKE), int(green // _ALIKE), int(blue // _ALIKE)


def _ground_of(attributes: str) -> Colour | str | None:
    given = dict(_ATTRIBUTE.findall(attributes))
    if given.get("background"):
        return _ANY
    return _look_of(given.get("style", ""), "", given.get("bgcolor", "")).ground


def _runs(content: str, own: _Look) -> Iterator[_Run]:
    root = _within(_Look(), own, "a")
    inside = [root._replace(ink="inherit") if own.ink == "inherit" else root]
    for end, tag, attributes, text in _PIECE.findall(content):
        around = inside[-1]
        if text:
            yield _Run(unescape(text), around)
        elif end:
            if around.apart:
                yield _Run(" ")
            inside = inside[:-1] or [root]
        else:
            given = dict(_ATTRIBUTE.findall(attributes)) if attributes else {}
            look = _look_of(given.get("style", ""), given.get("color", ""), given.get("bgcolor", ""))
            look = _within(around, look if not given.get("background") else look._replace(ground="picture"), tag)
            if look.apart and not look.gone:
                yield _Run(" ")
            if tag == "img":
                yield _Run(unescape(given.get("alt", "")), look, of_picture=True)
            if tag not in _VOID:
                inside.append(look)


def _read(runs: list[_Run], unseen: frozenset[_Look], *, alts: bool) -> str:
    return "".join(run.text for run in runs if run.look not in unseen and (alts or not run.of_picture))


def _is_hidden(look: _Look, behind: Colour | None, doubted: frozenset[str]) -> bool:
    if look.gone or look.small or _faintness(look) <= _FAINTEST or _vanishes(look.ink, look.ground, behind):
        return True
    return bool(doubted) and not doubted.isdisjoint(_doubts(look))


def _doubts(look: _Look) -> Iterator[str]:
    """Why nobody surely reads it, nor surely reads it not; each may hold or not."""
    if (faintness := _faintness(look)) <= _FAINT:
        yield f"faint {faintness}"
    for name, tightest in _TIGHTEST.items():
        pixels = getattr(look, name)
        if pixels is not None and not tightest <= pixels <= _FARTHEST:
            yield f"{name} {pixels}"
    if isinstance(look.ink, str):
        yield f"ink {look.ink}"
    elif isinstance(look.ground, str):
        yield f"ground under {look.ink}"
    elif look.ink is not None and _ALIKE < _distance(look.ink, look.ground or _WHITE) <= _PALE:
        yield f"pale {look.ink}"


def _faintness(look: _Look) -> float:
    return look.opacity if look.clear is None else look.opacity * look.clear


def _vanishes(ink: Colour | str | None, ground: Colour | str | None, behind: Colour | None) -> bool:
    """`behind`: what lies there where nothing of the link's own does, or what is not known; None where it is unlike."""
    if ink is None:
        return behind == _LINKS
    if isinstance(ink, str):
        return False
    if ground is None or isinstance(ground, str):
        return behind is not None and _are_alike(ink, behind)
    return _are_alike(ink, ground)


def _within(around: _Look, look: _Look, tag: str) -> _Look:
    as_around = look.ink is None or look.ink == "inherit"
    ink = around.ink if as_around else look.ink
    ground = around.ground if look.ground is None else look.ground
    return _Look(
        around.gone or look.gone,
        around.small if look.small is None else look.small,
        ink,
        around.clear if as_around else look.clear,
        around.opacity * look.opacity,
        ink if ground == "currentcolor" and isinstance(ink, tuple) else ground,
        tag in _APART if look.apart is None else look.apart,
        around.letters if look.letters is None else look.letters,
        around.words if look.words is None else look.words,
        around.indent if look.indent is None else look.indent,
    )


@bounded_cache(4096)
def _look_of(style: str, color: str, bgcolor: str) -> _Look:
    """As browsers read it: the last valid value of a property, unless one is important."""
    values: dict[str, tuple[bool, Any]] = {"ink": (False, _ink(color.lower()))} if color else {}
    if bgcolor:
        values["ground"] = (False, _ground("bgcolor", bgcolor.lower()))
    room = False
    for declaration in _STRING.sub("x", unescape(style)).lower().split(";"):
        name, _colon, value = declaration.partition(":")
        important, value = "!important" in value, value.replace("!important", "").strip()
        kind, judged = _judged(name.strip(), value)
        room = room or kind == "room"
        if judged is not None and (important or not values.get(kind, (False,))[0]):
            values[kind] = (important, judged)
    said = {kind: value for kind, (_important, value) in values.items()}
    display, ink, ground = said.get("display"), said.get("ink"), said.get("ground")
    alpha, shown = ink if isinstance(ink, tuple) else (None, None)
    return _Look(
        display == "none",
        said.get("size"),
        shown,
        alpha,
        said.get("opacity", 1.0),
        None if ground == _THROUGH else ground,
        True if room else None if display is None else display not in {"none", "inline", "contents"},
        *(said.get(kind) for kind in _TIGHTEST),
    )


def _judged(name: str, value: str) -> tuple[str, Any]:
    """Which of them it is, and what it makes of the text; None for a value that says nothing."""
    if name == "display":
        return name, value if _DISPLAY.fullmatch(value) else None
    if name in {"font", "font-size"}:
        return "size", _is_small(value)
    if name == "color":
        return "ink", _ink(value)
    if name in {"background", "background-color", "background-image"}:
        return "ground", _ground(name, value)
    if name == "opacity":
        number = _NUMBER.fullmatch(value)
        return name, (_FAINT if "(" in value else None) if number is None else max(0.0, min(1.0, _share(number)))
    if name in _KINDS:
        return _KINDS[name], _pixels(name, value)
    if name == "float" or (name.startswith(("margin", "padding")) and re.search("[1-9]", value)):
        return "room", True
    return "", None


def _is_small(value: str) -> bool | None:
    """A number without unit is a weight, unless it is nothing. None: as much as whatever it lies in."""
    for found in _NUMBER.finditer(value):
        if found[1] is None or float(found[1]) == 0:
            return True
        if found[2] in _PIXELS:
            is_small = float(found[1]) * _PIXELS[found[2]] < _LEGIBLE
            return is_small or (None if found[2] in _RELATIVE else False)
    return False if _SIZES.search(value) else None


def _share(found: re.Match[str]) -> float:
    return 0 if found[1] is None else float(found[1]) / (100 if found[2] == "%" else 1)


def _pixels(name: str, value: str) -> float | None:
    if value in {"normal", "initial"}:
        return 0
    found = _NUMBER.fullmatch(value)
    if found is None or found[1] is None or (found[2] or "px") not in _PIXELS:
        return -math.inf if "(" in value else None
    return float(found[1]) * (8 if name == "text-indent" and found[2] == "%" else _PIXELS[found[2] or "px"])


def _ink(value: str) -> tuple[float, Colour | str] | None:
    """How much of it is there, and which one."""
    if not value or value.startswith("light-dark("):  # ours, after the mail's own (`dark_colours.dark_style`)
        return None
    colour = parse_color(_with_commas(value))
    if isinstance(colour, RGBA):
        return colour.alpha, (colour.red, colour.green, colour.blue)
    return 1.0, "inherit" if value in _AS_AROUND else value


def _ground(name: str, value: str) -> Colour | str | None:
    """Words where one cannot be sure, also because no browser may take them for a value."""
    if name == "background-image":
        return None if value == "none" else value
    if value in {"inherit", "initial", "unset"}:
        return _THROUGH
    words = _WORD.findall(value)
    colours = [(place, colour) for place, word in enumerate(words) if isinstance(colour := _colour(word), RGBA)]
    if len(colours) > 1 or (colours and colours[0][0] not in {0, len(words) - 1}):
        return value
    beside = "".join(f"{word} " for word in words if not isinstance(_colour(word), RGBA))
    if beside and (name != "background" or not _NO_PICTURE.fullmatch(beside)):
        return value
    if not colours:
        return _THROUGH if beside else None
    colour = colours[0][1]
    if colour.alpha >= _OPAQUE:
        return colour.red, colour.green, colour.blue
    return value if colour.alpha > 1 - _OPAQUE else _THROUGH


@bounded_cache(4096)
def _colour(word: str) -> RGBA | str | None:
    return parse_color(_with_commas(word))


def _are_alike(one: Colour, other: Colour) -> bool:
    return _distance(one, other) <= _ALIKE


def _distance(one: Colour, other: Colour) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _with_commas(value: str) -> str:
    """`rgb(0 0 0 / 50%)` as it was written before."""
    function = _FUNCTION.fullmatch(value.strip())
    if function is None:
        return value
    parts = re.sub(r"[\s,/]+", " ", function[2]).split()
    if len(parts) == 4 and parts[3].endswith("%") and _NUMBER.fullmatch(parts[3]):
        parts[3] = str(float(parts[3][:-1]) / 100)
    return f"{function[1]}{'a' if len(parts) == 4 else ''}({','.join(parts)})"
