"""An hour of all kinds of traffic at once, without a kill: `python -P -m proofs.mixed_traffic [--minutes 60]`.

Each kind comes several times a minute, all at moderate rates: people sign in, read, search, send a file and sign out;
mail programs wait in IDLE, delete what is old; strangers' servers bring mail; a shared mailbox is read; pages listen;
files are made into PDF; the HR feed is imported, mailboxes are exported. What the programs hold is looked at every half
minute (`resource_growth.py`); a table at the end, 1 when something continues growing after the first quarter, or when a
kind of traffic fails. `--data DIR`: a demo that runs already.
"""

import argparse
import contextlib
import csv
import functools
import imaplib
import json
import os
import re
import smtplib
import tempfile
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import count
from pathlib import Path

from bench.storm import TOKEN, Browser
from proofs.resource_growth import Watch
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.demo import BOXES, FEEDS
from vaguemestre.launcher.processes.product_commands import manage
from vaguemestre.launcher.testing import Demo, mail_program, running_demo

ROLES = ("teacher", "school-head", "hr-officer", "college-head", "deputy", "secretary")  # a password is all they need
BOX = BOXES["tilleuls"]
LOOK_SECONDS = 30
TOLD_EVERY = 10  # looks
KEPT_MESSAGES = 60  # of each mailbox, by its mail program
IDLE_SECONDS = 20
FAILURES = 0.02  # of a kind: an answer may come late on a busy machine
APPLIED = (0, 3)  # 3: with lines that were refused
ROW = re.compile(rb'href="(/webmail/(?:boites/[^/"]+/)?dossiers/[^/"]+/[0-9]+/)"')
FRAME = re.compile(rb'<iframe class="body-frame"[^>]* src="([^"]+)"')
FILE = re.compile(rb'href="(/webmail/[^"]+/pieces/[^"]+/)(?:vue|telechargement)/')
READY = re.compile(rb'href="(/mon-compte/export/[^"]+/archive.zip)"')


@dataclass
class Kind:
    every: float  # seconds
    act: Callable[[int], None]
    done: int = 0
    failures: list[str] = field(default_factory=list)

    def go_on(self, over: threading.Event) -> None:
        for number in count():
            begun = time.monotonic()
            try:
                self.act(number)
                self.done += 1
            except Exception:  # noqa: BLE001 - whatever fails is told at the end, and the traffic goes on
                self.failures.append(traceback.format_exc(limit=-2))
            if over.wait(max(0.5, self.every - (time.monotonic() - begun))):
                return


class Traffic:
    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._people: list[dict[str, str]] = [
            account for account in demo.endpoints["accounts"] if account["role"] in ROLES
        ]
        self.kinds = {
            "visits": Kind(10, self._visit),
            "mail from outside": Kind(5, self._from_outside),
            "mail programs in IDLE": Kind(2, self._wait_in_idle),
            "a shared mailbox": Kind(20, self._shared),
            "open pages": Kind(15, self._listen),
            "exports": Kind(60, self._export),
            "HR feeds": Kind(60, self._feed),
        }

    def _person(self, number: int) -> dict[str, str]:
        return self._people[number % len(self._people)]

    @contextlib.contextmanager
    def _signed_in(self, account: dict[str, str]) -> Iterator[Browser]:
        browser = Browser(self._demo.endpoints)
        status = browser.sign_in(account["identifier"], account["password"])
        assert status == 302, f"sign-in: {status}"
        yield browser
        post(browser, "/session/fin/", well=(302,))
        browser.connection.close()

    def _visit(self, number: int) -> None:
        with self._signed_in(self._person(number)) as browser:
            inbox = get(browser, "/webmail/")
            for path in ROW.findall(inbox)[number % 5 :][:2]:
                message = get(browser, path.decode())
                for frame in FRAME.findall(message):
                    get(browser, frame.decode())
                for file in FILE.findall(message)[:1]:
                    get(browser, f"{file.decode()}vue/")
            get(browser, f"/webmail/recherche/?q=mesure{number % 50}")
            if number % 2 == 0:
                self._send(browser, number)

    def _send(self, browser: Browser, number: int) -> None:
        """A file with it; one in three also to somebody outside."""
        form = {"csrfmiddlewaretoken": token(browser), "objet": f"Mesure {number}", "fenetre": "w1", "revision": "0"}
        form |= {"a": self._person(number + 1)["address"], "texte": f"mesure{number % 50}, ci-joint."}
        if number % 3 == 0:
            form["a"] += ", sophie@librairie.example"
        key = uuid.uuid4().hex
        body, kind = multipart(form, "fichier", "mesure.pdf", pdf(number))
        browser.connection.request(
            "POST", f"/webmail/ecrire/{key}/envoi/", body,
            {"Cookie": cookies(browser), "Content-Type": kind, "Origin": browser.origin, "Referer": browser.origin},
        )  # fmt: skip
        answer = browser.connection.getresponse()
        answer.read()
        assert answer.status == 302, f"sending: {answer.status}"

    def _from_outside(self, number: int) -> None:
        message = EmailMessage()
        message["From"], message["To"] = "Anne <anne@librairie.example>", self._person(number)["address"]
        message["Subject"], message["Message-ID"] = f"Dehors {number}", make_msgid(domain="librairie.example")
        message.set_content(f"Bonjour,\n\nmesure{number % 50}\n")
        if number % 2:
            rows = "".join(f"<tr><td>{row}</td><td style='color:#a00'>mesure</td></tr>" for row in range(200))
            message.add_alternative(f"<h1>Lettre {number}</h1><table>{rows}</table>", subtype="html")
        if number % 5 == 0:
            message.add_attachment(pdf(number), maintype="application", subtype="pdf", filename="mesure.pdf")
        place = self._demo.endpoints["smtp"]
        with smtplib.SMTP(place["host"], place["port"], local_hostname="librairie.example", timeout=60) as server:
            server.send_message(message)

    def _wait_in_idle(self, number: int) -> None:
        with mail_program(self._demo, ROLES[number % len(ROLES)]) as server:
            for folder in ("INBOX", "Sent"):
                there = int(server.select(folder)[1][0] or b"0")
                if there > KEPT_MESSAGES:
                    server.store(f"1:{there - KEPT_MESSAGES}", "+FLAGS", r"(\Deleted)")
                    server.expunge()
            server.select("INBOX")
            server.fetch("1:*", "(FLAGS BODY.PEEK[HEADER])")
            idle(server, IDLE_SECONDS)

    def _shared(self, number: int) -> None:
        to_box = EmailMessage()
        to_box["From"], to_box["To"] = "anne@librairie.example", f"{BOX}@{self._people[0]['address'].partition('@')[2]}"
        to_box["Subject"], to_box["Message-ID"] = f"Pour la boîte {number}", make_msgid(domain="librairie.example")
        to_box.set_content("Bonjour.\n")
        place = self._demo.endpoints["smtp"]
        with smtplib.SMTP(place["host"], place["port"], local_hostname="librairie.example", timeout=60) as server:
            server.send_message(to_box)
        with self._signed_in(self._demo.account("college-head")) as browser:
            box = get(browser, f"/webmail/boites/{BOX}/")
            for path in ROW.findall(box)[:1]:
                get(browser, path.decode())

    def _listen(self, number: int) -> None:
        """As long as a page stands open."""
        with self._signed_in(self._person(number)) as browser:
            get(browser, "/webmail/")
            stream = Browser(self._demo.endpoints)
            stream.connection.request("GET", "/evenements/", headers={"Cookie": cookies(browser)})
            answer = stream.connection.getresponse()
            assert answer.status == 200, f"stream: {answer.status}"
            answer.fp.readline()
            time.sleep(10)
            stream.connection.close()

    def _export(self, number: int) -> None:
        with self._signed_in(self._person(number)) as browser:
            page = get(browser, "/mon-compte/depart/")
            for archive in READY.findall(page)[:1]:
                get(browser, archive.decode())
            post(browser, "/mon-compte/export/", well=(302,))

    def _feed(self, number: int) -> None:
        """Each time twenty people have gone to another officer, and back."""
        lines = list(csv.reader(FEEDS[-1].read_text("utf-8").splitlines(), delimiter=";"))
        officer = lines[1].index("officer")
        for line in lines[2:22]:
            line[officer] = f"DPE, bureau {number % 2}"
        lines[0][1] = date.today().isoformat()
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            csv.writer(file, delimiter=";", lineterminator="\n").writerows(lines)
            file.flush()
            Path(file.name).chmod(0o644)  # the command reads it as the service's user
            manage(self._demo.data, "people", "import", file.name, accepted=APPLIED)


def get(browser: Browser, path: str) -> bytes:
    """Follows where it leads."""
    for _hop in range(4):
        status, body = browser.ask("GET", path)
        if status not in (302, 303):
            assert status in (200, 204), f"{path}: {status}"
            return body
        path = browser.location
    raise AssertionError(f"{path}: round and round")


def post(browser: Browser, path: str, well: tuple[int, ...]) -> None:
    status, _body = browser.ask("POST", path, {"csrfmiddlewaretoken": token(browser)})
    assert status in well, f"{path}: {status} {browser.location}"


def token(browser: Browser) -> str:
    found = TOKEN.search(get(browser, "/webmail/ecrire/"))
    assert found, "a page without its token"
    return found[1].decode()


def cookies(browser: Browser) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def multipart(form: dict[str, str], field_name: str, name: str, content: bytes) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in form.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{field_name}"; filename="{name}"\r\n'
    body = "".join(parts).encode() + f"{head}Content-Type: application/pdf\r\n\r\n".encode() + content
    return body + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@functools.cache
def _piece() -> bytes:
    return (CHECKOUT / "seeds" / "iprof-piece.pdf").read_bytes()


def pdf(number: int) -> bytes:
    """Never the same twice: nothing of it is in a cache."""
    return _piece() + f"\n% {number} {uuid.uuid4().hex}\n".encode()


def idle(server: imaplib.IMAP4_SSL, seconds: float) -> None:
    """Python 3.14 has it in its library. What comes meanwhile is read afterwards."""
    mark = server._new_tag()
    server.send(mark + b" IDLE\r\n")
    assert server.readline().startswith(b"+"), "no IDLE"
    time.sleep(seconds)
    server.send(b"DONE\r\n")
    while not (line := server.readline()).startswith(mark):
        assert line, "the connection ended"
    assert line.split()[1] == b"OK", line
    del server.tagged_commands[mark]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES", "60")))
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if options.data:
            demo = Demo(options.data, json.loads((options.data / endpoints.FILE).read_text()))
        else:
            demo = stack.enter_context(running_demo(rspamd=True))
        return run(demo, options.minutes)


def run(demo: Demo, minutes: float) -> int:
    os.environ.update(VAGUEMESTRE_DATA=str(demo.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    traffic, watch, over = Traffic(demo), Watch(demo), threading.Event()
    threads = [threading.Thread(target=kind.go_on, args=(over,)) for kind in traffic.kinds.values()]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + minutes * 60
    try:
        while (left := ends - time.monotonic()) > 0:
            watch.look()
            if watch.looks % TOLD_EVERY == 0:
                acts = ", ".join(f"{name} {kind.done}" for name, kind in traffic.kinds.items())
                print(f"{left / 60:.0f} minutes left: {acts}", flush=True)
            time.sleep(min(LOOK_SECONDS, left))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return report(traffic, watch, minutes)


def report(traffic: Traffic, watch: Watch, minutes: float) -> int:
    print(f"{minutes:g} minutes\n\n| traffic | done | failed |\n|---|---|---|")
    for name, kind in traffic.kinds.items():
        print(f"| {name} | {kind.done} | {len(kind.failures)} |")
    print(f"\n{watch.table()}\n")
    failing = {name: kind for name, kind in traffic.kinds.items() if len(kind.failures) > kind.done * FAILURES}
    for name, kind in failing.items():
        print(f"FAILED: {name}, last of {len(kind.failures)}:\n{kind.failures[-1]}")
    for name in watch.growing():
        print(f"GROWS: {name}")
    return 1 if failing or watch.growing() else 0


if __name__ == "__main__":
    raise SystemExit(main())
