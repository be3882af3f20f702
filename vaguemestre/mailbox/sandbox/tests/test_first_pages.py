"""The first page of a PDF made small by the real process, for a row of a list."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image

from vaguemestre.mailbox.sandbox.converter.thumbnail_client import ROW, ROWS, THUMBNAILS, make_thumbnail, thumbnail_name
from vaguemestre.mailbox.testing.documents import pdf_file
from vaguemestre.mailbox.testing.thumbnails import RED, near, running

WHITE = (254, 254, 254)
WRITTEN = "BT /F1 40 Tf 60 700 Td (Ordre du jour) Tj ET"  # in a font that the file does not hold


def test_the_top_of_the_page_is_seen_on_white() -> None:
    """Also in a PDF whose page is enormous, and in one that writes in a font it does not hold."""
    band = "1 0 0 rg 0 421 595 421 re f"  # the upper half
    with TemporaryDirectory() as name, running(Path(name)):
        for number, (content, expected) in enumerate([
            (pdf_file(band), RED),
            (pdf_file(band, width=595 * 9000, height=842 * 9000), WHITE),
            (pdf_file(WRITTEN), WHITE),
        ]):  # fmt: skip
            made = make_thumbnail(Path(name), "a1", thumbnail_name("a1", number), content, ROWS, seconds=30)
            with Image.open(BytesIO(made)) as image:
                assert (image.format, image.size) == ("JPEG", ROW)
                middle = image.getpixel((36, 27))
            assert isinstance(middle, tuple)
            assert near(middle, expected)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b"x" * 500,
        pdf_file("", pages=0),
        pdf_file("", width=0),
        pdf_file("q " * 100_000 + "/Me Do", itself=True),  # draws itself for ever
    ],
    ids=["none", "no page", "no width", "itself"],
)
def test_what_cannot_be_drawn_is_nothing_and_the_next_one_goes_on(content: bytes) -> None:
    with TemporaryDirectory() as name, running(Path(name)):
        make_thumbnail(Path(name), "a1", thumbnail_name("a1", 1), content, ROWS, seconds=30)
        assert make_thumbnail(Path(name), "a1", thumbnail_name("a1", 2), pdf_file(WRITTEN), ROWS, seconds=30)


def test_a_card_shows_no_page() -> None:
    """Larger thumbnails are of pictures alone."""
    with TemporaryDirectory() as name, running(Path(name)):
        assert not make_thumbnail(Path(name), "a1", thumbnail_name("a1"), pdf_file(""), THUMBNAILS, seconds=30)
