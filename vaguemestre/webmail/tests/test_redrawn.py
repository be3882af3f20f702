"""Pictures that no browser draws, in the viewer: a photo of a telephone, a scan, and what cannot be one."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from vaguemestre.mailbox.converter import drawing as process
from vaguemestre.mailbox.converter import thumbnails
from vaguemestre.mailbox.tests import pictures
from vaguemestre.mailbox.tests.test_converter import wait_until
from vaguemestre.webmail import redrawn
from vaguemestre.webmail.tests.conftest import HTMX, Desk
from vaguemestre.webmail.tests.test_list import body
from vaguemestre.webmail.tests.test_message import with_file
from vaguemestre.webmail.tests.test_thumbnails import JPEG, thumbs
from vaguemestre.webmail.tests.test_viewer import forwarded

FAILED, AWAY, WAITING = "endommagé, ou trop compliqué", "pour le moment", "en cours de préparation"


def photo(desk: Desk, content: bytes | None = None, name: str = "IMG_0412.HEIC", kind: str = "image/heic") -> int:
    return desk.put(with_file(name, pictures.heic() if content is None else content, kind))


def settled(desk: Desk, url: str) -> str:
    """The viewer once nothing is under way."""
    page = ""

    def at_rest() -> bool:
        nonlocal page
        page = body(desk.get(url, **HTMX))
        return WAITING not in page

    wait_until(at_rest)
    return page


@pytest.mark.parametrize("kind", ["image/heic", "image/heif", "application/octet-stream"])
def test_a_photo_of_an_iphone_opens_as_every_picture_does(desk: Desk, drawing: Path, kind: str) -> None:
    uid = photo(desk, kind=kind)
    desk.put(with_file("b.txt", b"b", "text/plain"))
    url, shown = desk.url(tail=f"{uid}/pieces/2/vue/"), desk.url(tail=f"{uid}/pieces/2/image/")
    first = body(desk.get(url, **HTMX))
    assert WAITING in first
    assert "delay:450ms" in first
    assert 'data-behaviour="print"' not in first
    page = settled(desk, url)
    assert f'<img src="{shown}" alt="IMG_0412.HEIC">' in page
    assert 'data-tool="turn"' in page
    assert 'data-behaviour="print"' in page
    answer = desk.get(shown)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith('inline; filename="IMG_0412.HEIC.jpg"')
    with Image.open(BytesIO(answer.content)) as image:
        assert image.size == (480, 640)
    # What is saved is the file itself, and nothing else is served of it.
    saved = desk.get(desk.url(tail=f"{uid}/pieces/2/telechargement/"))
    assert b"".join(saved.streaming_content) == pictures.heic()  # type: ignore[attr-defined]
    assert "attachment" in desk.get(desk.url(tail=f"{uid}/pieces/2/"))["Content-Disposition"]


def test_it_has_a_thumbnail_and_opens_in_an_attached_message(desk: Desk, drawing: Path) -> None:
    uid = desk.put(forwarded(with_file("IMG_0412.HEIC", pictures.heic(), "image/heic")))
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/"))))
    assert desk.get(address).content.startswith(JPEG)
    page = settled(desk, desk.url(tail=f"{uid}/pieces/2-2/vue/"))
    assert f'<img src="{desk.url(tail=f"{uid}/pieces/2-2/image/")}"' in page


def test_a_scan_says_that_it_has_more_pages(desk: Desk, drawing: Path) -> None:
    page = Image.new("1", (620, 877), 1)
    raw = pictures.saved(page, "TIFF", compression="group4", save_all=True, append_images=[page, page])
    uid = photo(desk, raw, "fax.tif", "image/tiff")
    assert "Page 1 sur 3." in settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))
    uid = photo(desk, pictures.saved(page, "TIFF"), "fax.tif", "image/tiff")
    assert "Page 1 sur" not in settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))


def test_the_octets_say_whether_it_has_to_be_drawn_anew(desk: Desk, drawing: Path) -> None:
    """Many a telephone sends a JPEG under the name of a HEIC."""
    uid = photo(desk, pictures.photo(80, 60))
    assert f'<img src="{desk.url(tail=f"{uid}/pieces/2/")}"' in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    uid = photo(desk, name="photo.jpg", kind="image/jpeg")
    assert "/image/" in settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (pictures.cut(pictures.heic()), FAILED),
        (pictures.tiff_of(5_000, 5_000), FAILED),
        (pictures.heic_of(60_000, 60_000), "3 600 millions de points"),
        (pictures.tiff_of(50_000, 50_000), "2 500 millions de points"),
        (pictures.HTML_NAMED_A_PICTURE, "n’est pas l’image"),
    ],
    ids=["cut", "strips that are not there", "bomb", "scan of a bomb", "page"],
)
def test_what_cannot_be_shown_says_why(desk: Desk, drawing: Path, content: bytes, said: str) -> None:
    uid = photo(desk, content)
    page = settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))
    assert said in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert desk.get(desk.url(tail=f"{uid}/pieces/2/image/")).status_code == 404


def test_one_that_is_too_heavy_is_not_waited_for(desk: Desk, drawing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "INPUT_LIMIT", 500)
    assert FAILED in body(desk.get(desk.url(tail=f"{photo(desk)}/pieces/2/vue/")))


def test_where_nobody_draws_it_says_so(desk: Desk, conversions: Path) -> None:
    assert AWAY in body(desk.get(desk.url(tail=f"{photo(desk)}/pieces/2/vue/")))


def test_without_its_library_a_photo_of_an_iphone_is_not_called_damaged(
    desk: Desk, drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "reads_heic", lambda: False)
    assert AWAY in body(desk.get(desk.url(tail=f"{photo(desk)}/pieces/2/vue/")))
    assert not list((drawing / "pictures").iterdir())
    scan = photo(desk, pictures.saved(Image.new("L", (620, 877)), "TIFF"), "a.tif", "image/tiff")
    assert "/image/" in settled(desk, desk.url(tail=f"{scan}/pieces/2/vue/"))


def test_somebody_else_finds_nothing(desk: Desk, neighbour: Desk, drawing: Path) -> None:
    uid = photo(desk)
    settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))
    assert neighbour.get(desk.url(tail=f"{uid}/pieces/2/image/")).status_code == 404


def test_what_it_costs(
    desk: Desk, drawing: Path, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Its page costs what that of every file costs; the picture, the message alone."""
    uid = photo(desk)
    url = desk.url(tail=f"{uid}/pieces/2/vue/")
    settled(desk, url)
    for address, cost in ((url, 2), (desk.url(tail=f"{uid}/pieces/2/image/"), 1)):
        trips.clear()
        with django_assert_num_queries(1):
            assert desk.get(address, **HTMX).status_code == 200
        assert sum(trips) == cost


def test_every_kind_that_is_drawn_anew_is_one_that_is_read() -> None:
    assert {*process.FORMATS, process.HEIC} >= redrawn.KINDS
