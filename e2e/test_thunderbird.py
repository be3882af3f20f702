"""The real Thunderbird, in French, that is told an address and a password and nothing else."""

import imaplib
import json
import os
import re
import socket
import ssl
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from e2e.island import Island, island
from e2e.marionette import Marionette
from e2e.post import act, deliver, in_the_end, subjects
from vaguemestre.academy.facts import academy
from vaguemestre.instance import listen_addresses
from vaguemestre.launcher.testing import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
HOST = f"messagerie.{academy().domain}"
PORT = 2828  # Marionette's own
# A first start without tours.
PREFERENCES = {
    "intl.locale.requested": "fr", "mailnews.start_page.enabled": False, "mail.shell.checkDefaultClient": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True, "mail.inappnotifications.enabled": False,
    "app.donation.eoy.version.viewed": 999,
}  # fmt: skip
SERVER = "const server = MailServices.accounts.accounts[0].incomingServer;"
INBOX = f"{SERVER} const inbox = server.rootFolder.getFolderWithFlags(0x1000);"
LETTER = f"{INBOX} const letter = [...inbox.messages].find(one => one.mime2DecodedSubject == arguments[0]);"
COMPOSE = """
const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
[fields.to, fields.subject, fields.body] = arguments;
const letter = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
letter.type = Ci.nsIMsgCompType.New;
letter.format = Ci.nsIMsgCompFormat.PlainText;
letter.composeFields = fields;
letter.identity = MailServices.accounts.accounts[0].defaultIdentity;
MailServices.compose.OpenComposeWindowWithParams(null, letter);"""
SEND = """
const paper = Services.wm.getMostRecentWindow("msgcompose");
const button = paper?.composeEditorReady && paper.document.getElementById("button-send");
if (!button || button.disabled) return false;
button.click();
return true"""


@dataclass(frozen=True)
class Desktop:
    """Thunderbird on a machine where the whole service stands at its standard ports."""

    island: Island
    demo: Demo
    account: dict[str, str]
    program: Marionette

    def letter(self, subject: str) -> dict[str, Any] | None:
        """As Thunderbird has it, or nothing."""
        facts = "{read: letter.isRead, starred: letter.isFlagged, labels: letter.getStringProperty('keywords')}"
        found: dict[str, Any] | None = self.program.script(f"{LETTER} return letter ? {facts} : null", subject)
        return found

    def flags(self, subject: str) -> str:
        """As another program sees the letter."""
        context = ssl.create_default_context(cafile=str(self.demo.ca))
        with self.island.inside(), imaplib.IMAP4_SSL("localhost", 993, ssl_context=context) as box:
            box.login(self.account["identifier"], self.account["password"])
            box.select("INBOX", readonly=True)
            _answer, found = box.search(None, "SUBJECT", f'"{subject}"')
            _answer, flags = box.fetch(found[0].decode(), "(FLAGS)")
        return str(flags[0])

    def receive(self) -> str:
        subject = f"Sortie {uuid.uuid4().hex[:8]}"
        with self.island.inside():
            deliver(self.demo, to=self.account["address"], subject=subject)
        in_the_end(lambda: self.letter(subject) is not None)
        return subject

    def page(self, path: str, **form: str) -> str:
        """As its owner sees it in a browser."""
        files = (f"--{name}" for name in ("cookie", "cookie-jar"))
        options = [word for name in files for word in (name, str(self.island.folder / "cookies"))]
        fields = [word for name, value in form.items() for word in ("--data-urlencode", f"{name}={value}")]
        address = f"https://{HOST}{path}"
        command = ("curl", "--silent", "--fail-with-body", "--cacert", str(self.demo.ca), "--referer", address)
        return _said(self.island.command(*command, *options, *fields, address))


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    with ExitStack() as stack:
        isle = stack.enter_context(island())
        demo = stack.enter_context(isle.demo(HOST))
        program = stack.enter_context(_thunderbird(isle, demo))
        account = demo.account("teacher")
        _set_up(program, account)
        yield Desktop(isle, demo, account, program)


def _set_up(program: Marionette, account: dict[str, str]) -> None:
    """What a person does: a name and the address, a look at what was found, the password."""
    program.fill("#realName", "Mathilde Lefèvre")
    program.fill("#email", account["address"])
    program.press("#forward")
    program.wait("#emailConfigFoundSubview")
    program.press("#forward")
    program.wait("#emailPasswordSubview")
    program.fill("#password", account["password"])
    program.press("#forward")
    program.wait("#emailAddedSuccessSubview")
    program.press("#forward")


def test_every_public_port_answers_by_ipv6_too(desktop: Desktop) -> None:
    with desktop.island.inside():
        for address in ("127.0.0.1", "::1")[: len(listen_addresses("::"))]:
            for port in (443, 993, 465, 25):
                socket.create_connection((address, port), timeout=20).close()


def test_it_sets_itself_up_from_the_address_alone(desktop: Desktop) -> None:
    facts = "server.type, server.hostname, server.port, server.username, server.socketType"
    ssl_tls = 3
    address = desktop.account["address"]
    assert desktop.program.script(f"{SERVER} return [{facts}]") == ["imap", HOST, 993, address, ssl_tls]
    smtp = "const smtp = MailServices.outgoingServer.servers[0].QueryInterface(Ci.nsISmtpServer);"
    said = desktop.program.script(f"{smtp} return [smtp.hostname, smtp.port, smtp.username, smtp.socketType]")
    assert said == [HOST, 465, address, ssl_tls]
    log = (desktop.demo.data / "log" / "nginx" / "access.log").read_text()
    assert '"GET /mail/config-v1.1.xml HTTP/2.0" 200' in log


def test_it_knows_what_each_folder_is_for_and_says_so_in_french(desktop: Desktop) -> None:
    facts = "server.rootFolder.subFolders.map(folder => [folder.localizedName, folder.flags & 0x40005700])"
    kinds = {"Courrier entrant": 0x1000, "Envoyés": 0x200, "Brouillons": 0x400, "Archives": 0x4000, "Corbeille": 0x100}
    kinds |= {"Indésirables": 0x40000000}
    assert dict(desktop.program.script(f"{SERVER} return {facts}")).items() >= kinds.items()


def test_new_mail_comes_by_itself(desktop: Desktop) -> None:
    """IDLE: asked for in turn, it would be looked for every ten minutes."""
    idle = "server.QueryInterface(Ci.nsIImapIncomingServer); return [server.useIdle, server.biffMinutes]"
    assert desktop.program.script(f"{SERVER} {idle}") == [True, 10]
    desktop.receive()


def test_marks_and_labels_are_the_same_here_and_there(desktop: Desktop) -> None:
    subject = desktop.receive()
    marking = "inbox.markMessagesRead([letter], true); inbox.markMessagesFlagged([letter], true);"
    desktop.program.script(f"{LETTER} {marking} inbox.addKeywordsToMessages([letter], '$label1')", subject)
    in_the_end(lambda: all(flag in desktop.flags(subject) for flag in (r"\Seen", r"\Flagged", "$label1")))
    with desktop.island.inside():
        act(desktop.demo, desktop.account, subject, "STORE", "-FLAGS", "\\Flagged")
        act(desktop.demo, desktop.account, subject, "STORE", "+FLAGS", "$label2")

    def seen_there() -> bool:
        letter = desktop.letter(subject)
        return letter is not None and not letter["starred"] and "$label2" in letter["labels"]

    in_the_end(seen_there)


def test_what_it_sends_arrives_and_is_kept_once(desktop: Desktop) -> None:
    subject, to = f"Élèves {uuid.uuid4().hex[:8]}", desktop.demo.account("hr-officer")
    desktop.program.script(COMPOSE, to["address"], subject, "Bonjour,\n\nÀ demain.")
    in_the_end(lambda: bool(desktop.program.script(SEND)))
    window = "return Boolean(Services.wm.getMostRecentWindow('msgcompose'))"
    in_the_end(lambda: not desktop.program.script(window))  # it goes once the copy is kept
    with desktop.island.inside():
        in_the_end(lambda: subject in subjects(desktop.demo, to))
        assert subjects(desktop.demo, desktop.account, "Sent").count(subject) == 1


def test_its_owner_reads_which_program_came_in(desktop: Desktop) -> None:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', desktop.page("/session/"))
    assert token
    typed = {"identifiant": desktop.account["identifier"], "secret": desktop.account["password"]}
    desktop.page("/session/", csrfmiddlewaretoken=token[1], **typed)
    version = desktop.program.script("return Services.appinfo.version")
    assert f"Thunderbird {version}" in desktop.page("/mon-compte/connexions/")


@contextmanager
def _thunderbird(isle: Island, demo: Demo) -> Iterator[Marionette]:
    """Our authority is trusted by the machine's policy, as an authority's own computers would have it."""
    policies = {"Certificates": {"Install": [str(demo.ca)]}, "DisableAppUpdate": True, "DisableTelemetry": True}
    (isle.folder / "thunderbird" / "policies").mkdir()
    (isle.folder / "thunderbird" / "policies" / "policies.json").write_text(json.dumps({"policies": policies}))
    profile = isle.folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines))
    options = ("--marionette", "--remote-allow-system-access", "--no-remote", "--profile", str(profile))
    with _screen() as display:
        surroundings = {"PATH": os.environ["PATH"], "HOME": str(isle.folder), "DISPLAY": display, "LANG": "C.UTF-8"}
        command = isle.command("/usr/lib/thunderbird/thunderbird", *options)
        nowhere = subprocess.DEVNULL
        with subprocess.Popen(command, env=surroundings, stdout=nowhere, stderr=nowhere) as program:
            try:
                yield Marionette(_connected(isle))
            finally:
                program.terminate()


def _connected(isle: Island) -> socket.socket:
    found: list[socket.socket] = []

    def tried() -> bool:
        try:
            with isle.inside():
                found.append(socket.create_connection(("127.0.0.1", PORT), timeout=60))
        except OSError:
            return False
        return True

    in_the_end(tried)
    return found[0]


@contextmanager
def _screen() -> Iterator[str]:
    """A display of its own, that nobody looks at."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
