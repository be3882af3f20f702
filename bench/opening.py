"""Opening a message: a letter of 20 KB and a newsletter of 200 KB in HTML, above what Dovecot alone takes.

    python -m bench.opening DATA [--rounds 60] [--first]

Pressed in its list, as a person opens it: the page that is there says which rows it has. By its address, in a new tab:
the list is sent with it. By a mouse that rested on it before: it was made ready then. `--first`: each letter has words
of its own and is opened for the first time, so that nothing of it is on any shelf; its list was drawn before, as an
open page does by itself when a letter comes.
DATA is the folder of a running demo. Floor: SELECT and the whole message fetched in one write on an open connection,
bytes read and not parsed. Message: the page over HTTPS; body: its cleaned HTML, which the browser asks for besides.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.storm import Browser

SIZES = {"letter, 20 KB": 20_000, "newsletter, 200 KB": 200_000}
LETTERS = 12
WAYS = ("pressed in its list", "by its address", "under a resting mouse, then pressed")
PRESS = {"X-Press": "1", "Purpose": "prefetch"}
PRESSED = {"HX-Request": "true", "HX-Target": "div#bureau", "HX-Boosted": "true"}


@dataclass
class Timed:
    floor: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    body: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--first", action="store_true")
    options = parser.parse_args()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from vaguemestre.accounts.models import Account
    from vaguemestre.webmail.connection import pool

    endpoints = json.loads((options.data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key = Account.objects.get(identifier=person["identifier"]).key
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "not signed in"
    timed = {(title, way): Timed() for title in SIZES for way in WAYS}
    with pool().session(key) as session:
        places = {title: _filled(session, size) for title, size in SIZES.items()}
        for number in range(options.rounds + 5):
            for title, way in timed:
                folder, uids, wire = places[title]
                one = Timed() if number < 5 else timed[title, way]
                uid = _another(session, title, folder) if options.first else uids[number % len(uids)]
                there = _asked(browser, f"/webmail/dossiers/{folder}/")
                place = f"/webmail/dossiers/{folder}/{uid}/"
                shown = {"X-Etat": state(there), "X-Suite": f"1 /webmail/dossiers/{folder}/"}
                said = {} if way == WAYS[1] else PRESSED | shown
                if way == WAYS[2]:
                    browser.ask("GET", f"{place}avance/")
                    time.sleep(0.05)  # from there to the press
                    said |= PRESS
                one.floor.append(_timing(_raw, session._link.connection, wire, uid))
                one.page.append(_timing(_asked, browser, place, said))
                one.body.append(_timing(_asked, browser, f"{place}corps/"))
    _report(timed)


def _filled(session: Any, size: int) -> tuple[str, list[int], bytes]:
    from vaguemestre.mailbox.values import SEEN, FolderName

    name = FolderName(f"Mesure {size} octets")
    known = next((folder for folder in session.folders() if folder.name == name), None)
    folder = known or session.create(name)
    for number in range(folder.total, LETTERS):
        session.append(folder.id, html_letter(f"{name} {number}", size), flags=[SEEN])
    session.folders()
    return folder.id, [int(row.uid) for row in session.page(folder.id, count=LETTERS).rows], name.wire


def _another(session: Any, title: str, folder: str) -> int:
    """Put there now, with words that no other has."""
    from vaguemestre.mailbox.values import SEEN

    subject = f"Mesure {time.time_ns()}"
    raw = html_letter(subject, SIZES[title]).replace("La réunion".encode(), subject.encode())
    session.append(folder, raw, flags=[SEEN])
    session.folders()
    return int(session.page(folder, count=1).rows[0].uid)


def html_letter(subject: str, size: int) -> bytes:
    """A table of styled paragraphs, as newsletters are."""
    rows: list[str] = []
    number = 0
    while sum(len(row) for row in rows) < size:
        number += 1
        rows.append(
            f'<tr><td style="padding:8px 12px;border-bottom:1px solid #ddd"><h3 style="color:#224466">Article {number}'
            f'</h3><p style="margin:0 0 8px">La réunion du conseil, prévue en salle {number}, est reportée. '
            f'<a href="https://exemple.example/article/{number}?suivi=abc">Lire la suite</a></p></td></tr>'
        )
    html = f"<html><body><table width='600'>{''.join(rows)}</table></body></html>"
    head = (
        f"From: Anne <anne@librairie.example>\r\nTo: mathilde.lefevre@ac-amiens.fr\r\nSubject: {subject}\r\n"
        f"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{subject.replace(' ', '.')}@librairie.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return head.encode() + html.replace("</tr>", "</tr>\r\n").encode() + b"\r\n"


def _raw(connection: Any, wire: bytes, uid: int) -> None:
    connection._socket.sendall(b'r1 SELECT "%s"\r\nr2 UID FETCH %d (FLAGS BODY.PEEK[])\r\n' % (wire, uid))
    data = b""
    while b"\r\nr2 " not in data[-200:] or not data.endswith(b"\r\n"):
        data += connection._socket.recv(1 << 20)


def _asked(browser: Browser, path: str, said: dict[str, str] | None = None) -> bytes:
    status, body = browser.ask("GET", path, said=said)
    assert status == 200, f"{path}: {status}"
    assert len(body) > 1000, path
    return body


def state(page: bytes) -> str:
    found = re.search(rb'data-state="([0-9a-f]+)', page)
    assert found, "a list without its state"
    return found[1].decode()


def _timing(act: Callable[..., object], *of: Any) -> float:
    began = time.perf_counter()
    act(*of)
    return (time.perf_counter() - began) * 1000


def _report(timed: dict[tuple[str, str], Timed]) -> None:
    print("| message | floor | page over HTTPS | its body over HTTPS | page and body above the floor |")
    print("|---|---|---|---|---|")
    for (title, way), one in timed.items():
        both = median(page + body - floor for page, body, floor in zip(one.page, one.body, one.floor, strict=True))
        times = " | ".join(f"{median(some):.1f} ms" for some in (one.floor, one.page, one.body))
        print(f"| {title}, {way} | {times} | {both:.1f} ms |")


if __name__ == "__main__":
    main()
