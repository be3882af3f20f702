"""`python -m vaguemestre.mailbox.sandbox.converter.image_worker SHELF PAGE`: one picture, drawn again.

It comes by the input and leaves by the output. A stranger made the picture, so this process reads one and ends: what
takes it over meets nobody else's, has no network, opens, changes and takes away no file, writes no more than its shelf
takes, has little memory and time. It says nothing when it cannot, nor where the kernel does not
bind it (`landlock`): then nothing is drawn.
"""

import os
import resource
import struct
import sys
import warnings
from io import BytesIO

from PIL import IcoImagePlugin, Image, ImageOps, ImageStat, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.sandbox import confinement
from vaguemestre.mailbox.sandbox.converter import heif, landlock, pdf, seccomp
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import (
    HEIGHT,
    INPUT_LIMIT,
    LONGEST,
    PICTURES,
    ROW,
    ROWS,
    SHELVES,
    UNFIT,
    WIDTH,
    most_points,
)

# Every reader is there before the process is bound: afterwards no file can be opened. MPO is what phones make of a
# JPEG with a second picture in it.
Image.preinit()
_READERS = (IcoImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
FORMATS = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP", "image/bmp": "BMP",
    "image/tiff": "TIFF", "image/x-icon": "ICO",
}  # fmt: skip
HEIC, PDF = "image/heic", "application/pdf"
MEMORY_LIMIT = 768 * 1024 * 1024
SECONDS = 4
UNEVEN = (1.05, 3.0)  # a fax has more points in a line than lines: between these two it is made even
LARGER = 2.0  # a picture smaller than the card is enlarged no more than a dense screen would
MARGIN = 8  # points that are left round what is written on a page
SHARPER = 6  # a page is drawn larger than its thumbnail: lines of text are thinner than its points
ABOVE_MIDDLE = 0.35  # of what is cut, so much at the top: faces and headings are there
PALE, DARK = (238, 239, 241), (52, 56, 62)  # behind what is clear
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_ORIENTATION, _LIES = 0x0112, 5  # from which on a quarter


class UnfitImageError(Exception):
    """Of a kind that is not drawn, or of too many points."""


def main() -> None:
    shelf, page = SHELVES[sys.argv[1]], int(sys.argv[2])
    raw = sys.stdin.buffer.read(INPUT_LIMIT + 1)
    kind = file_signatures.true_type(raw[: file_signatures.HEAD])
    threads = kind == HEIC
    if threads:
        heif.load_heif()
    if kind == PDF:
        pdf.load_poppler()
    confinement.leave_names()
    landlock.restrict()
    try:
        seccomp.forbid_children()
    except OSError:
        if threads:  # for any other there is a limit on processes as well
            raise
    _bound(shelf.of_each, processes=not threads)
    try:
        if shelf == ROWS:
            made = draw_page(raw, ROW) if kind == PDF else draw_thumbnail(raw, ROW)
        else:
            made = draw_picture(raw, page) if shelf == PICTURES else draw_thumbnail(raw)
    except Exception:  # noqa: BLE001 - whatever its reader raises
        sys.exit(UNFIT)
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


def draw_thumbnail(raw: bytes, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """A JPEG of so many points, upright, with nothing of the file but its points. Raises whatever its
    reader raises."""
    return _jpeg(_framed(_upright(raw, max(size)), size), quality=80)


def draw_page(raw: bytes, size: tuple[int, int]) -> bytes:
    """The same of the first page of a PDF, from its top: there stands what it is. Raises `UnfitImageError`,
    `PdfError`."""
    library = pdf.load_poppler()
    if library is None:
        raise UnfitImageError(PDF)
    return _jpeg(_framed(_without_margins(library.first_page(raw, SHARPER * max(size))), size, above=0), quality=80)


def _without_margins(page: Image.Image) -> Image.Image:
    """Of so small a page, what is written has the room; of few words, half the page is shown."""
    box = ImageOps.invert(page.convert("L")).getbbox()
    if box is None:
        return page
    left, top, right, _bottom = box
    wide = min(page.width, max(right - left + 2 * MARGIN, page.width // 2))
    left = min(max(0, left - MARGIN), page.width - wide)
    return page.crop((left, max(0, top - MARGIN), left + wide, page.height))


def draw_picture(raw: bytes, page: int = 1) -> bytes:
    """The same of the whole, no longer than a screen shows at once."""
    image = _upright(raw, LONGEST, page)
    image.thumbnail((LONGEST, LONGEST))
    return _jpeg(_on_ground(image, image.size), quality=86)


def _upright(raw: bytes, longest: int, page: int = 1) -> Image.Image:
    kind = file_signatures.true_type(raw[: file_signatures.HEAD])
    if (kind != HEIC and kind not in FORMATS) or not 0 < (file_signatures.pixel_count(raw) or 0) <= most_points(kind):
        raise UnfitImageError(kind)
    if page > 1 and kind != "image/tiff":
        raise UnfitImageError(kind)
    if kind == HEIC:
        return _fewer(_from_heic(raw), longest)
    Image.MAX_IMAGE_PIXELS = file_signatures.PIXEL_LIMIT
    warnings.simplefilter("error", Image.DecompressionBombWarning)  # one that says another size than its header
    with Image.open(BytesIO(raw), formats=[FORMATS[kind]]) as opened:
        opened.seek(page - 1)
        if opened.width * opened.height > most_points(kind):  # its reader judges the size of the first one alone
            raise UnfitImageError(kind)
        opened.draft("RGB", (longest, longest))
        held = _orientation(opened)
        turn = None if kind == "image/tiff" else _TURNS.get(held)  # its own reader turns it
        image = _even(_fewer(_plain(opened), longest), opened, lies=held >= _LIES)
    return image.transpose(turn) if turn is not None else image


def _from_heic(raw: bytes) -> Image.Image:
    """Turned by its library, as the file says itself; what its camera says besides is a copy."""
    library = heif.load_heif()
    if library is None:
        raise UnfitImageError(HEIC)
    return library.picture(raw, most_points(HEIC))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info.clear()
    kept = BytesIO()
    image.save(kept, "JPEG", quality=quality, optimize=True)
    return kept.getvalue()


def _even(image: Image.Image, opened: Image.Image, *, lies: bool) -> Image.Image:
    """`lies`: what it says of its lines is of what are columns now."""
    dpi = opened.info.get("dpi", (1, 1)) if opened.format == "TIFF" else (1, 1)
    wide, high = (float(one) for one in (reversed(dpi) if lies else dpi))
    if not (wide and high and UNEVEN[0] < max(wide, high) / min(wide, high) <= UNEVEN[1]):
        return image
    if wide > high:
        return image.resize((image.width, max(1, round(image.height * wide / high))))
    return image.resize((max(1, round(image.width * high / wide)), image.height))


def _orientation(image: Image.Image) -> int:
    """What the camera says of how it was held; it may say nonsense."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, ValueError, TypeError, SyntaxError, struct.error):
        return 1


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # a PNG of sixteen bits, whose higher half would be cut off
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _fewer(image: Image.Image, longest: int) -> Image.Image:
    factor = min(image.width, image.height) // (2 * longest)
    return image.reduce(factor) if factor > 1 else image


def _framed(image: Image.Image, size: tuple[int, int], *, above: float = ABOVE_MIDDLE) -> Image.Image:
    """Fills the frame, or lies in its middle when it is too small for that."""
    across, down = size
    covering = max(across / image.width, down / image.height)
    if covering <= LARGER:
        wide, high = across / covering, down / covering
        left, top = (image.width - wide) / 2, (image.height - high) * above
        image = image.resize(size, box=(left, top, left + wide, top + high))
    else:
        factor = min(LARGER, across / image.width, down / image.height)
        image = image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    return _on_ground(image, size)


def _on_ground(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGB", size, _ground(image))
    place = ((size[0] - image.width) // 2, (size[1] - image.height) // 2)
    sheet.paste(image, place, image if image.mode == "RGBA" else None)
    return sheet


def _ground(image: Image.Image) -> tuple[int, int, int]:
    """What is drawn in white on nothing would not be seen on a pale ground."""
    if image.mode != "RGBA":
        return PALE
    seen = image.getchannel("A").point(lambda value: 255 if value > 127 else 0)
    stat = ImageStat.Stat(image.convert("L"), seen)
    return DARK if stat.count[0] and stat.mean[0] > 200 else PALE


def _bound(octets: int, *, processes: bool) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, octets),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
        *([(resource.RLIMIT_NPROC, 0)] if processes else []),
    ):
        resource.setrlimit(limit, (value, value))
    os.nice(10)


if __name__ == "__main__":
    main()
