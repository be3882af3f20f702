"""The viewer: each kind of file at its own address, and nothing of a file runs with our rights."""

import re
import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.contacts import cards as contact_cards
from vaguemestre.contacts.models import Contact
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter.office_formats import true_format
from vaguemestre.mailbox.testing.formats import EXCEL, SLIDES, WORD, old
from vaguemestre.mailbox.testing.pieces import winmail
from vaguemestre.testing import letter
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.messages import PIXEL, with_file
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.viewer import forwarded

MODERN_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def seen(desk: MailBrowser, content: bytes, kind: str, name: str, tail: str = "2/vue/") -> str:
    uid = desk.put(with_file(name, content, kind))
    return body(desk.get(desk.url(tail=f"{uid}/pieces/{tail}")))


def huge_png() -> bytes:
    """A header of a hundred million points on nothing."""
    return PIXEL[:16] + struct.pack(">LL", 10_000, 10_000) + PIXEL[24:]


def test_a_page_of_its_own_and_a_part_for_the_desk(desk: MailBrowser) -> None:
    uid = desk.put(with_file("photo.png", PIXEL, "image/png"))
    url = desk.url(tail=f"{uid}/pieces/2/vue/")
    page, part = body(desk.get(url)), body(desk.get(url, **HTMX))
    for html in (page, part):
        assert '<dialog class="viewer" open' in html
        assert f'src="{desk.url(tail=f"{uid}/pieces/2/")}" alt="photo.png"' in html
        assert "Pièce jointe 1 sur 1, envoyée par Anne Auteur" in html
        assert f'data-address="{url}"' in html  # where it took a step of the history
    assert "<html" in page
    assert "hx-history-elt" in page  # Forward to it, from the message
    assert "<html" not in part
    assert f'href="{url}"' in body(desk.get(desk.url(tail=f"{uid}/")))


def test_neighbours_go_round_and_skip_what_is_only_saved(desk: MailBrowser) -> None:
    message = with_file("un.txt", b"un", "text/plain")
    message.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="jeu.exe")
    message.add_attachment(b"trois", maintype="text", subtype="plain", filename="trois.txt")
    uid = desk.put(message)
    html = body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    assert html.count(f'href="{desk.url(tail=f"{uid}/pieces/4/vue/")}"') == 2
    assert "Pièce jointe 1 sur 3" in html
    assert "ne peut pas être affiché" in body(desk.get(desk.url(tail=f"{uid}/pieces/3/vue/")))


def test_somebody_else_finds_nothing(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(with_file("a.txt", b"secret", "text/plain"))
    for tail in ("", "vue/", "telechargement/", "pdf/", "corps/"):
        assert neighbour.get(desk.url(tail=f"{uid}/pieces/2/{tail}")).status_code == 404
    assert neighbour.get(desk.url(tail=f"{uid}/pieces/ensemble/")).status_code == 404


@pytest.mark.parametrize("tail", ["9/vue/", "2-1/vue/", "2-0/vue/", "1-1-1-1-1-1/vue/", "x/vue/", "2/pdf/", "2/corps/"])
def test_what_is_not_there_is_a_404(desk: MailBrowser, tail: str) -> None:
    uid = desk.put(with_file("a.txt", b"a", "text/plain"))
    assert desk.get(desk.url(tail=f"{uid}/pieces/{tail}")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/html", "a.html"),
        ("image/svg+xml", "a.svg"),
        ("application/octet-stream", "b.svg"),
        ("application/x-unknown", "c.html"),
    ],
)
def test_what_could_run_is_read_as_text(desk: MailBrowser, kind: str, name: str) -> None:
    html = seen(desk, b'<svg onload="alert(1)"><script>alert(2)</script>', kind, name)
    assert "&lt;svg onload=&quot;alert(1)&quot;&gt;" in html
    assert "<svg onload" not in html


def test_an_image_that_would_fill_the_memory_is_not_drawn(desk: MailBrowser) -> None:
    uid = desk.put(with_file("bombe.png", huge_png(), "image/png"))
    assert "100 millions de points" in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    assert desk.get(desk.url(tail=f"{uid}/pieces/2/")).status_code == 413


def test_a_false_image_is_said_to_be_false(desk: MailBrowser) -> None:
    assert "n’est pas l’image" in seen(desk, b"<html><script>", "image/png", "a.png")


def test_a_pdf_is_drawn_by_our_own_page(desk: MailBrowser) -> None:
    html = seen(desk, b"%PDF-1.4 /JS (app.alert(1))", "application/pdf", "a.pdf")
    assert 'data-behaviour="pdf-pages"' in html
    assert "<noscript><iframe" in html


def test_text_and_tables_have_their_letters(desk: MailBrowser) -> None:
    assert "Été à Noël" in seen(desk, "Été à Noël".encode("cp1252"), "application/octet-stream", "note.txt")
    assert "Été à Noël" in seen(desk, "\ufeffÉté à Noël".encode("utf-16-le"), "text/plain", "note.txt")
    html = seen(desk, "Élève;Note\nZoé;12,5\n".encode("cp1252"), "text/csv", "notes.csv")
    assert '<th scope="col">Élève</th>' in html
    assert "<td>12,5</td>" in html


@pytest.mark.parametrize(("kind", "name"), [("text/plain", "a.txt"), ("text/csv", "a.csv")])
def test_a_file_that_holds_nothing_says_so(desk: MailBrowser, kind: str, name: str) -> None:
    assert "Ce fichier est vide." in seen(desk, b" \r\n", kind, name)


def test_a_film_is_sent_in_the_parts_that_are_asked_for(desk: MailBrowser) -> None:
    content = b"\0\0\0\x18ftypisom" + bytes(range(200))
    uid = desk.put(with_file("film.mp4", content, "video/mp4"))
    url = desk.url(tail=f"{uid}/pieces/2/")
    html = body(desk.get(f"{url}vue/"))
    assert f'<video class="viewer-film" src="{url}"' in html
    response = desk.get(url, Range="bytes=4-11")
    assert (response.status_code, response["Content-Type"], response.content) == (206, "video/mp4", b"ftypisom")
    assert response["Content-Range"] == f"bytes 4-11/{len(content)}"


def test_a_message_in_a_message_opens_with_its_own_files(desk: MailBrowser, cleaner: Path) -> None:
    inner = letter("y@ac-amiens.fr", subject="Réunion", text="Version en texte.")
    inner.add_alternative('<p>Bonjour <img src="cid:p"></p><script>alert(1)</script>', subtype="html")
    inner.add_attachment(PIXEL, maintype="image", subtype="png", filename="plan.png", cid="<p>")
    inner.add_attachment(with_file("fond.txt", b"tout au fond", "text/plain"))
    uid = desk.put(forwarded(inner))
    base = desk.url(tail=f"{uid}/pieces/")
    html = body(desk.get(f"{base}2/vue/"))
    assert "<h2>Réunion</h2>" in html
    assert "Anne Auteur" in html
    assert re.search(r'<iframe [^>]*data-behaviour="frame-height frame-keys frame-retry"', html)
    frame = body(desk.get(f"{base}2/corps/"))
    assert f'src="{base}2-3/"' in frame
    assert "alert(1)" not in frame
    assert desk.get(f"{base}2-3/").content == PIXEL
    assert "tout au fond" in body(desk.get(f"{base}2-4-2/vue/"))
    assert b"".join(desk.get(f"{base}2-4-2/telechargement/").streaming_content) == b"tout au fond"  # type: ignore[attr-defined]


def test_winmail_shows_what_it_wraps(desk: MailBrowser) -> None:
    uid = desk.put(with_file("winmail.dat", winmail([("Été 2026.txt", b"contenu")]), "application/ms-tnef"))
    base = desk.url(tail=f"{uid}/pieces/")
    assert "Été 2026.txt" in body(desk.get(f"{base}2/vue/"))
    assert "contenu" in body(desk.get(f"{base}2-1/vue/"))


def test_an_archive_is_listed_never_unpacked(desk: MailBrowser) -> None:
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        archive.writestr("../../etc/passwd", b"x")
        archive.writestr("dossier/note.txt", b"x" * 2000)
    html = seen(desk, held.getvalue(), "application/zip", "a.zip")
    assert "2 fichiers" in html
    assert "../../etc/passwd" in html
    assert "endommagé" in seen(desk, b"PK\x03\x04rien", "application/zip", "b.zip")


def test_a_visiting_card_is_read(desk: MailBrowser) -> None:
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zoé Petit\r\nEMAIL:zoe@x.example\r\nTEL:03 22 00 00 00\r\nEND:VCARD\r\n"
    html = seen(desk, card.encode(), "text/vcard", "zoe.vcf")
    assert "Zoé Petit" in html
    assert 'href="/webmail/ecrire/?a=zoe%40x.example"' in html


def vcf(*people: tuple[str, str, str]) -> bytes:
    cards = (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nEMAIL:{mail}\r\nTEL:{number}\r\nCATEGORIES:Amis\r\nEND:VCARD\r\n"
        for name, mail, number in people
    )
    return "".join(cards).encode()


ZOE = ("Zoé Petit", "zoe@x.example", "03 22 00 00 00")


def test_a_visiting_card_joins_the_contacts_in_one_press_and_leaves_them_in_another(desk: MailBrowser) -> None:
    uid = desk.put(with_file("zoe.vcf", vcf(ZOE), "text/vcard"))
    base, message = desk.url(tail=f"{uid}/pieces/2/"), desk.url(tail=f"{uid}/")
    assert "Ajouter aux contacts" in body(desk.get(f"{base}vue/"))
    answer = desk.post(f"{base}contacts/", {"retour": message})
    assert (answer.status_code, answer["Location"]) == (302, message)
    made = Contact.objects.get(account=desk.mail.account)
    assert (str(made), [one.address for one in made.addresses.all()], made.groups.count()) == (
        "Zoé Petit", ["zoe@x.example"], 0,
    )  # fmt: skip
    said = body(desk.get(message))
    assert "1 contact ajouté" in said
    known = body(desk.get(f"{base}vue/"))
    assert "déjà dans vos contacts" in known
    assert "Ajouter aux contacts" not in known
    undo = re.search(r'action="(/contacts/annulation/)".*?name="fait" value="([^"]+)"', said, re.DOTALL)
    assert undo
    desk.post(undo[1], {"fait": undo[2], "retour": message})
    assert not Contact.objects.filter(account=desk.mail.account).exists()


def test_of_several_cards_it_says_which_are_new_and_which_are_not(desk: MailBrowser) -> None:
    known = [
        contact_cards.Card(display=name, addresses=(contact_cards.CardLine(f"{name.lower()}@x.example"),))
        for name in ("Luc", "Eva")
    ]
    contact_cards.add_contacts(desk.mail.account, known, now=timezone.now())
    cards = (
        vcf(ZOE, ("Luc", "luc@x.example", "06 00 00 00 00"))
        + b"BEGIN:VCARD\r\nFN:Eva\r\nEMAIL:eva@x.example\r\nEND:VCARD\r\n"
    )
    uid = desk.put(with_file("tous.vcf", cards, "text/vcard"))
    html = body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    lines = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", html.partition("<form")[0])
    assert lines[:3] == [("Nouveaux", "Zoé Petit"), ("À compléter", "Luc"), ("Déjà dans vos contacts", "1")]
    desk.post(desk.url(tail=f"{uid}/pieces/2/contacts/"))
    assert Contact.objects.filter(account=desk.mail.account).count() == 3
    assert [one.number for one in Contact.objects.get(display="Luc").numbers.all()] == ["06 00 00 00 00"]


def test_more_cards_than_are_shown_are_brought_in_from_the_contacts(desk: MailBrowser) -> None:
    many = vcf(*((f"P{n}", f"p{n}@x.example", "1") for n in range(51)))
    uid = desk.put(with_file("tous.vcf", many, "text/vcard"))
    html = body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    assert 'href="/contacts/import/"' in html
    assert "Ajouter aux contacts" not in html
    assert desk.post(desk.url(tail=f"{uid}/pieces/2/contacts/")).status_code == 404
    assert not Contact.objects.exists()


def test_only_a_visiting_card_joins_them(desk: MailBrowser) -> None:
    uid = desk.put(with_file("a.txt", vcf(ZOE), "text/plain"))
    assert desk.post(desk.url(tail=f"{uid}/pieces/2/contacts/")).status_code == 404
    assert desk.get(desk.url(tail=f"{uid}/pieces/2/contacts/")).status_code == 405


def test_all_in_one_file(desk: MailBrowser) -> None:
    message = with_file("a.txt", b"un", "text/plain")
    message.add_attachment(b"deux", maintype="text", subtype="plain", filename="A.TXT")
    uid = desk.put(message)
    response = desk.get(desk.url(tail=f"{uid}/pieces/ensemble/"))
    assert response["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as archive:  # type: ignore[attr-defined]
        assert [archive.read(name) for name in archive.namelist()] == [b"un", b"deux"]
    assert desk.get(desk.url(tail=f"{desk.put(letter('x@ac-amiens.fr'))}/pieces/ensemble/")).status_code == 404


def test_an_archive_begins_before_its_files_are_fetched_one_after_the_other(
    desk: MailBrowser, trips: list[int]
) -> None:
    """No more than one is in hand: what is large lies on the disk, what is done is let go."""
    message = with_file("a.bin", b"un" * 1_000_000, "application/octet-stream")
    message.add_attachment(b"deux", maintype="application", subtype="octet-stream", filename="b.bin")
    uid = desk.put(message)
    desk.get(desk.url())
    url = desk.url(tail=f"{uid}/pieces/ensemble/")
    trips.clear()
    leaving = iter(desk.get(url).streaming_content)  # type: ignore[attr-defined]
    before = len(trips)
    first = next(leaving)
    assert b"a.bin" in first
    assert len(trips) == before
    pieces = [first]
    while b"b.bin" not in pieces[-1]:
        pieces.append(next(leaving))
    assert len(trips) == before + 1
    assert max(map(len, pieces)) < 1_000_000
    pieces += leaving
    assert len(trips) == before + 2
    with ZipFile(BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert [archive.getinfo(name).file_size for name in ("a.bin", "b.bin")] == [2_000_000, 4]


def test_an_archive_whose_message_goes_meanwhile_breaks_off(desk: MailBrowser) -> None:
    uid = desk.put(with_file("a.txt", b"un", "text/plain"))
    leaving = iter(desk.get(desk.url(tail=f"{uid}/pieces/ensemble/")).streaming_content)  # type: ignore[attr-defined]
    next(leaving)
    desk.post(desk.url(tail="suppression/"), {"choix": uid})
    with pytest.raises(MailboxError):
        list(leaving)


def test_no_reader_of_the_browsers_own_opens_a_pdf_that_a_script_draws(desk: MailBrowser) -> None:
    """What is swapped in is read as without a script, and the frame in its `noscript` would load."""
    uid = desk.put(with_file("a.pdf", b"%PDF-1.4 x"))
    url = desk.url(tail=f"{uid}/pieces/2/vue/")
    assert "<noscript><iframe" in body(desk.get(url))
    swapped = body(desk.get(url, **HTMX))
    assert 'data-behaviour="pdf-pages"' in swapped
    assert "<iframe" not in swapped


def test_a_document_says_when_nothing_can_draw_it(desk: MailBrowser, settings: object, tmp_path: Path) -> None:
    settings.MAIL = {**settings.MAIL, "conversions": tmp_path}  # type: ignore[attr-defined]
    page = seen(desk, b"{\\rtf1 x}", "application/rtf", "a.rtf")
    assert "pour le moment" in page
    assert "Le fichier n’est pas en cause" in page
    assert 'hx-trigger="every 10s"' in page
    assert "Réessayer" in page
    assert "protégé par un mot de passe" in seen(desk, b"<html>", "application/msword", "a.doc")


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (EXCEL, "application/vnd.ms-excel", "a.xlsx"), (EXCEL, "application/vnd.ms-excel", "a.csv"),
        (EXCEL, "text/csv", "a.xlsx"),
        (WORD, "application/msword", "a.docx"), (SLIDES, "application/vnd.ms-powerpoint", "a.pptx"),
        (b"{\\rtf1 x}", "application/msword", "a.doc"), (old("Workbook"), MODERN_EXCEL, "a.xls"),
    ],
)  # fmt: skip
def test_a_document_under_the_type_of_another_one_is_none_the_less(
    desk: MailBrowser, settings: object, tmp_path: Path, content: bytes, kind: str, name: str
) -> None:
    """What it was converted into is found under what it is, too."""
    settings.MAIL = {**settings.MAIL, "conversions": tmp_path}  # type: ignore[attr-defined]
    uid = desk.put(with_file(name, content, kind))
    assert "pour le moment" in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    converter.result_path(tmp_path, true_format(content, ""), content).write_bytes(b"%PDF-1.7 x")
    assert 'data-behaviour="pdf-pages"' in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    assert desk.get(desk.url(tail=f"{uid}/pieces/2/pdf/")).status_code == 200


def test_a_table_under_the_type_of_excel(desk: MailBrowser) -> None:
    page = seen(desk, "nom;classe\nÉlise;6e B\n".encode(), "application/vnd.ms-excel", "liste.csv")
    assert "<td>Élise</td>" in page


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1252"])
def test_a_text_in_columns_that_calls_itself_excels_is_a_table(desk: MailBrowser, charset: str) -> None:
    page = seen(desk, "nom\tclasse\nÉlise\t6e B\n".encode(charset), "application/vnd.ms-excel", "liste.xls")
    assert "<td>Élise</td>" in page
    assert "<td>6e B</td>" in page


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"<html><body><table><tr><td>x</table>", "xlshtml"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xlsxml"),
    ],
)
@pytest.mark.parametrize("kind", ["application/vnd.ms-excel", "application/octet-stream"])
def test_a_page_or_xml_that_calls_itself_excels_is_converted(
    desk: MailBrowser, settings: object, tmp_path: Path, content: bytes, ending: str, kind: str
) -> None:
    settings.MAIL = {**settings.MAIL, "conversions": tmp_path}  # type: ignore[attr-defined]
    uid = desk.put(with_file("notes.xls", content, kind))
    assert "pour le moment" in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    converter.result_path(tmp_path, ending, content).write_bytes(b"%PDF-1.7 x")
    assert 'data-behaviour="pdf-pages"' in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
    assert desk.get(desk.url(tail=f"{uid}/pieces/2/pdf/")).status_code == 200
    served = desk.get(desk.url(tail=f"{uid}/pieces/2/"))
    assert "text/html" not in served.headers["Content-Type"]


@pytest.mark.parametrize(("headers", "queries"), [(HTMX, 1), ({}, 2)], ids=["over the desk", "a page of its own"])
def test_what_it_costs(
    desk: MailBrowser,
    trips: list[int],
    django_assert_num_queries: DjangoAssertNumQueries,
    headers: dict[str, str],
    queries: int,
) -> None:
    """The message with its neighbours, and the file: nothing of the list. A page of its own looks as one chose."""
    uid = desk.put(with_file("a.txt", b"a", "text/plain"))
    desk.get(desk.url())
    trips.clear()
    with django_assert_num_queries(queries):
        desk.get(desk.url(tail=f"{uid}/pieces/2/vue/"), **headers)
    assert sum(trips) <= 3
