"""The webmail's screen as a person knows it: folders, the list, the open message, the writing sheet."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

# In the editor, or in the box that stands there until it has come: with the white space of the one and of the other.
WRITTEN = r"""words => {
  const sheet = [...document.querySelectorAll(".composer:not([hidden])")].at(-1);
  const editor = sheet?.querySelector("[contenteditable=true]");
  const text = editor ? editor.innerText : sheet?.querySelector("textarea[name=texte]")?.value ?? "";
  return text.replace(/\s+/g, " ").includes(words.replace(/\s+/g, " ").trim());
}"""
RARE = {"Archives", "Indésirables", "Corbeille"}


SEALED = """async words => {
  const octets = signs => Uint8Array.from(atob(signs), sign => sign.charCodeAt(0));
  const { seal } = document.getElementById('attente').dataset;
  const key = await crypto.subtle.importKey('raw', octets(seal), 'AES-GCM', false, ['decrypt']);
  for (const [name, value] of Object.entries(localStorage)) {
    if (!name.startsWith('lettre:')) continue;
    const cut = value.lastIndexOf(' '), data = octets(value.slice(cut + 1));
    const additionalData = new TextEncoder().encode(`${name} ${value.slice(0, cut)}`);
    const using = { name: 'AES-GCM', iv: data.subarray(0, 12), additionalData };
    const opened = new TextDecoder().decode(await crypto.subtle.decrypt(using, key, data.subarray(12)));
    if (opened.includes(words)) return true;
  }
  return false;
}"""


@dataclass
class Desk:
    page: Page

    def wait(self) -> None:
        expect(self.page.locator("#liste")).to_be_visible()

    # Folders and the list

    def folder(self, name: str) -> Locator:
        """Those that are looked for now and then stand behind one line."""
        behind = self.page.locator("#boites .more-folders:not([open]) > summary")
        if name in RARE and behind.is_visible():
            behind.click()
        return self.page.locator("#boites").get_by_role("link", name=re.compile(f"^{name}"))

    def open_folder(self, name: str) -> None:
        self.folder(name).click()
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def row(self, subject: str) -> Locator:
        """By the beginning of its subject; the list sets no-break spaces as French wants them."""
        begins = re.compile("^" + r"\s".join(map(re.escape, subject.split(" "))))
        return self.page.locator(".row", has=self.page.locator(".row-subject", has_text=begins))

    def open(self, subject: str) -> None:
        self.turn_to(self.row(subject))
        self.row(subject).first.locator(".row-link").click()
        expect(self.page.locator("#objet")).to_contain_text(subject)

    def turn_to(self, row: Locator) -> None:
        """Down the list, which continues by itself, until it is there."""
        older = self.page.locator("#liste").get_by_role("link", name="Plus anciens")
        while row.count() == 0 and older.count():
            before = self.page.locator(".row").count()
            self.page.locator("#lignes").evaluate("one => one.scrollTo(0, one.scrollHeight)")
            self.page.wait_for_function("count => document.querySelectorAll('.row').length !== count", arg=before)

    def wait_for(self, subject: str, *, seconds: float = 30) -> None:
        """It appears by itself: the event stream, not a button."""
        expect(self.row(subject).first).to_be_visible(timeout=seconds * 1000)

    def act_on_row(self, subject: str, act: str) -> None:
        row = self.row(subject).first
        row.hover()
        row.get_by_role("button", name=act).click()

    # The open message

    @property
    def reader(self) -> Locator:
        return self.page.locator("#lecture")

    @property
    def formatted(self) -> FrameLocator:
        """The text of a formatted message, in its own frame."""
        return self.page.frame_locator("iframe.body-frame")

    def shows(self, words: str) -> None:
        """In the text of the newest open message, formatted in its frame or plain."""
        expect(self.reader.locator("iframe.body-frame, .body").last).to_be_visible()
        frame = self.reader.locator("iframe.body-frame")
        if frame.count():
            expect(frame.last.content_frame.locator("body")).to_contain_text(words)
        else:
            expect(self.reader).to_contain_text(words)

    def message_of(self, sender: str) -> Locator:
        """The first message of this person in the conversation that is open."""
        named = self.page.locator(".message-from", has_text=sender)
        return self.reader.locator("section.message", has=named).first

    def unfold_all(self) -> None:
        expect(self.reader.locator("#objet")).to_be_visible()  # what was pressed has opened
        unfold = self.reader.get_by_role("link", name="Tout déplier")
        if unfold.is_visible():
            unfold.click()
        expect(self.reader.locator(".message-folded")).to_have_count(0)

    def act(self, name: str) -> None:
        self.reader.locator(".toolbar").get_by_role("button", name=name, exact=True).click()

    def message_acts(self, *, more: bool = True) -> None:
        """The menu of the newest open message, with what stands behind "Plus" or without."""
        menu = self.reader.locator(".message-menu").last
        menu.locator("> summary").click()
        if more and not menu.locator(".menu-more[open]").count():
            menu.locator(".menu-more > summary").click()

    def move_to(self, folder: str) -> None:
        self.reader.locator(".toolbar summary", has_text="Déplacer").click()
        self.reader.locator(".toolbar").get_by_role("button", name=folder).click()

    def answer(self) -> None:
        self.reader.locator(".reply-field").click()
        self.ready()

    def answer_all(self) -> None:
        self.reader.get_by_role("link", name=re.compile("à tous", re.IGNORECASE)).click()
        self.ready()

    # The writing sheet

    @property
    def sheet(self) -> Locator:
        """The one in sight."""
        return self.page.locator(".composer:not([hidden])").last

    def write(self) -> None:
        self.page.get_by_role("link", name="Écrire").first.click()
        self.ready()

    def ready(self) -> None:
        """The sheet is there, and its editor, which is fetched after it."""
        expect(self.sheet.locator(".editor-text, .format-plain, noscript > :visible").first).to_be_attached()
        expect(self.sheet).to_be_visible()

    def reads(self, words: str) -> None:
        """In the text being written, whether it is formatted or plain."""
        self.ready()
        self.page.wait_for_function(WRITTEN, arg=words)

    def fill(self, *, to: str = "", subject: str = "", text: str = "") -> None:
        if to:
            self.sheet.locator("[id^=ajout-a-]").fill(to)
        if subject:
            if not self.subject.is_visible():  # on a phone its head is one line while one writes
                self.sheet.locator(".composer-who").click()
            self.subject.fill(subject)
        if text:
            self.sheet.get_by_label("Texte du message").fill(text)

    @property
    def subject(self) -> Locator:
        return self.sheet.locator("[data-subject]")

    def options(self) -> None:
        """What is asked of a letter once in a while, and where the rarer acts are."""
        self.sheet.locator(".composer-more > summary").click()

    def tools(self) -> None:
        self.sheet.locator(".composer-tools").click()

    def follow(self) -> None:
        """What is quoted, and the signature, come into the text."""
        self.sheet.get_by_role("button", name="Voir ce qui suivra").click()
        self.sheet.get_by_role("button", name="Écrire dedans").click()

    def fold(self) -> None:
        self.sheet.get_by_role("button", name="Plier").click()

    def keep(self, text: str) -> None:
        """Types, then waits until this very text has been taken, as a person does who looks at the clock."""
        marker = text.split("\n", 1)[0].encode()
        with self.page.expect_response(lambda answer: marker in (answer.request.post_data_buffer or b"")):
            self.fill(text=text)

    def attach(self, file: Path) -> None:
        self.sheet.locator("input[type=file]").set_input_files(file)
        expect(self.sheet.locator("[id^=pieces]")).to_contain_text(file.name)

    def kept_in_browser(self, words: str) -> None:
        """Waits until a copy in this browser holds them: the key of the page opens it."""
        self.page.wait_for_function(SEALED, arg=words)

    def send(self) -> None:
        self.sheet.get_by_role("button", name="Envoyer", exact=True).click()
        expect(self.sheet).to_have_count(0)

    def toast(self, words: str) -> None:
        expect(self.page.locator("#annonces")).to_contain_text(words)
