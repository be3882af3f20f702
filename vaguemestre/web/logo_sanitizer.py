"""A logo as somebody drew it, made harmless: SVG of shapes and colours alone, PNG painted again."""

import io
import re
from pathlib import Path
from xml.etree import ElementTree as etree

from PIL import Image, UnidentifiedImageError

LARGEST = 200_000  # bytes of a file
WIDEST = 4096  # points of a picture
SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
_ELEMENT_WORDS = """
    svg g defs title desc path rect circle ellipse line polyline polygon linearGradient radialGradient stop clipPath
    mask symbol use style text tspan
"""
_ATTRIBUTE_WORDS = """
    id class d x y x1 y1 x2 y2 cx cy r rx ry fx fy width height viewBox points transform fill fill-rule fill-opacity
    stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-opacity opacity offset
    stop-color stop-opacity gradientUnits gradientTransform spreadMethod clip-path clip-rule clipPathUnits mask
    maskUnits preserveAspectRatio style href font-family font-size font-weight font-style text-anchor letter-spacing
"""
_ELEMENTS = {f"{{{SVG}}}{name}" for name in _ELEMENT_WORDS.split()}
_ATTRIBUTES = frozenset(_ATTRIBUTE_WORDS.split())
_DRAWN = {
    f"{{{SVG}}}{name}" for name in ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use")
}
_INSIDE = re.compile(r"url\(\s*['\"]?#[\w-]+['\"]?\s*\)")
_PLAIN = re.compile(r"[\w\s.#,:;{}()%+\-'\"*>/]*")
_FETCHES = re.compile(r"url|import|expression|image-set|javascript|src", re.IGNORECASE)

etree.register_namespace("", SVG)
etree.register_namespace("xlink", XLINK[1:].partition("}")[0])


class DrawingRefusedError(Exception):
    """The message says why, for whoever brought the file."""


def clean_svg(octets: bytes) -> bytes:
    """Only what draws, by a list of what may: nothing that runs, fetches, moves or leads elsewhere."""
    if b"<!ENTITY" in octets or b"\0" in octets:  # nor in an encoding in which it could not be seen
        raise DrawingRefusedError("entities are not taken")
    try:
        root = etree.fromstring(octets)  # noqa: S314 - without entities there is nothing to expand, and nothing is fetched
    except etree.ParseError as error:
        raise DrawingRefusedError(f"not an SVG: {error}") from error
    if root.tag != f"{{{SVG}}}svg":
        raise DrawingRefusedError("not an SVG: its first element is another one")
    _clean(root)
    if not any(one.tag in _DRAWN for one in root.iter()):
        raise DrawingRefusedError("nothing is drawn in it, but perhaps an embedded picture: bring that as a PNG")
    if not root.get("viewBox"):
        _frame(root)
    return bytes(etree.tostring(root))


def _clean(element: etree.Element) -> None:
    for child in list(element):
        if _may_stand(child):
            _clean(child)
        else:
            element.remove(child)
    for name, value in list(element.attrib.items()):
        if not _may_say(str(name), str(value)):
            del element.attrib[name]


def _may_stand(element: etree.Element) -> bool:
    return element.tag in _ELEMENTS and (element.tag != f"{{{SVG}}}style" or _is_harmless(element.text or ""))


def _may_say(name: str, value: str) -> bool:
    if name in {"href", XLINK}:
        return _leads_inside(value)
    return name in _ATTRIBUTES and _is_harmless(value)


def _leads_inside(value: str) -> bool:
    return re.fullmatch(r"#[\w-]+", value) is not None


def _is_harmless(value: str) -> bool:
    text = _INSIDE.sub("", value)
    return _PLAIN.fullmatch(text) is not None and not _FETCHES.search(text)


def _frame(root: etree.Element) -> None:
    """Without a frame it could not be made larger or smaller."""
    sides = [re.fullmatch(r"(\d+(?:\.\d+)?)(?:px)?", root.get(side, "")) for side in ("width", "height")]
    if not all(sides):
        raise DrawingRefusedError("it has neither viewBox nor width and height")
    root.set("viewBox", f"0 0 {' '.join(side[1] for side in sides if side)}")


def clean_png(octets: bytes) -> bytes:
    """Painted again: what else the file carried stays behind."""
    try:
        with Image.open(io.BytesIO(octets), formats=["PNG"]) as picture:
            if max(picture.size) > WIDEST:
                raise DrawingRefusedError(f"more than {WIDEST} points wide or high")
            painted = picture.convert("RGBA")
            painted.info.clear()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise DrawingRefusedError("not a PNG") from error
    kept = io.BytesIO()
    painted.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def read_logo(path: Path) -> bytes:
    octets = path.read_bytes()
    if len(octets) > LARGEST:
        raise DrawingRefusedError(f"more than {LARGEST // 1000} KB")
    return clean_svg(octets) if path.suffix == ".svg" else clean_png(octets)


def draw_icon(octets: bytes, suffix: str, size: int, *, margin: float) -> bytes:
    """A square of white with the logo in its middle, `margin` of it left free on each side."""
    inner = round(size * (1 - 2 * margin))
    picture = Image.open(io.BytesIO(_painted(octets, inner) if suffix == ".svg" else octets)).convert("RGBA")
    scale = inner / max(picture.size)
    picture = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size), "white")
    place = (size - picture.width) // 2, (size - picture.height) // 2
    square.alpha_composite(picture, place)
    kept = io.BytesIO()
    square.convert("RGB").save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _painted(octets: bytes, side: int) -> bytes:
    """Typst draws SVG: it is here already for the letters."""
    import typst

    page = (
        f"#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(bytes(({','.join(map(str, octets))})), "
    )
    source = (page + f'format: "svg", width: {side}pt, height: {side}pt, fit: "contain")').encode()
    drawn = typst.compile(source, format="png", ppi=72.0)
    if not isinstance(drawn, bytes):
        raise TypeError("one page was expected")
    return drawn
