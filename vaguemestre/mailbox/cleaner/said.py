"""What the eye reads in a link whose content is markup: with the words of pictures that are not loaded, without what
the mail hides, one line apart from the next. Works on what the allow-list has written."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from tinycss2.color3 import RGBA, parse_color

_PIECE = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z-]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' (alt|bgcolor|color|style)="([^"]*)"')
_GROUND = re.compile(r'(?:background(?:-color|-image)?: *|b(?:ackground|gcolor)=")([^;"]+)')
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
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_LEGIBLE = 3  # pixels
_FAINTEST = 0.2
_ALIKE = 0.06  # the most that red, green or blue of two differ
_MOST = 24  # grounds that are tried for one link

type Colour = tuple[float, float, float]
_WHITE: Colour = (1.0, 1.0, 1.0)
_ANY: Colour = (-1.0, -1.0, -1.0)  # a picture, or written as only browsers read it
_LINKS: Colour = (-2.0, -2.0, -2.0)  # what a link has that gives none, in either theme


class _Look(NamedTuple):
    """None: as whatever it lies in."""

    gone: bool = False
    small: bool | None = None
    clear: bool | None = None
    ink: Colour | None = None
    ground: Colour | None = None
    apart: bool | None = None


def readings(content: str, style: str = "", grounds: frozenset[Colour] = frozenset()) -> set[str] | None:
    """Pictures may be loaded or not, and each ink be that of the ground or not. None: in too many ways. `style`: the
    link's own; `grounds`: those of the mail (`grounds_of`), of which nobody looks which one it stands on."""
    own = _look_of(style, "", "")
    grounded = [None, *_behind(content, own, grounds)]
    if len(grounded) > _MOST:
        return None
    ways = ((alts, behind) for alts in ((True, False) if "<img" in content else (False,)) for behind in grounded)
    return {unescape("".join(_read(content, own, alts=alts, behind=behind))) for alts, behind in ways}


def grounds_of(html: str) -> frozenset[Colour]:
    """Of whatever lies in it."""
    found = {_ground(unescape(value)) for value in set(_GROUND.findall(html))}
    return frozenset(one for one in found if one is not None)


def _behind(content: str, own: _Look, grounds: frozenset[Colour]) -> Iterator[Colour]:
    """The colours that could lie behind it, as far as an ink of it would vanish there."""
    yield _WHITE
    given = [
        dict(_ATTRIBUTE.findall(attributes)) for _end, _tag, attributes, _text in _PIECE.findall(content) if attributes
    ]
    looks = {own, *(_look_of(one.get("style", ""), one.get("color", ""), one.get("bgcolor", "")) for one in given)}
    if grounds or any(look.ground for look in looks):
        yield _LINKS
    inks = {look.ink for look in looks if look.ink and look.ink != _ANY}
    vanish = [ink for ink in inks if _ANY in grounds or any(_are_alike(ink, ground) for ground in grounds)]
    yield from vanish


def _read(content: str, own: _Look, *, alts: bool, behind: Colour | None) -> Iterator[str]:
    inside = [own]
    for end, tag, attributes, text in _PIECE.findall(content):
        around = inside[-1]
        if text:
            yield "" if _is_hidden(around, behind=behind) else text
        elif end:
            yield " " if around.apart else ""
            inside = inside[:-1] or [own]
        else:
            given = dict(_ATTRIBUTE.findall(attributes)) if attributes else {}
            look = _within(
                around, _look_of(given.get("style", ""), given.get("color", ""), given.get("bgcolor", "")), tag
            )
            yield " " if look.apart and not look.gone else ""
            if tag == "img" and alts and not _is_hidden(look, behind=behind):
                yield given.get("alt", "")
            if tag not in _VOID:
                inside.append(look)


def _is_hidden(look: _Look, *, behind: Colour | None) -> bool:
    return look.gone or bool(look.small or look.clear) or _vanishes(look.ink, look.ground, behind)


def _vanishes(ink: Colour | None, ground: Colour | None, behind: Colour | None) -> bool:
    """`behind`: what lies there where nothing of the link's own does, or what is not known; None where it is unlike."""
    if ink is None:
        return behind == _LINKS
    if ink == _ANY:
        return behind is not None
    if ground is None or ground == _ANY:
        return behind is not None and _are_alike(ink, behind)
    return _are_alike(ink, ground)


def _within(around: _Look, look: _Look, tag: str) -> _Look:
    return _Look(
        around.gone or look.gone,
        around.small if look.small is None else look.small,
        around.clear if look.clear is None else look.clear,
        around.ink if look.ink is None else look.ink,
        around.ground if look.ground is None else look.ground,
        tag in _APART if look.apart is None else look.apart,
    )


@lru_cache(maxsize=4096)
def _look_of(style: str, color: str, bgcolor: str) -> _Look:
    """As browsers read it: the last valid value of a property, unless one is important."""
    values: dict[str, tuple[bool, object]] = {"ink": (False, _ink(color))} if color else {}
    if bgcolor:
        values["ground"] = (False, _ground(bgcolor))
    room = False
    for declaration in _STRING.sub("x", unescape(style)).lower().split(";"):
        name, _colon, value = declaration.partition(":")
        important, value = "!important" in value, value.replace("!important", "").strip()
        kind, judged = _judged(name.strip(), value)
        room = room or kind == "room"
        if judged is not None and (important or not values.get(kind, (False,))[0]):
            values[kind] = (important, judged)
    display, small, ink, faint = (values.get(kind, (False, None))[1] for kind in ("display", "size", "ink", "opacity"))
    clear, shown = ink if isinstance(ink, tuple) else (None, None)
    ground = values.get("ground", (False, None))[1]
    apart = True if room else None if display is None else display not in {"none", "inline", "contents"}
    gone, behind = display == "none" or faint is True, ground if isinstance(ground, tuple) else None
    return _Look(gone, None if small is None else bool(small), clear, shown, behind, apart)


def _judged(name: str, value: str) -> tuple[str, object]:
    """Which of them it is, and what it makes of the text; None for a value that says nothing."""
    if name == "display":
        return name, value if _DISPLAY.fullmatch(value) else None
    if name in {"font", "font-size"}:
        return "size", _is_small(value)
    if name == "color":
        return "ink", _ink(value)
    if name in {"background", "background-color", "background-image"}:
        return "ground", _ground(value)
    if name == "opacity":
        number = _NUMBER.fullmatch(value)
        return name, None if number is None else _share(number) <= _FAINTEST
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


def _ink(value: str) -> tuple[bool, Colour] | None:
    """Whether it is none at all, and which one."""
    colour = parse_color(_with_commas(value))
    if not isinstance(colour, RGBA):
        return (False, _ANY) if "(" in value or value == "inherit" else None
    return colour.alpha <= _FAINTEST, (colour.red, colour.green, colour.blue)


@lru_cache(maxsize=4096)
def _ground(value: str) -> Colour | None:
    """None: what lies there is seen."""
    if "url(" in value or "://" in value:
        return _ANY
    for word in (value, *value.split()):
        colour = parse_color(_with_commas(word))
        if isinstance(colour, RGBA):
            opaque = colour.alpha > 1 - _FAINTEST
            return (colour.red, colour.green, colour.blue) if opaque else _ANY if colour.alpha > _FAINTEST else None
    return _ANY if "(" in value else None


def _are_alike(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= _ALIKE


def _with_commas(value: str) -> str:
    """`rgb(0 0 0 / 50%)` as it was written before."""
    function = _FUNCTION.fullmatch(value.strip())
    if function is None:
        return value
    parts = re.sub(r"[\s,/]+", " ", function[2]).split()
    if len(parts) == 4 and parts[3].endswith("%") and _NUMBER.fullmatch(parts[3]):
        parts[3] = str(float(parts[3][:-1]) / 100)
    return f"{function[1]}{'a' if len(parts) == 4 else ''}({','.join(parts)})"
