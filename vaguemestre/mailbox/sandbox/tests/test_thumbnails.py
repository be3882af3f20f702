"""Pictures made small by the real process, and what becomes of those that cannot be."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import image_jobs, image_worker, landlock, thumbnail_client
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import (
    HEIGHT,
    THUMBNAILS,
    WIDTH,
    ThumbnailCache,
    cached_thumbnail,
    make_thumbnail,
    path_of,
    thumbnail_name,
)
from vaguemestre.mailbox.testing import images
from vaguemestre.mailbox.testing.converter import wait_until
from vaguemestre.mailbox.testing.specimens import SPECIMENS
from vaguemestre.mailbox.testing.thumbnails import BLUE, NOBODY, RED, near, running, taken_over


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def made(folder: Path, content: bytes, name: str = thumbnail_name("a1", "x")) -> bytes:
    return make_thumbnail(folder, "a1", name, content, seconds=30)


def points(raw: bytes, *places: tuple[int, int]) -> list[tuple[int, ...]]:
    with Image.open(BytesIO(raw)) as image:
        assert (image.format, image.size) == ("JPEG", (WIDTH, HEIGHT))
        found = [image.getpixel(place) for place in places]
    return [one for one in found if isinstance(one, tuple)]


def test_a_photo_of_twelve_million_points_stands_upright_and_says_nothing_of_its_camera(folder: Path) -> None:
    """Turned by a quarter, what was on its left is above."""
    with running(folder):
        raw = made(folder, images.photo(orientation=6, octets=3_000_000))
    above, below = points(raw, (180, 2), (180, 157))
    assert near(above, RED)
    assert near(below, BLUE)
    assert len(raw) < 20_000
    assert b"Marque" not in raw
    assert b"Rue secrete" not in raw
    with Image.open(BytesIO(raw)) as image:
        assert not image.getexif()


@pytest.mark.parametrize(("ink", "ground"), [("black", image_worker.PALE), ("white", image_worker.DARK)])
def test_what_is_clear_stands_on_a_ground_on_which_the_rest_is_seen(ink: str, ground: tuple[int, ...]) -> None:
    outside, inside = points(image_worker.draw_thumbnail(images.clear_png(ink)), (10, 10), (180, 80))
    assert near(outside, ground)
    assert near(inside, (0, 0, 0) if ink == "black" else (255, 255, 255))


def test_of_what_moves_the_first_picture_is_shown() -> None:
    (middle,) = points(image_worker.draw_thumbnail(images.moving_gif()), (180, 80))
    assert near(middle, RED)


def test_what_is_smaller_than_a_card_lies_in_its_middle() -> None:
    raw = images.saved(Image.new("RGB", (32, 32), "red"), "BMP")
    side, edge, middle = points(image_worker.draw_thumbnail(raw), (100, 80), (150, 80), (180, 80))
    assert near(side, image_worker.PALE)
    assert near(edge, RED)
    assert near(middle, RED)


def test_every_kind_that_telephones_and_scanners_make() -> None:
    red = Image.new("RGB", (800, 600), "red")
    grey = Image.new("I;16", (800, 600), 32_896)
    for raw, expected in (
        (images.saved(red, "WEBP"), RED),
        (images.saved(red, "MPO", save_all=True, append_images=[red]), RED),
        (images.saved(red.convert("P"), "PNG"), RED),
        (images.saved(grey, "PNG"), (128, 128, 128)),
        (images.saved(red, "JPEG", progressive=True), RED),
        (images.saved(red.convert("CMYK"), "JPEG"), RED),
    ):
        (middle,) = points(image_worker.draw_thumbnail(raw), (180, 80))
        assert near(middle, expected)


def test_a_picture_of_the_museum_is_drawn_or_nothing_comes_of_it(folder: Path) -> None:
    hung = ("attachment_picture", "image_bomb", "attachment_polyglot_gif", "gzip_bomb")
    drawn = {}
    with running(folder):
        for specimen in (one for one in SPECIMENS if one.name.startswith(hung)):
            parts = [part for part in message_from_bytes(specimen.make()).walk() if part.get_filename()]
            content = parts[0].get_payload(decode=True)
            assert isinstance(content, bytes)
            drawn[specimen.name] = bool(made(folder, content, thumbnail_name(specimen.name)))
    assert drawn == {
        "attachment_picture_cut": False, "attachment_picture_exif_hostile": True,
        "attachment_picture_heic_hostile": False, "attachment_picture_tiff_hostile": False,
        "attachment_polyglot_gif": False, "gzip_bomb": False, "image_bomb": False,
    }  # fmt: skip


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_a_camera_may_say_nonsense(orientation: int) -> None:
    left, right = points(
        image_worker.draw_thumbnail(images.photo(720, 320, orientation=orientation)), (9, 80), (350, 80)
    )
    assert near(left, RED)
    assert near(right, BLUE)


def test_what_cannot_be_drawn_is_kept_as_nothing_and_the_next_one_goes_on(folder: Path) -> None:
    with running(folder):
        begun = time.monotonic()
        for number, hostile in enumerate(images.HOSTILE.values()):
            name = thumbnail_name("a1", number)
            assert made(folder, hostile(), name) == b""
            assert cached_thumbnail(folder, name) == b""
        assert made(folder, images.photo(800, 600), thumbnail_name("a1", "photo"))
        assert time.monotonic() - begun < 25
        wait_until(lambda: not list((folder / "work").iterdir()))
        assert converter.request_conversion(folder, "a1", "exe", b"MZ") == "failed"  # the process itself is well


def test_what_is_too_large_is_not_even_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_jobs, "draw_image", lambda *_: pytest.fail("drawn"))
    with running(folder):
        assert (
            make_thumbnail(folder, "a1", thumbnail_name("a1"), bytes(thumbnail_client.INPUT_LIMIT + 1), seconds=0.3)
            == b""
        )
        assert make_thumbnail(folder, "a1", "../../x", images.clear_png(), seconds=0.1) == b""
        assert not list((folder / "work").iterdir())


def test_it_is_drawn_once_and_found_without_its_octets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = thumbnail_name("a1", "guid", 4)
    with running(folder):
        first = made(folder, images.photo(800, 600), name)
        assert path_of(folder, name).stat().st_mode & 0o777 == 0o640
        monkeypatch.setattr(image_jobs, "draw_image", lambda *_: pytest.fail("drawn twice"))
        assert made(folder, images.photo(800, 600), name) == first
    assert cached_thumbnail(folder, name) == first
    assert cached_thumbnail(folder, thumbnail_name("a2", "guid", 4)) is None


def test_nobody_waits_for_a_process_that_is_stopped_or_slow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, name = images.photo(800, 600), thumbnail_name("a1")
    assert make_thumbnail(folder, "a1", name, photo, seconds=1) == b""
    assert cached_thumbnail(folder, name) is None
    slow = threading.Event()
    monkeypatch.setattr(image_jobs, "draw_image", lambda *_: not slow.wait(20))
    with running(folder):
        begun = time.monotonic()
        assert make_thumbnail(folder, "a1", name, photo, seconds=0.3) == b""
        assert time.monotonic() - begun < 2
        assert cached_thumbnail(folder, name) is None
        slow.set()


def test_one_who_shows_a_hundred_pictures_keeps_nobody_waiting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noted(source: Path, _draft: Path, _shelf: ThumbnailCache, _page: int) -> bool:
        order.append(source.stem.partition("-")[0])
        return False

    monkeypatch.setattr(image_jobs, "draw_image", noted)
    monkeypatch.setattr(image_jobs, "AT_ONCE", 1)
    greedy, other = (thumbnail_name(one).partition("-")[0] for one in ("a1", "a2"))
    work, stopping = folder / "work", threading.Event()
    work.mkdir()
    drawing_all = image_jobs.ImageJobs(folder, work, stopping)
    for number in range(100):
        drawing_all.take("a1", thumbnail_name("a1", number), THUMBNAILS, b"x")
    drawing_all.take("a2", thumbnail_name("a2"), THUMBNAILS, b"x")
    assert len(list(work.glob(f"{greedy}-*.thumbnails"))) == image_jobs.WAITING_OF_ONE
    for thread in drawing_all.threads:
        thread.start()
    wait_until(lambda: not list(work.iterdir()))
    stopping.set()
    for thread in drawing_all.threads:
        thread.join(10)
    assert order.index(other) == 1


@pytest.fixture
def owned() -> Iterator[Path]:
    """A folder of the user under whom the picture is drawn, with a file in it."""
    with TemporaryDirectory() as name:
        place = Path(name)
        (place / "kept").write_bytes(b"x")
        if NOBODY:
            for one in (place, place / "kept"):
                os.chown(one, 65534, 65534)
        yield place


def test_the_process_that_draws_is_bound(tmp_path: Path) -> None:
    """What takes it over opens no file, reaches nobody, starts nothing and writes no more than a thumbnail."""
    acts = ("open('/etc/passwd')", "socket.socket()", "os.fork()", "bytearray(1 << 30)")
    content = taken_over(*acts, out=tmp_path / "out", octets=10_000_000, ends=1)
    assert content.startswith(b"refused refused refused refused")
    assert len(content) <= THUMBNAILS.of_each


@pytest.mark.skipif(not landlock.version(), reason="needs Landlock")
def test_it_takes_away_and_makes_no_file_of_its_own_user(tmp_path: Path, owned: Path) -> None:
    """One whose name it guesses; also where the kernel grants it no name space of its own."""
    kept, new = str(owned / "kept"), str(owned / "new")
    acts = (
        f"os.unlink({kept!r})", f"os.rename({kept!r}, {new!r})", f"os.truncate({kept!r}, 0)", f"os.mkdir({new!r})",
        f"os.symlink('/', {new!r})", f"os.rmdir({str(owned)!r})", f"os.mkfifo({new!r})",
    )  # fmt: skip
    for before in ("", "os.CLONE_NEWNET = 1 << 20  # not granted"):
        content = taken_over(*acts, out=tmp_path / "out", before=before)
        assert content.split() == [b"refused"] * len(acts)
    assert [one.name for one in owned.iterdir()] == ["kept"]
    assert (owned / "kept").read_bytes() == b"x"


def test_no_name_leads_out_of_where_it_is_shut_in(tmp_path: Path, owned: Path) -> None:
    """Landlock lets `chmod` and its like pass."""
    acts = [f"os.chmod({name!r}, 0)" for kept in [str(owned / "kept")] for name in (kept, kept[1:], f"..{kept}")]
    shut_in, *said = taken_over("os.stat('/usr/share')", *acts, out=tmp_path / "out").split()
    if shut_in != b"refused":
        pytest.skip("needs name spaces")
    assert said == [b"refused"] * len(acts)


def test_without_the_kernels_bounds_nothing_is_drawn(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert taken_over("1", out=tmp_path / "out", before="landlock.version = lambda: 0", ends=1) == b""
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with running(folder):
        pass
    assert image_jobs.WITHOUT in caplog.text


def test_a_process_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_jobs, "_COMMAND", ("sleep", "30"))
    monkeypatch.setattr(image_jobs, "SECONDS", 0.2)
    source = tmp_path / "a.picture"
    source.write_bytes(b"x")
    begun = time.monotonic()
    with pytest.raises(image_jobs.ImageWorkerEndedError):
        image_jobs.draw_image(source, tmp_path / "a.jpg")
    assert time.monotonic() - begun < 5


def test_what_the_process_has_written_is_not_taken_at_its_word(folder: Path) -> None:
    name = thumbnail_name("a1")
    path_of(folder, name).parent.mkdir()
    for content in (b"<script>", b"\xff\xd8\xff" + bytes(THUMBNAILS.of_each)):
        path_of(folder, name).write_bytes(content)
        assert cached_thumbnail(folder, name) == b""


def test_the_oldest_go_first_and_nobody_fills_the_shelf_alone(tmp_path: Path) -> None:
    now = time.time()

    def put(name: str, age: float, size: int = 4096) -> Path:
        path = path_of(tmp_path, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(size))
        os.utime(path, (now - age, now - age))
        return path

    week_old, failed, failed_lately = put("a-1", 8 * 86400), put("a-2", 7200, 0), put("a-3", 60, 0)
    mine = [put(f"b-{number}", 100 + number) for number in range(5)]
    others = [put(f"c{number}-1", 500 + number) for number in range(3)]
    image_jobs.prune_images(tmp_path, replace(THUMBNAILS, of_all=6 * 4096, of_one=3 * 4096), now=now)
    assert not week_old.exists()
    assert not failed.exists()
    assert failed_lately.exists()
    assert [path.exists() for path in mine] == [True, True, True, False, False]
    assert [path.exists() for path in others] == [True, True, False]
