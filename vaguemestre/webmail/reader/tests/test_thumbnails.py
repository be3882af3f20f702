"""Pictures among the attachments on their cards: who gets one, what it costs, and what is there when there is none."""

import re
import time
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from vaguemestre.academy.facts import academy
from vaguemestre.mailbox.sandbox.converter import thumbnail_client
from vaguemestre.mailbox.sandbox.fetcher.fetch_share import fetch_share
from vaguemestre.mailbox.testing import images
from vaguemestre.mailbox.testing.converter import wait_until
from vaguemestre.mailbox.testing.documents import pdf_file
from vaguemestre.webmail.reader.thumbnails import AT_ONCE, LATER, NOTHING, TRIES
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import with_file
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.thumbnails import JPEG, thumbs
from vaguemestre.webmail.testing.viewer import forwarded

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def photo_of(desk: MailBrowser, content: bytes | None = None, kind: str = "image/jpeg", role: str = "inbox") -> int:
    return desk.put(with_file("photo.jpg", images.photo(800, 600) if content is None else content, kind), role)


def test_a_photo_that_weighs_four_megabytes_is_small_on_its_card(desk: MailBrowser, drawing: Path) -> None:
    uid = photo_of(desk, images.photo(octets=4_000_000))
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    (address,) = thumbs(html)
    assert 'alt="" width="360" height="160" loading="lazy"' in html
    answer = desk.get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(JPEG)
    assert len(answer.content) < 20_000
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_what_lies_in_an_attached_message_has_one_too(desk: MailBrowser, drawing: Path) -> None:
    uid = desk.put(forwarded(with_file("photo.jpg", images.photo(800, 600), "image/jpeg")))
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/"))))
    assert "piece=2-" in address
    assert desk.get(address).content.startswith(JPEG)


def test_what_it_costs(
    desk: MailBrowser, drawing: Path, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The message when it is opened: nothing. A thumbnail: message and file; seen again, the message alone."""
    uid = photo_of(desk)
    desk.get(desk.url())
    trips.clear()
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    opened = sum(trips)
    other = desk.put(with_file("note.txt", b"a", "text/plain"))
    desk.get(desk.url())
    trips.clear()
    desk.get(desk.url(tail=f"{other}/"))
    assert opened == sum(trips)
    (address,) = thumbs(html)
    for cost in (2, 1):
        trips.clear()
        with django_assert_num_queries(1):
            assert desk.get(address).content.startswith(JPEG)
        assert trips == [cost]


def test_one_that_fails_is_not_tried_again_at_each_look(desk: MailBrowser, drawing: Path, trips: list[int]) -> None:
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{photo_of(desk, images.cut(images.photo()))}/"))))
    for cost in (2, 1):
        trips.clear()
        answer = desk.get(address)
        assert (answer["Content-Type"], answer.content) == ("image/gif", NOTHING)
        assert trips == [cost]


def test_what_is_no_picture_leaves_the_icon_in_sight(desk: MailBrowser, drawing: Path) -> None:
    message = with_file("bombe.jpg", images.bomb(), "image/jpeg")
    for name, hostile in images.HOSTILE.items():
        message.add_attachment(hostile(), maintype="image", subtype="jpeg", filename=f"{name}.jpg")
    html = body(desk.get(desk.url(tail=f"{desk.put(message)}/")))
    addresses = thumbs(html)
    assert len(addresses) == len(images.HOSTILE) + 1
    behind = re.findall(
        r'<span class="file-thumb"><svg [^>]*>.{1,200}?</svg>\s*<img src="[^"]*/miniatures/', html, re.DOTALL
    )
    assert len(behind) == len(addresses)
    assert {desk.get(address).content for address in addresses} == {NOTHING}


def test_other_kinds_have_none(desk: MailBrowser, conversions: Path) -> None:
    message = with_file("dessin.svg", images.SVG, "image/svg+xml")
    for name, kind in (("a.avif", "avif"), ("a.psd", "vnd.adobe.photoshop"), ("a.jp2", "jp2"), ("vide.png", "png")):
        message.add_attachment(b"" if kind == "png" else b"x", maintype="image", subtype=kind, filename=name)
    uid, folder = desk.put(message), desk.id()
    assert not thumbs(body(desk.get(desk.url(tail=f"{uid}/"))))
    for part in range(2, 7):
        assert desk.get(f"/webmail/miniatures/{folder}/{uid}/?piece={part}").content == NOTHING


def test_one_that_is_too_large_has_none_and_is_not_fetched(
    desk: MailBrowser, conversions: Path, trips: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnail_client, "INPUT_LIMIT", 1000)
    uid = photo_of(desk)
    assert not thumbs(body(desk.get(desk.url(tail=f"{uid}/"))))
    trips.clear()
    assert desk.get(f"/webmail/miniatures/{desk.id()}/{uid}/?piece=2").content == NOTHING
    assert sum(trips) == 1


def test_nobody_waits_for_a_process_that_is_not_there(desk: MailBrowser, conversions: Path) -> None:
    """The page asks again, a few times."""
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{photo_of(desk)}/"))))
    assert desk.get(address).content == LATER


def test_somebody_else_finds_nothing(desk: MailBrowser, neighbour: MailBrowser, drawing: Path) -> None:
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{photo_of(desk)}/"))))
    assert desk.get(address).content.startswith(JPEG)
    assert neighbour.get(address).status_code == 404


def test_what_is_held_back_has_none(desk: MailBrowser, drawing: Path) -> None:
    uid = photo_of(desk, role="junk")
    address = f"/webmail/miniatures/{desk.id('junk')}/{uid}/?piece=2"
    assert not thumbs(body(desk.get(desk.url("junk", f"{uid}/"))))
    assert desk.get(address).status_code == 403
    desk.post(desk.url("junk", f"{uid}/retenue/levee/"))
    assert thumbs(body(desk.get(desk.url("junk", f"{uid}/")))) == [address]
    assert desk.get(address).content.startswith(JPEG)


def test_once_thrown_away_it_is_not_shown_from_the_shelf(desk: MailBrowser, drawing: Path) -> None:
    uid = photo_of(desk)
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{uid}/"))))
    assert desk.get(address).content.startswith(JPEG)
    desk.post(desk.url(tail="suppression/"), {"choix": uid})
    assert desk.get(address).status_code == 404


def test_what_is_not_there_is_a_404(desk: MailBrowser, conversions: Path) -> None:
    address = f"/webmail/miniatures/{desk.id()}/{photo_of(desk)}/"
    for tail in ("", "?piece=", "?piece=x", "?piece=9", "?piece=2-1", "?piece=../2"):
        assert desk.get(f"{address}{tail}").status_code == 404


def test_beyond_a_persons_share_it_is_asked_for_again(desk: MailBrowser, conversions: Path) -> None:
    (address,) = thumbs(body(desk.get(desk.url(tail=f"{photo_of(desk)}/"))))
    with (
        fetch_share(f"{desk.mail.key} thumbnails", AT_ONCE),
        fetch_share(f"{desk.mail.key} thumbnails", AT_ONCE),
    ):
        for said in ("", "&encore=1", "&encore=x"):
            begun = time.monotonic()
            answer = desk.get(f"{address}{said}")
            again = 2 if said == "&encore=1" else 1
            assert (answer.status_code, answer["Location"]) == (302, f"{address}&encore={again}")
            assert time.monotonic() - begun < 2
        assert desk.get(f"{address}&encore={TRIES}").content == LATER  # before the browser gives up by itself
    assert desk.get(address).status_code == 200


def row_thumbs(desk: MailBrowser, role: str = "inbox") -> list[str]:
    return re.findall(r'<span class="thumb"[^>]*><img src="([^"]+)"', body(desk.get(desk.url(role))))


def test_a_colleague_s_photo_is_seen_in_its_row_and_is_smaller_still(desk: MailBrowser, drawing: Path) -> None:
    photo = with_file("photo.jpg", images.photo(800, 600), "image/jpeg")
    photo.replace_header("From", f"Karim Belkacem <karim.belkacem@{academy().domain}>")
    desk.put(photo)
    (address,) = row_thumbs(desk)
    answer = desk.get(unescape(address))
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(BytesIO(answer.content)) as image:
        assert image.size == (72, 54)


def test_of_whom_nobody_knows_and_of_the_junk_no_photo_is_made_unasked(desk: MailBrowser, drawing: Path) -> None:
    photo_of(desk)
    (address,) = row_thumbs(desk)
    assert desk.get(unescape(address)).content == NOTHING
    photo_of(desk, role="junk")
    assert row_thumbs(desk, "junk") == []


def row_words(desk: MailBrowser) -> list[str]:
    """What a row says of files of which it shows no picture."""
    found = r'<span class="row-kind">.*?<span aria-hidden="true">([^<]*)</span></span>'
    return re.findall(found, body(desk.get(desk.url())))


def test_what_is_no_photograph_shows_its_kind_in_a_word(desk: MailBrowser) -> None:
    desk.put(with_file("Notes.xlsx", b"PK", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
    desk.put(with_file("invite.ics", b"BEGIN:VCALENDAR", "text/calendar"))
    assert row_words(desk) == ["Invitation", "Tableau"]


def test_of_several_files_a_row_says_how_many(desk: MailBrowser) -> None:
    message = with_file("Emploi du temps.docx", b"PK", DOCX)
    for number in range(4):
        message.add_attachment(b"%PDF-1.4", "application", "pdf", filename=f"note{number}.pdf")
    desk.put(message)
    html = body(desk.get(desk.url()))
    assert row_words(desk) == ["5 fichiers"]
    assert 'class="thumb"' not in html


def test_a_pdf_shows_its_first_page_in_its_row_once_it_was_opened(
    desk: MailBrowser, neighbour: MailBrowser, drawing: Path
) -> None:
    uid = desk.put(with_file("Convocation.pdf", pdf_file("1 0 0 rg 0 0 595 842 re f")))
    desk.get(desk.url(tail=f"{uid}/"))
    assert row_thumbs(desk) == []
    address = f"/webmail/miniatures/{desk.id()}/{uid}/?piece=2&ligne=oui"
    assert desk.get(address).content == NOTHING  # nobody's document is opened unasked
    desk.get(desk.url(tail=f"{uid}/pieces/2/vue/"))
    wait_until(lambda: len(list((drawing / "rows").glob("*.jpg"))) == 1)
    desk.put(with_file("autre.txt", b"x", "text/plain"))  # the list is drawn again when something in it changes
    assert [unescape(one) for one in row_thumbs(desk)] == [address]
    assert desk.get(address).content.startswith(JPEG)
    neighbour.put(with_file("Convocation.pdf", pdf_file("")))
    assert row_thumbs(neighbour) == []


def test_a_pdf_in_the_junk_shows_no_page_even_when_it_was_opened(desk: MailBrowser, drawing: Path) -> None:
    uid = desk.put(with_file("Facture.pdf", pdf_file("")), "junk")
    desk.post(desk.url("junk", f"{uid}/retenue/levee/"))
    assert desk.get(desk.url("junk", f"{uid}/pieces/2/vue/")).status_code == 200
    assert desk.get(f"/webmail/miniatures/{desk.id('junk')}/{uid}/?piece=2&ligne=oui").content == NOTHING
    assert row_thumbs(desk, "junk") == []
    assert not list((drawing / "rows").glob("*.jpg"))
