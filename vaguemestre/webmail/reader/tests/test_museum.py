"""The museum of hostile mail, as the pages show it. In a real browser: `e2e/test_museum.py`."""

from itertools import batched
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.mailbox.testing.specimens import SPECIMENS, Specimen
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.museum import text_in
from vaguemestre.webmail.testing.pages import body


def test_every_specimen_is_listed_and_opened(desk: MailBrowser, cleaner: Path, subtests: pytest.Subtests) -> None:
    """In one mailbox: they must not harm one another either. The list is drawn for a few at a time."""
    here = desk.url()
    for specimens in batched(SPECIMENS, 10, strict=False):
        placed = [(desk.put_as_it_is(specimen.make()), specimen) for specimen in specimens]
        listed = body(desk.get(here))
        for uid, specimen in placed:
            with subtests.test(specimen.name):
                assert f"/{uid}/" in listed
                see(desk, f"{here}{uid}/", specimen)


def see(desk: MailBrowser, place: str, specimen: Specimen) -> None:
    page = desk.get(place)
    assert page.status_code == 200
    reader = body(page).partition('id="lecture"')[2]
    framed = body(desk.get(f"{place}corps/")) if "body-frame" in reader else ""
    shown, letter = text_in(reader + framed), framed.partition("</style>")[2]
    assert [words for words in specimen.shown if words not in shown] == []
    assert [words for words in specimen.absent if words in letter.lower()] == []
    assert handlers(letter) == []
    assert desk.get(f"{place}source/").status_code == 200


def handlers(html: str) -> list[str]:
    return [name for node in LexborHTMLParser(html).css("*") for name in node.attributes if name.startswith("on")]
