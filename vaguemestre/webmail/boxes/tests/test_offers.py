"""What a page of a shared mailbox offers is what its reader may do: each address that it bears is one that opens."""

import html
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve
from django.utils import timezone

from vaguemestre.mailbox.values import FLAGGED, Flag, FolderName
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.testing import letter
from vaguemestre.web import toasts
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Outgoing, Snoozed, new_key
from vaguemestre.webmail.rules import redirection
from vaguemestre.webmail.testing.boxes import place
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.conversations import Exchange
from vaguemestre.webmail.testing.messages import PIXEL

OWNER, MEMBER, READER = MailboxRights
GETS = ("href", "src", "hx-get")
POSTS = ("hx-post", "hx-put", "hx-delete")
SEEN_BY = {
    READER: {"home", "folder", "message", "search", "source", "viewer", "body", "unfolded", "printed"},
    MEMBER: {
        "settings",
        "compose-new",
        "compose",
        "reply",
        "folders",
        "labels",
        "space",
        "ready",
        "waiting",
        "recovery",
    },
    OWNER: {"box-members", "absence", "redirection", "signature", "filters", "filter-new", "filter-like"},
}
VCARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Luc Petit\r\nEMAIL:luc@dehors.example\r\nEND:VCARD\r\n"
MEETING = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:reunion@dehors.example\r\n"
    b"DTSTAMP:20261101T080000Z\r\nDTSTART:20270301T080000Z\r\nDTEND:20270301T090000Z\r\nSUMMARY:Conseil\r\n"
    b"ORGANIZER:mailto:parent@dehors.example\r\nATTENDEE;RSVP=TRUE:mailto:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@dataclass(frozen=True)
class Offer:
    method: str
    url: str
    fragment: bool = False  # asked for by htmx
    asks: bool = False  # a form: it brings what its fields say


@dataclass
class Offers(HTMLParser):
    """All that a page would ask the server for, whoever sees it. A form's button sends as its form does."""

    here: str
    found: set[Offer] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._forms: dict[str, str] = {}
        self._open = ""
        self._pressed: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = said.get("method", "get").upper()
            self._open = said.get("id", "") or f"unnamed {len(self._forms)}"
            self._forms[self._open] = method
            self._note(method, said.get("action", ""), asks=True)
        if "formaction" in said:
            self._pressed.append((said.get("form", self._open), said["formaction"]))
        for name, value in said.items():
            if name in GETS or name.startswith("data-"):
                self._note("GET", value, fragment=name == "hx-get")
            elif name in POSTS:
                self._note("POST", value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = ""

    def close(self) -> None:
        super().close()
        for form, url in self._pressed:
            self._note(self._forms[form], url, asks=True)

    def _note(self, method: str, url: str, *, fragment: bool = False, asks: bool = False) -> None:
        url = url.partition("#")[0]
        if url.startswith(self.here):
            self.found.add(Offer(method, url, fragment, asks))


def offers_of(page: str, here: str) -> set[Offer]:
    parser = Offers(here)
    parser.feed(page)
    parser.close()
    return parser.found


def name_of(url: str) -> str:
    try:
        return resolve(url.partition("?")[0]).url_name or ""
    except Resolver404:
        raise AssertionError(f"no such address: {url}") from None


def walk(desk: MailBrowser, box: Box, each: int) -> Iterator[tuple[str, Offer]]:
    """Every page that one comes to from the first one, and what it offers; of one address with one set of questions
    `each` pages of a folder."""
    to_see, seen, times = deque([Offer("GET", place(box))]), set(), Counter[tuple[object, ...]]()
    for tail in ("recherche/?q=cantine", "recherche/?q=introuvable", "recherche/"):
        to_see.append(Offer("GET", place(box, tail)))
    while to_see:
        page = to_see.popleft()
        kind = name_of(page.url), page.fragment, *sorted(re.findall(r"[?&](\w+)=", page.url))
        folder = re.search(r"/dossiers/([^/]+)/", page.url)
        if page in seen or times[kind, folder and folder[1]] >= each:
            continue
        seen.add(page)
        times[kind, folder and folder[1]] += 1
        answer = desk.get(page.url, **(HTMX if page.fragment else {}))
        if answer.status_code == 405:
            continue  # an address in a `data-`, which a script sends to
        held = answer.status_code == 403 and "/retenue/levee/" in answer.content.decode()  # asked about first
        assert held or answer.status_code < 400, (page, answer.status_code)
        if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for offer in offers_of(answer.content.decode(), place(box)):
            yield page.url, offer
            if offer.method == "GET" and not offer.asks:
                to_see.append(offer)


@pytest.fixture
def furnished(box: Box, desk: MailBrowser, cleaner: Path) -> Box:
    """One of each kind of page."""
    there, now = MailBrowser(box, desk.client), timezone.now()
    with there.session() as session:
        session.create(FolderName("Familles"))
    message = letter(
        box.address, subject="Cantine", sender="Luc Petit <luc@dehors.example>", text="À moi@dehors.example."
    )
    message["Cc"] = "anne@dehors.example, paul@dehors.example"
    message["Disposition-Notification-To"] = "luc@dehors.example"
    message["List-Unsubscribe"] = "<mailto:fin@dehors.example>"
    message.add_alternative(
        '<p>Écrire à <a href="mailto:moi@dehors.example">moi</a>, <a href="https://dehors.example/x">voir</a>'
        '<img src="https://dehors.example/i.png"></p>', subtype="html",
    )  # fmt: skip
    message.add_attachment(PIXEL, maintype="image", subtype="png", filename="photo.png")
    message.add_attachment(VCARD, maintype="text", subtype="vcard", filename="luc.vcf")
    meeting = MEETING % box.address.encode()
    message.add_attachment(meeting, maintype="text", subtype="calendar", filename="conseil.ics")
    message.add_attachment(letter(box.address, subject="Dedans"))
    plain = letter(
        box.address, subject="Cantine", sender="Luc Petit <luc@dehors.example>", text="Voir moi@dehors.example."
    )
    for role in ("inbox", "sent", "trash", "junk", "archive"):
        there.put(message, role, flags=(Flag("$label1"), FLAGGED))
        there.put(plain, role)
    exchange = Exchange(there)
    for text in ("Combien ?", "Quarante-sept."):
        exchange.put(text, sender="Luc Petit <luc@dehors.example>")
    tomorrow = (now + timedelta(days=1)).isoformat()
    for uid in (there.put(message, flags=(Flag("$label1"),)), there.put(plain)):
        off = desk.post(place(box, f"dossiers/{there.id()}/plus-tard/"), {"choix": uid, "jusqua": tomorrow})
        assert off.status_code == 302, off.content.decode()[-3000:]
    written: dict[str, object] = {
        "a": "luc@dehors.example",
        "objet": "Cantine",
        "texte": "Bonjour.",
        "fenetre": "w1",
        "revision": "0",
    }
    assert desk.post(place(box, f"ecrire/{new_key()}/"), written).status_code < 400
    planned = {**written, "depart": tomorrow, "malgre": "1"}
    assert desk.post(place(box, f"ecrire/{new_key()}/programmation/"), planned).status_code < 400
    assert Outgoing.objects.filter(account=box.key).count() == 2
    assert Snoozed.objects.filter(account=box.key).count() == 2
    desk.client.cookies.pop(toasts.COOKIE)
    redirection.save_redirection(box.account, desk.mail.address, keep_copy=True, by=desk.mail.key, now=now)
    return box


@pytest.mark.parametrize("each", [1, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("right", [OWNER, MEMBER, READER])
def test_what_is_offered_is_allowed(desk: MailBrowser, furnished: Box, right: MailboxRights, each: int) -> None:
    furnished.give(desk.mail, right)
    access = MailboxAccess(furnished.account, desk.mail.account, right)
    refused: dict[tuple[str, str], set[str]] = {}
    opened = set[str]()
    for page, offer in walk(desk, furnished, each):
        opened.add(name_of(page))
        if not access.may_open(name_of(offer.url), offer.method):
            refused.setdefault((offer.method, name_of(offer.url)), set()).add(name_of(page))
    assert refused == {}
    assert SEEN_BY[READER] <= opened
    assert (SEEN_BY[MEMBER] <= opened) == (right != READER)
    assert (SEEN_BY[OWNER] <= opened) == (right == OWNER)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_act_is_a_line_of_the_log(
    desk: MailBrowser, box: Box, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    """The house's page, and no trace of where in our code it was refused, as of a fault of ours."""
    box.give(desk.mail, READER)
    answer = desk.post(place(box, "dossiers/gestion/nouveau/"), {"nom": "Familles"}, **headers)
    assert answer.status_code == 403
    assert "Ce pli ne vous est pas adressé" in html.unescape(answer.content.decode())
    assert "Traceback" not in caplog.text
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert "403 POST" in caplog.text
