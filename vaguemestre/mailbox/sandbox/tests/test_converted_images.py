"""Pictures that no browser draws, made into one by the real process: HEIC, scans and faxes (TIFF), icons."""

import os
import struct
import threading
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.sandbox.converter import heif, image_jobs, image_worker, seccomp, thumbnail_client
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import (
    LONGEST,
    PICTURES,
    ROWS,
    THUMBNAILS,
    cached_thumbnail,
    path_of,
    request_thumbnail,
    thumbnail_name,
)
from vaguemestre.mailbox.testing import images
from vaguemestre.mailbox.testing.converter import wait_until
from vaguemestre.mailbox.testing.thumbnails import BLUE, RED, near, running, taken_over


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
    name = thumbnail_name("a1", "x")
    with TemporaryDirectory() as place, running(folder := Path(place)):
        assert request_thumbnail(folder, "a1", name, content, PICTURES)
        wait_until(lambda: cached_thumbnail(folder, name, PICTURES) is not None)
        assert cached_thumbnail(folder, name) is None
        return cached_thumbnail(folder, name, PICTURES) or b""


def test_a_photo_of_an_iphone_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    assert b"Rue secrete" in images.heic()
    raw = drawn(images.heic())
    assert b"Rue secrete" not in raw
    image = seen(raw)
    assert image.size == (480, 640)
    assert near(at(image, 240, 10), RED)
    assert near(at(image, 240, 630), BLUE)


def test_its_thumbnail_too() -> None:
    with Image.open(BytesIO(image_worker.draw_thumbnail(images.heic()))) as image:
        assert image.size == (thumbnail_client.WIDTH, thumbnail_client.HEIGHT)


def test_a_scan_is_made_no_longer_than_a_screen_and_its_pages_are_counted() -> None:
    pages = [Image.new("L", (2480, 3508), shade) for shade in (250, 100, 50)]
    raw = images.saved(pages[0], "TIFF", compression="tiff_lzw", save_all=True, append_images=pages[1:])
    assert file_signatures.pixel_count(raw) == 2480 * 3508
    assert file_signatures.page_count(raw) == 3
    image = seen(drawn(raw))
    assert image.size == (1810, LONGEST)
    assert near(at(image, 900, 1000), (250, 250, 250))


def test_a_page_is_drawn_alone_as_it_lies_and_judged_by_its_own_size() -> None:
    pages = [Image.new("L", (620, 877), 250), Image.new("L", (400, 300), 90)]
    raw = images.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], tiffinfo={274: 6})
    image = seen(image_worker.draw_picture(raw, 2))
    assert image.size == (300, 400)
    assert near(at(image, 150, 200), (90, 90, 90))
    with pytest.raises(EOFError):
        image_worker.draw_picture(raw, 3)
    with pytest.raises(image_worker.UnfitImageError):
        image_worker.draw_picture(images.heic(), 2)


def test_a_bomb_behind_a_small_page_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [Image.new("L", (20, 20)), Image.new("L", (400, 300))]
    raw = images.saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    monkeypatch.setattr(image_worker, "most_points", lambda _kind: 100_000)
    assert seen(image_worker.draw_picture(raw)).size == (20, 20)
    with pytest.raises(image_worker.UnfitImageError):
        image_worker.draw_picture(raw, 2)


def test_a_fax_of_few_lines_has_the_shape_of_its_sheet() -> None:
    page = Image.new("1", (1728, 1100), 1)
    raw = images.saved(page, "TIFF", compression="group4", dpi=(204, 98))
    assert seen(image_worker.draw_picture(raw)).size == (1728, 2290)
    raw = images.saved(page, "TIFF", compression="group4", dpi=(204, 98), tiffinfo={274: 6})
    assert seen(image_worker.draw_picture(raw)).size == (2290, 1728)


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_scan_is_turned_once(orientation: int) -> None:
    image = Image.new("RGB", (400, 300), "blue")
    image.paste("red", (0, 0, 200, 300))
    turned = seen(image_worker.draw_picture(images.saved(image, "TIFF", tiffinfo={274: orientation})))
    assert turned.size == ((400, 300) if orientation == 1 else (300, 400))
    assert near(at(turned, 10, 10), RED)
    assert near(at(turned, 290, 290), BLUE if orientation == 6 else at(turned, 290, 290))


def test_of_an_icon_the_largest_is_shown() -> None:
    raw = images.saved(Image.new("RGBA", (256, 256), "red"), "ICO", sizes=[(16, 16), (256, 256)])
    assert file_signatures.pixel_count(raw) == 256 * 256
    image = seen(image_worker.draw_picture(raw))
    assert image.size == (256, 256)
    assert near(at(image, 100, 100), RED)


@pytest.mark.parametrize("order", ["<", ">"])
def test_pages_are_counted_as_far_as_they_are_there(order: str) -> None:
    def chain(*following: int) -> bytes:
        head = b"II*\0" if order == "<" else b"MM\0*"
        return head + struct.pack(f"{order}L", 8) + b"".join(struct.pack(f"{order}HL", 0, one) for one in following)

    assert file_signatures.page_count(chain(14, 20, 0)) == 3
    assert file_signatures.page_count(chain(14, 8)) == 2  # it begins again
    assert file_signatures.page_count(chain(14, 4_000_000)) == 2
    assert file_signatures.page_count(b"II*\0") == 1
    assert file_signatures.page_count(images.clear_png()) == 1


def test_a_head_that_lies_about_its_size_is_found_out() -> None:
    """By its library, before anything is drawn; or there is too little of it."""
    for width, height in ((16, 16), (7_000, 7_000)):
        with pytest.raises(heif.HeifError):
            image_worker.draw_picture(images.heic_of(width, height))
    with pytest.raises(image_worker.UnfitImageError):
        image_worker.draw_picture(images.heic_of(8_000, 8_000))
    with pytest.raises((image_worker.UnfitImageError, OSError)):
        image_worker.draw_picture(images.tiff_of(6_000, 6_000))


def test_what_reads_a_heic_begins_no_other_process(tmp_path: Path) -> None:
    """Its reader begins a thread, and would hang for ever without."""
    assert seccomp.is_known()
    acts = ("os.fork()", "os.posix_spawn('/bin/true', ['true'], {})", "threading.Thread(target=int).start()")
    before = "import threading; image_worker.file_signatures.true_type = lambda _head: image_worker.HEIC"
    assert taken_over(*acts, out=tmp_path / "out", before=before) == b"refused refused done "
    assert b"done" not in taken_over(*acts[:2], out=tmp_path / "out")


def test_where_no_filter_is_known_a_heic_alone_is_not_drawn(tmp_path: Path) -> None:
    before = "from vaguemestre.mailbox.sandbox.converter import seccomp; seccomp.platform.machine = lambda: 'riscv64'"
    assert taken_over("os.fork()", out=tmp_path / "out", before=before) == b"refused "
    heic = f"{before}; image_worker.file_signatures.true_type = lambda _head: image_worker.HEIC"
    assert taken_over("os.fork()", out=tmp_path / "out", before=heic, ends=1) == b""


RING = """
import ctypes, mmap
from ctypes import c_char, c_uint32, c_uint64
def called(*given):
    if ctypes.CDLL(None).syscall(*given) < 0: raise OSError
def ring():
    held = mmap.mmap(-1, 8192)
    room = ctypes.addressof(c_char.from_buffer(held))
    asked = (c_uint64 * 15)()
    (c_uint32 * 30).from_buffer(asked)[2] = 1 << 14 | 1 << 15  # without a descriptor
    asked[9], asked[14] = room + 4096, room
    called(425, 1, asked)
def memory():
    libc = ctypes.CDLL(None)
    if libc.shmget(0x76616775, 4096, 0o3600) < 0: raise OSError
"""


@pytest.mark.parametrize("kind", ["", "image_worker.file_signatures.true_type = lambda _head: image_worker.HEIC"])
def test_no_ring_opens_what_the_bounds_do_not_see_and_no_memory_outlives_it(tmp_path: Path, kind: str) -> None:
    for _time in range(2):
        acts = taken_over("ring()", "memory()", "os.stat('/usr/share')", out=tmp_path / "out", before=RING + kind)
        ring, memory, outside = acts.split()
        assert ring == b"refused"
        assert memory == b"done" or outside == b"done", "made anew, where name spaces are granted"


def test_the_shelf_of_whole_pictures_is_not_that_of_small_ones() -> None:
    assert PICTURES.name != THUMBNAILS.name
    assert set(thumbnail_client.SHELVES) == {PICTURES.name, THUMBNAILS.name, ROWS.name}


@pytest.mark.parametrize("there", [True, False])
def test_the_journal_says_that_no_library_reads_photos_of_iphones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, there: bool
) -> None:
    monkeypatch.setattr(image_jobs, "reads_heic", lambda: there)
    image_jobs.ImageJobs(tmp_path, tmp_path, threading.Event())
    assert (image_jobs.WITHOUT_HEIC in caplog.text) is not there


def test_a_shelf_is_cleared_by_what_was_put_there_and_not_by_the_clock_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole pictures are fifty times as heavy as small ones."""
    cleared: list[str] = []
    heavy = image_jobs.PRUNE_AFTER // 5

    def put(_source: Path, draft: Path, _shelf: thumbnail_client.ThumbnailCache, _page: int) -> bool:
        draft.write_bytes(b"")
        os.truncate(draft, heavy)
        return True

    monkeypatch.setattr(image_jobs, "draw_image", put)
    monkeypatch.setattr(image_jobs, "prune_images", lambda _folder, shelf: cleared.append(shelf.name))
    draws = image_jobs.ImageJobs(tmp_path, tmp_path, threading.Event())
    draws._prune_in_time()
    cleared.clear()
    for number in range(6):
        name = thumbnail_name("a1", number)
        (tmp_path / f"{name}.{PICTURES.name}").write_bytes(b"x")
        draws._draw_one(f"{name}.{PICTURES.name}")
        assert path_of(tmp_path, name, PICTURES).stat().st_size == heavy
        draws._prune_in_time()
    assert cleared == list(thumbnail_client.SHELVES)
