"""Pictures that no browser draws, made into one by the real process: HEIC, scans and faxes (TIFF), icons."""

import struct
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from vaguemestre.mailbox import magic
from vaguemestre.mailbox.converter import childless, drawing, heif, thumbnails
from vaguemestre.mailbox.converter.thumbnails import LONGEST, PICTURES, THUMBNAILS, ask, kept, name_of
from vaguemestre.mailbox.tests import pictures
from vaguemestre.mailbox.tests.test_converter import wait_until
from vaguemestre.mailbox.tests.test_thumbnails import BLUE, RED, near, running, taken_over


def seen(raw: bytes) -> Image.Image:
    with Image.open(BytesIO(raw)) as image:
        image.load()
    assert image.format == "JPEG"
    assert not image.getexif()
    return image


def at(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    point = image.getpixel((x, y))
    assert isinstance(point, tuple)
    return point


def drawn(content: bytes) -> bytes:
    """By the process, on the shelf of whole pictures."""
    name = name_of("a1", "x")
    with TemporaryDirectory() as place, running(folder := Path(place)):
        assert ask(folder, "a1", name, content, PICTURES)
        wait_until(lambda: kept(folder, name, PICTURES) is not None)
        assert kept(folder, name) is None
        return kept(folder, name, PICTURES) or b""


def test_a_photo_of_an_iphone_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    assert b"Rue secrete" in pictures.heic()
    raw = drawn(pictures.heic())
    assert b"Rue secrete" not in raw
    image = seen(raw)
    assert image.size == (480, 640)
    assert near(at(image, 240, 10), RED)
    assert near(at(image, 240, 630), BLUE)


def test_its_thumbnail_too() -> None:
    with Image.open(BytesIO(drawing.thumbnail(pictures.heic()))) as image:
        assert image.size == (thumbnails.WIDTH, thumbnails.HEIGHT)


def test_a_scan_is_made_no_longer_than_a_screen_and_its_pages_are_counted() -> None:
    pages = [Image.new("L", (2480, 3508), shade) for shade in (250, 100, 50)]
    raw = pictures.saved(pages[0], "TIFF", compression="tiff_lzw", save_all=True, append_images=pages[1:])
    assert magic.pixels(raw) == 2480 * 3508
    assert magic.pages(raw) == 3
    image = seen(drawn(raw))
    assert image.size == (1810, LONGEST)
    assert near(at(image, 900, 1000), (250, 250, 250))


def test_a_fax_of_few_lines_has_the_shape_of_its_sheet() -> None:
    page = Image.new("1", (1728, 1100), 1)
    raw = pictures.saved(page, "TIFF", compression="group4", dpi=(204, 98))
    assert seen(drawing.picture(raw)).size == (1728, 2290)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_scan_is_turned_once(orientation: int) -> None:
    image = Image.new("RGB", (400, 300), "blue")
    image.paste("red", (0, 0, 200, 300))
    turned = seen(drawing.picture(pictures.saved(image, "TIFF", tiffinfo={274: orientation})))
    assert turned.size == ((400, 300) if orientation == 1 else (300, 400))
    assert near(at(turned, 10, 10), RED)
    assert near(at(turned, 290, 290), BLUE if orientation == 6 else at(turned, 290, 290))


def test_of_an_icon_the_largest_is_shown() -> None:
    raw = pictures.saved(Image.new("RGBA", (256, 256), "red"), "ICO", sizes=[(16, 16), (256, 256)])
    assert magic.pixels(raw) == 256 * 256
    image = seen(drawing.picture(raw))
    assert image.size == (256, 256)
    assert near(at(image, 100, 100), RED)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pages_are_counted_as_far_as_they_are_there(order: str) -> None:
    def chain(*following: int) -> bytes:
        head = b"II*\0" if order == "<" else b"MM\0*"
        return head + struct.pack(f"{order}L", 8) + b"".join(struct.pack(f"{order}HL", 0, one) for one in following)

    assert magic.pages(chain(14, 20, 0)) == 3
    assert magic.pages(chain(14, 8)) == 2  # it begins again
    assert magic.pages(chain(14, 4_000_000)) == 2
    assert magic.pages(b"II*\0") == 1
    assert magic.pages(pictures.clear_png()) == 1


def test_a_head_that_lies_about_its_size_is_found_out() -> None:
    """By its library, before anything is drawn; or there is too little of it."""
    for width, height in ((16, 16), (7_000, 7_000)):
        with pytest.raises(heif.CannotRead):
            drawing.picture(pictures.heic_of(width, height))
    with pytest.raises(drawing.Unfit):
        drawing.picture(pictures.heic_of(8_000, 8_000))
    with pytest.raises((drawing.Unfit, OSError)):
        drawing.picture(pictures.tiff_of(6_000, 6_000))


def test_what_reads_a_heic_begins_no_other_process(tmp_path: Path) -> None:
    """Its reader begins a thread, and would hang for ever without."""
    assert childless.is_known()
    acts = ("os.fork()", "os.posix_spawn('/bin/true', ['true'], {})", "threading.Thread(target=int).start()")
    before = "import threading; drawing.magic.true_type = lambda _head: drawing.HEIC"
    assert taken_over(*acts, out=tmp_path / "out", before=before) == b"refused refused done "
    assert b"done" not in taken_over(*acts[:2], out=tmp_path / "out")


def test_the_shelf_of_whole_pictures_is_not_that_of_small_ones() -> None:
    assert PICTURES.name != THUMBNAILS.name
    assert set(thumbnails.SHELVES) == {PICTURES.name, THUMBNAILS.name}
