"""Pictures that no browser draws, in the viewer: a photo of a phone, a scan, and what cannot be one."""

import re
import struct
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import image_jobs, image_worker, job_server, thumbnail_client
from vaguemestre.mailbox.sandbox.converter.image_jobs import draw_image
from vaguemestre.mailbox.sandbox.converter.thumbnail_client import ThumbnailCache
from vaguemestre.mailbox.testing import images
from vaguemestre.mailbox.testing.converter import LETTER, wait_until
from vaguemestre.testing import letter, without_noise
from vaguemestre.webmail.reader import converted_images
from vaguemestre.webmail.reader.thumbnails import LATER, TRIES
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.messages import with_file
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.thumbnails import JPEG, thumbs
from vaguemestre.webmail.testing.viewer import forwarded

FAILED, AWAY, WAITING = "endommagé, ou trop compliqué", "pour le moment", 'id="attente"'


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Nothing is drawn or converted before it is set."""
    go_on = threading.Event()

    def slowly(source: Path, draft: Path, shelf: ThumbnailCache, page: int) -> bool:
        return go_on.wait(60) and draw_image(source, draft, shelf, page)

    def made(_source: Path, job: Path, _stopping: threading.Event) -> Path:
        go_on.wait(60)
        job.mkdir()
        (job / "a.pdf").write_bytes(b"%PDF-1.4")
        return job / "a.pdf"

    monkeypatch.setattr(image_jobs, "draw_image", slowly)
    monkeypatch.setattr(job_server, "convert", made)
    monkeypatch.setattr(job_server, "is_installed", lambda: True)
    yield go_on
    go_on.set()


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes of the files that the converter was given."""
    given: list[int] = []

    def noting(folder: Path, head: dict[str, str], content: bytes, timeout: float) -> converter.State:
        if content:
            given.append(len(content))
        return answered(folder, head, content, timeout)

    answered = converter.parse_answer
    monkeypatch.setattr(converter, "parse_answer", noting)
    monkeypatch.setattr(thumbnail_client, "parse_answer", noting)
    return given


def photo(
    desk: MailBrowser, content: bytes | None = None, name: str = "IMG_0412.HEIC", kind: str = "image/heic"
) -> int:
    return desk.put(with_file(name, images.heic() if content is None else content, kind))


def settled(desk: MailBrowser, url: str) -> str:
    """The viewer once nothing is under way."""
    page = ""

    def at_rest() -> bool:
        nonlocal page
        page = body(desk.get(url, **HTMX))
        return WAITING not in page

    wait_until(at_rest)
    return page


@pytest.mark.parametrize("kind", ["image/heic", "image/heif", "application/octet-stream"])
def test_a_photo_of_an_iphone_opens_as_every_picture_does(desk: MailBrowser, drawing: Path, kind: str) -> None:
    uid = photo(desk, kind=kind)
    desk.put(with_file("b.txt", b"b", "text/plain"))
    url, shown = desk.url(tail=f"{uid}/pieces/2/vue/"), desk.url(tail=f"{uid}/pieces/2/image/")
    first = body(desk.get(url, **HTMX))
    assert WAITING in first
    assert 'hx-trigger="every 450ms"' in first
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
    assert b"".join(saved.streaming_content) == images.heic()  # type: ignore[attr-defined]
    assert "attachment" in desk.get(desk.url(tail=f"{uid}/pieces/2/"))["Content-Disposition"]


def test_it_has_a_thumbnail_and_opens_in_an_attached_message(desk: MailBrowser, drawing: Path) -> None:
    uid = desk.put(forwarded(with_file("IMG_0412.HEIC", images.heic(), "image/heic")))
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/"))))
    assert desk.get(address).content.startswith(JPEG)
    page = settled(desk, desk.url(tail=f"{uid}/pieces/2-2/vue/"))
    assert f'<img src="{desk.url(tail=f"{uid}/pieces/2-2/image/")}"' in page


def in_the_text(name: str, content: bytes, kind: str) -> EmailMessage:
    message = letter("x@ac-amiens.fr", subject="Photo de la sortie")
    message.add_alternative('<p>Voici :</p><img src="cid:photo@x" width="320">', subtype="html")
    main, _, sub = kind.partition("/")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(content, main, sub, cid="<photo@x>", filename=name, disposition="inline")
    return message


def picture_of(desk: MailBrowser, frame: str) -> str:
    (address,) = re.findall(r'<img[^>]* src="([^"]+)"', body(desk.get(frame)))
    return unescape(address)


@pytest.mark.parametrize("kind", ["image/heic", "image/jpeg", "image/tiff"])
def test_one_inside_a_text_is_drawn_anew(
    desk: MailBrowser, drawing: Path, cleaner: Path, brought: list[int], trips: list[int], kind: str
) -> None:
    content = images.heic() if kind != "image/tiff" else images.saved(Image.new("RGB", (480, 640)), "TIFF")
    uid = desk.put(in_the_text("IMG_0412.HEIC", content, kind))
    address = picture_of(desk, desk.url(tail=f"{uid}/corps/"))
    waiting = desk.get(address)
    assert waiting.status_code == 302  # to the process that may wait
    assert waiting["Location"].startswith("/webmail/miniatures/")
    drawn = desk.get(waiting["Location"])
    with Image.open(BytesIO(drawn.content)) as image:
        assert (image.format, image.size) == ("JPEG", (480, 640))
    assert brought == [len(content)]
    trips.clear()
    again = desk.get(address)
    assert (again["Content-Type"], again.content) == ("image/jpeg", drawn.content)
    assert again["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert trips == [1]


def test_inside_the_text_of_an_attached_message_too(desk: MailBrowser, drawing: Path, cleaner: Path) -> None:
    uid = desk.put(forwarded(in_the_text("IMG_0412.HEIC", images.heic(), "image/heic")))
    drawn = desk.get(picture_of(desk, desk.url(tail=f"{uid}/pieces/2/corps/")))
    with Image.open(BytesIO(drawn.content)) as image:
        assert image.size == (480, 640)


def test_a_text_waits_for_its_picture_and_says_nothing_of_what_cannot_be(
    desk: MailBrowser, drawing: Path, cleaner: Path, held_up: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.webmail.reader.thumbnails.PATIENCE", 0.05)
    uid = desk.put(in_the_text("IMG_0412.HEIC", images.heic(), "image/heic"))
    address = desk.get(picture_of(desk, desk.url(tail=f"{uid}/corps/")))["Location"]
    answer = desk.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"{address}&encore=1")
    assert desk.get(f"{address}&encore={TRIES}").content == LATER  # before the browser gives up by itself
    held_up.set()
    wait_until(lambda: desk.get(address).status_code == 200)
    assert desk.get(address).content.startswith(JPEG)
    uid = desk.put(in_the_text("IMG_0412.HEIC", images.cut(images.heic()), "image/heic"))
    address = picture_of(desk, desk.url(tail=f"{uid}/corps/"))
    wait_until(lambda: desk.get(desk.get(address).get("Location", address)).status_code != 302)
    wait_until(lambda: desk.get(address).status_code == 204)


def test_what_is_held_back_shows_none_in_its_text(desk: MailBrowser, drawing: Path, cleaner: Path) -> None:
    uid = desk.put(in_the_text("IMG_0412.HEIC", images.heic(), "image/heic"), "junk")
    for url in (
        desk.url("junk", f"{uid}/images/2.2/"),
        f"/webmail/miniatures/{desk.id('junk')}/{uid}/?piece=2.2&entiere=oui",
    ):
        assert desk.get(url).status_code == 403


def scan(*shades: int) -> bytes:
    first, *others = [Image.new("L", (620, 877), shade) for shade in shades]
    return images.saved(first, "TIFF", compression="tiff_lzw", save_all=True, append_images=others)


def turns(page: str) -> dict[str, str]:
    return {key: url for url, key in re.findall(r'href="([^"]+)"[^>]* data-turn="(Page\w+)"', page)}


def test_the_pages_of_a_scan_are_turned(desk: MailBrowser, drawing: Path) -> None:
    uid = photo(desk, scan(250, 150, 50), "fax.tif", "image/tiff")
    url, seen = desk.url(tail=f"{uid}/pieces/2/vue/"), []
    for number, ways in ((1, "PageDown"), (2, "PageUp PageDown"), (3, "PageUp")):
        page = settled(desk, url)
        assert f"Page {number} sur 3" in page
        assert " ".join(turns(page)) == ways
        (shown,) = re.findall(r'<img src="([^"]+)"', page)
        with Image.open(BytesIO(desk.get(shown).content)) as image:
            seen.append(image.convert("L").getpixel((300, 400)))
        url = turns(page).get("PageDown", url)
    assert seen == pytest.approx([250, 150, 50], abs=2)
    for said in ("0", "4", "-1", "x", "99999"):
        page = settled(desk, f"{desk.url(tail=f'{uid}/pieces/2/vue/')}?page={said}")
        assert re.search(r"Page [13] sur 3", page)
        assert "/image/" in page


def test_a_page_that_is_waited_for_is_asked_for_by_its_number(
    desk: MailBrowser, drawing: Path, held_up: threading.Event, brought: list[int]
) -> None:
    uid = photo(desk, scan(250, 50), "fax.tif", "image/tiff")
    url = desk.url(tail=f"{uid}/pieces/2/vue/")
    page = body(desk.get(f"{url}?page=2", **HTMX))
    assert turns(page) == {"PageUp": url}  # one may turn on while it is made ready
    again = re.search(rf'hx-get="({url}\?attend=image&page=2)"', unescape(page))
    assert again
    assert desk.get(again[1], **HTMX).status_code == 204
    assert desk.get(f"{url}?attend=image", **HTMX).status_code == 200  # the first page is another picture
    assert len(brought) == 2


def test_of_a_damaged_page_the_others_are_shown(desk: MailBrowser, drawing: Path) -> None:
    packed = struct.pack("<HHIH", 259, 3, 1, 5)  # how its points are packed
    first, second = scan(250, 150).rsplit(packed, 1)
    raw = first + struct.pack("<HHIH", 259, 3, 1, 9999) + second
    uid = photo(desk, raw, "fax.tif", "image/tiff")
    page = settled(desk, f"{desk.url(tail=f'{uid}/pieces/2/vue/')}?page=2")
    assert "Cette page est endommagée" in page
    assert turns(page) == {"PageUp": desk.url(tail=f"{uid}/pieces/2/vue/")}
    assert "/image/" in settled(desk, turns(page)["PageUp"])


def test_no_more_pages_than_are_drawn(desk: MailBrowser, drawing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnail_client, "MOST_PAGES", 2)
    uid = photo(desk, scan(250, 150, 50), "fax.tif", "image/tiff")
    page = settled(desk, f"{desk.url(tail=f'{uid}/pieces/2/vue/')}?page=3")
    assert "Page 2 sur 2" in page
    assert "Seules les 2 premières pages" in without_noise(page)
    uid = photo(desk, images.saved(Image.new("L", (620, 877)), "TIFF"), "fax.tif", "image/tiff")
    assert not turns(settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/")))


def test_the_octets_say_whether_it_has_to_be_drawn_anew(desk: MailBrowser, drawing: Path) -> None:
    """Many a phone sends a JPEG under the name of a HEIC."""
    uid = photo(desk, images.photo(80, 60))
    assert f'<img src="{desk.url(tail=f"{uid}/pieces/2/")}"' in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    uid = photo(desk, name="photo.jpg", kind="image/jpeg")
    assert "/image/" in settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (images.cut(images.heic()), FAILED),
        (images.tiff_of(5_000, 5_000), FAILED),
        (images.heic_of(60_000, 60_000), "3 600 millions de points"),
        (images.tiff_of(50_000, 50_000), "2 500 millions de points"),
        (images.HTML_NAMED_A_PICTURE, "n’est pas l’image"),
    ],
    ids=["cut", "strips that are not there", "bomb", "scan of a bomb", "page"],
)
def test_what_cannot_be_shown_says_why(desk: MailBrowser, drawing: Path, content: bytes, said: str) -> None:
    uid = photo(desk, content)
    page = settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))
    assert said in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert desk.get(desk.url(tail=f"{uid}/pieces/2/image/")).status_code == 404


def test_one_that_is_too_heavy_is_not_waited_for(
    desk: MailBrowser, drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnail_client, "INPUT_LIMIT", 500)
    assert FAILED in body(desk.get(desk.url(tail=f"{photo(desk)}/pieces/2/vue/")))


def test_where_nobody_draws_it_says_so(desk: MailBrowser, conversions: Path) -> None:
    assert AWAY in body(desk.get(desk.url(tail=f"{photo(desk)}/pieces/2/vue/")))


def test_without_its_library_a_photo_of_an_iphone_is_not_called_damaged(
    desk: MailBrowser, drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnail_client, "reads_heic", lambda: False)
    assert AWAY in body(desk.get(desk.url(tail=f"{photo(desk)}/pieces/2/vue/")))
    assert not list((drawing / "pictures").iterdir())
    scan = photo(desk, images.saved(Image.new("L", (620, 877)), "TIFF"), "a.tif", "image/tiff")
    assert "/image/" in settled(desk, desk.url(tail=f"{scan}/pieces/2/vue/"))


def test_somebody_else_finds_nothing(desk: MailBrowser, neighbour: MailBrowser, drawing: Path) -> None:
    uid = photo(desk)
    settled(desk, desk.url(tail=f"{uid}/pieces/2/vue/"))
    assert neighbour.get(desk.url(tail=f"{uid}/pieces/2/image/")).status_code == 404


def test_what_it_costs(
    desk: MailBrowser, drawing: Path, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
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


@pytest.mark.parametrize(
    ("name", "content", "kind", "way"),
    [("IMG_0412.HEIC", images.heic(), "image/heic", "image"), ("a.rtf", LETTER, "application/rtf", "office")],
)
def test_who_waits_has_the_file_brought_once(
    desk: MailBrowser, drawing: Path, held_up: threading.Event, brought: list[int], trips: list[int],
    name: str, content: bytes, kind: str, way: str,
) -> None:  # fmt: skip
    """However often its page asks, and from another process: none of them remembers anything of it."""
    uid = photo(desk, content, name, kind)
    url = desk.url(tail=f"{uid}/pieces/2/vue/")
    page = body(desk.get(url, **HTMX))
    again = re.search(rf'hx-get="({url}\?attend={way})"\s+hx-trigger="every', page)
    assert again
    for _ in range(3):
        trips.clear()
        assert desk.get(again[1], **HTMX).status_code == 204
        assert trips == [1]
    assert brought == [len(content)]
    assert WAITING in body(desk.get(url))  # somebody who has no script, or opens it again
    held_up.set()
    wait_until(lambda: desk.get(again[1], **HTMX).status_code == 200)
    assert WAITING not in body(desk.get(again[1], **HTMX))
    assert desk.get(url).status_code == 200


def test_who_waits_for_room_has_it_brought_once_there_is_some(
    desk: MailBrowser, drawing: Path, held_up: threading.Event, brought: list[int]
) -> None:
    urls = [desk.url(tail=f"{photo(desk, LETTER + bytes([n]), 'a.rtf', 'a/rtf')}/pieces/2/vue/") for n in range(8)]
    for url in urls:
        assert WAITING in body(desk.get(url, **HTMX))
    given = len(brought)
    assert desk.get(f"{urls[-1]}?attend=office", **HTMX).status_code == 204
    assert len(brought) == given
    held_up.set()
    for url in urls:
        wait_until(lambda url=url: WAITING not in body(desk.get(f"{url}?attend=office", **HTMX)))


def test_a_card_whose_picture_is_not_drawn_yet_asks_again_and_fetches_it_once(
    desk: MailBrowser, drawing: Path, held_up: threading.Event, brought: list[int], trips: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vaguemestre.webmail.reader.thumbnails.PATIENCE", 0.05)
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{photo(desk)}/"))))
    for cost in (2, 1, 1):
        trips.clear()
        assert desk.get(address)["Location"] == f"{address}&encore=1"
        assert trips == [cost]
    assert desk.get(f"{address}&encore={TRIES}").content == LATER  # the page asks again for what is two points wide
    with Image.open(BytesIO(LATER)) as image:
        assert image.size == (2, 1)
    held_up.set()
    wait_until(lambda: desk.get(address).content.startswith(JPEG))
    assert len(brought) == 1


def test_nobody_learns_what_somebody_else_waits_for(
    desk: MailBrowser, neighbour: MailBrowser, drawing: Path, held_up: threading.Event
) -> None:
    url = desk.url(tail=f"{photo(desk)}/pieces/2/vue/")
    desk.get(url, **HTMX)
    assert neighbour.get(f"{url}?attend=image", **HTMX).status_code == 404


def test_every_kind_that_is_drawn_anew_is_one_that_is_read() -> None:
    assert {*image_worker.FORMATS, image_worker.HEIC} >= converted_images.KINDS
