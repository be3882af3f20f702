"""A mail's own colours on a dark sheet: what becomes of them is decided for the whole mail. Runs in the worker.

None: it follows the reader's theme. Only inks, on white: each gets a second value, light enough for the dark sheet.
Anything more was drawn for a light sheet, and stays on one. So every text is legible, and no picture loses its ground.
"""

from collections.abc import Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from typing import Any, Literal

import tinycss2
from selectolax.lexbor import LexborHTMLParser
from tinycss2.color3 import RGBA, parse_color

from vaguemestre.mailbox.sandbox.cleaner.allowed_styles import LENGTH_LIMIT
from vaguemestre.mailbox.sandbox.cleaner.bounded_cache import bounded_cache

type Look = Literal["plain", "inked", "own"]
DARK_SHEET = (0x1C / 255, 0x22 / 255, 0x2B / 255)  # --sheet of the dark theme (client/styles/tokens.css)
CONTRAST = 5.2  # as everywhere in the interface; AA asks for 4.5
_COLOUR_LIMIT = 64
_WHITE = 0.96  # luminance from which a ground counts as the white of the sheet
_GROUNDS = frozenset({"background", "background-color", "background-image"})


def look_of(tree: LexborHTMLParser) -> Look:
    """Newsletters have thousands of elements and a dozen styles: each style is judged once."""
    found: Look = "plain"
    seen: set[str] = set()
    for node in tree.css("[style], [bgcolor], [background], [color], body[text]"):
        given = node.attributes
        written = (given.get("style") or "")[:LENGTH_LIMIT]  # no more of it is kept: what is remembered is small
        if written and len(given) == 1:
            if written in seen:
                continue
            seen.add(written)
        style = _of_style(written)
        if style == "own" or given.get("background") or _is_dark((given.get("bgcolor") or "")[:_COLOUR_LIMIT]):
            return "own"
        if found == "plain" and (style == "inked" or _has_ink(node.tag or "", given)):
            found = "inked"
    return found


def move_to_style(tree: LexborHTMLParser) -> bool:
    """Colours that stand in attributes of their own, which know one value only. Whether there were any."""
    moved = False
    for node in tree.css("font[color], [bgcolor], body[text]"):
        name = "text" if node.tag == "body" and "text" in node.attributes else "color"
        ink = parse_color(node.attributes.get(name) or "") if node.tag in {"font", "body"} else None
        for attribute in (name, "bgcolor"):
            if attribute in node.attributes:
                del node.attrs[attribute]
                moved = True
        if isinstance(ink, RGBA):
            node.attrs["style"] = f"color:{_written(ink)};{node.attributes.get('style') or ''}"
    return moved


@bounded_cache(4096)
def dark_style(style: str) -> str:
    """An allowed style for both sheets: white grounds go, an ink has a value for each."""
    kept = []
    for declaration in _declarations(style):
        important = " !important" if declaration.important else ""
        if declaration.lower_name in _GROUNDS:
            continue
        value = tinycss2.serialize(declaration.value).strip()
        kept.append(f"{declaration.lower_name}:{value}{important}")
        ink = _colour_in(declaration.value) if declaration.lower_name == "color" else None
        if ink is not None:
            kept.append(f"color:light-dark({value}, {dark_colour(ink)}){important}")
    return ";".join(kept)


def dark_colour(ink: RGBA) -> str:
    """The same hue, turned and then lightened until it reads on the dark sheet."""
    hue, lightness, saturation = rgb_to_hls(ink.red, ink.green, ink.blue)
    if contrast((ink.red, ink.green, ink.blue), DARK_SHEET) < CONTRAST:
        lightness = max(lightness, 0.9 - 0.6 * lightness)
        while contrast(hls_to_rgb(hue, lightness, saturation), DARK_SHEET) < CONTRAST:
            lightness += 0.02
    return "#" + "".join(f"{round(min(1.0, value) * 255):02x}" for value in hls_to_rgb(hue, lightness, saturation))


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The ratio of WCAG 2.2."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(rgb: tuple[float, float, float]) -> float:
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@bounded_cache(4096)
def _of_style(style: str) -> Look:
    declarations = _declarations(style)
    if any(one.lower_name in _GROUNDS and _grounds(one.value) for one in declarations):
        return "own"
    names = {one.lower_name for one in declarations}
    return "inked" if "color" in names or not names.isdisjoint(_GROUNDS) else "plain"


@bounded_cache(1024)
def _is_dark(bgcolor: str) -> bool:
    return bool(bgcolor) and _is_ground(parse_color(bgcolor))


def _grounds(tokens: list[Any]) -> bool:
    if any(token.type == "url" or (token.type == "function" and "(" in tinycss2.serialize([token])
           and _colour_in([token]) is None) for token in tokens):  # fmt: skip
        return True
    return _is_ground(_colour_in(tokens))


def _is_ground(colour: object) -> bool:
    return (
        isinstance(colour, RGBA) and colour.alpha > 0 and _luminance((colour.red, colour.green, colour.blue)) < _WHITE
    )


def _has_ink(tag: str, given: Mapping[str, str | None]) -> bool:
    return bool((tag == "font" and given.get("color")) or (tag == "body" and given.get("text")) or given.get("bgcolor"))


def _colour_in(tokens: list[Any]) -> RGBA | None:
    """Words that follow the theme by themselves, as `windowtext`, are no colour of the mail's own."""
    for token in tokens:
        if token.type in {"ident", "hash", "function"} and isinstance(found := parse_color(token), RGBA):
            return found
    return None


def _written(colour: RGBA) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in (colour.red, colour.green, colour.blue))


@bounded_cache(256)
def _declarations(style: str) -> list[Any]:
    return [
        one
        for one in tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True)
        if one.type == "declaration"
    ]
