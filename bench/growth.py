"""What grows when an académie grows: people, the size of a folder, pages that stand open.

    python -m bench.growth DATA [--people 1000,5000,20000,35539] [--folder 1000,50000,200000] [--pages 20,200,2000]

DATA is the folder of a running demo of its own: accounts, folders and letters made here stay in it. An empty list
leaves its part out. At each size, one request at a time, medians over HTTPS:

- list, open (an unread letter: the page and its mark), refresh without news, search of a rare word in all folders;
- first list: after the web processes were started again, so that nothing of the mailbox is known to them;
- sign-in: from the button to the answer, less a bare Argon2 verification of the same moment;
- arrival: from the hand-over to Postfix until the list of an open page says that something is new;
- memory: of the web processes, and of the event process where pages are open (PSS).

Sizes are visited from small to large, so a machine that slows down would look like growth: run it on a quiet one.
Writes a table, and the curves as a picture beside this file.
"""

import argparse
import asyncio
import itertools
import json
import os
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import make_msgid
from functools import partial
from pathlib import Path
from statistics import median

from argon2 import PasswordHasher

from bench import growth_chart, product_side, streams
from bench.list import _filled
from bench.mail_users import Person, _accounts
from bench.processes import memory_mb, tree
from bench.search import _indexed
from bench.storm import CHECKOUT, Browser
from bench.webmail_side import Act
from bench.wire import Wire
from vaguemestre.academy.facts import read_academy
from vaguemestre.instance import read_instance
from vaguemestre.mailbox.values import SEEN

RARE = "zorglub"
MESSAGES = 1000  # in the folder of who is asked, where another thing grows
ROUNDS, FEW, FIRST = 25, 5, 3
ARRIVAL_SECONDS = 30
WORD = "Un mot de passe"
UNCHANGED = 204
NOT_YET = b'"encore"'  # the page asks again by itself: its conversations are being found
type Row = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=_sizes, default="1000,5000,20000,35539")
    parser.add_argument("--folder", type=_sizes, default="1000,50000,200000")
    parser.add_argument("--pages", type=_sizes, default="20,200,2000")
    options = parser.parse_args()
    data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from django.db import connection

    demo = Demo(data)
    parts = {
        "messages in a folder": (options.folder, demo.with_folder),
        "open pages": (options.pages, demo.with_pages),
        "people": (options.people, demo.with_people),  # last: they stay
    }
    measured = {title: {size: look(size) for size in sizes} for title, (sizes, look) in parts.items() if sizes}
    for title, rows in measured.items():
        _report(title, rows)
    chart = CHECKOUT / "bench" / f"growth-{connection.vendor}.svg"
    chart.write_text(growth_chart.draw(measured))
    print(f"\n{chart.relative_to(CHECKOUT)}")


def _sizes(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if word]


class Demo:
    def __init__(self, data: Path) -> None:
        from vaguemestre.accounts.models import Account

        self.data = data
        self.endpoints = json.loads((data / "endpoints.json").read_text())
        self.person = next(account for account in self.endpoints["accounts"] if account["role"] == "teacher")
        self.key = Account.objects.get(identifier=self.person["identifier"]).key
        argon2 = read_academy(CHECKOUT / "academy.toml").passwords.argon2
        self.hasher = PasswordHasher(
            time_cost=argon2.time_cost, memory_cost=argon2.memory_kib, parallelism=argon2.parallelism
        )
        self.encoded = self.hasher.hash(WORD)

    def with_folder(self, size: int) -> Row:
        return self._look(size)

    def with_pages(self, count: int) -> Row:
        with _open_pages(read_instance().ports.events, count):
            row = self._look(MESSAGES)
            events = product_side.roots(self.data, ("vaguemestre.events:",))
            return row | {"events, MB": memory_mb(tree(events))}

    def with_people(self, count: int) -> Row:
        from vaguemestre.accounts.models import Account

        there = Account.objects.count()
        if there < count:
            made = Account.objects.filter(person__hr_key__startswith="mesure-").count()
            _accounts(made + count - there)
        return self._look(MESSAGES)

    def _look(self, messages: int) -> Row:
        from vaguemestre.webmail.connection import pool

        folder = _filled(pool(), self.key, messages)
        _indexed(pool(), self.key)
        with pool().session(self.key) as session:
            session.folders()
            uids = [row.uid for row in session.page(folder, count=50).rows]
        person = Person(self.key, str(folder), f"Mesure {messages}", list(map(int, uids)))
        acts = product_side.visitor(self.endpoints, person, itertools.cycle(person.uids))
        wire = Wire(self.endpoints["web"], self.endpoints["ca"])
        wire.cookies = acts.cookies
        while NOT_YET in wire.ask("GET", f"/webmail/dossiers/{folder}/")[1]:
            time.sleep(1)
        first = [self._first_list(wire, acts.acts["list"]) for _ in range(FIRST)]
        asked: dict[str, Act] = {**acts.acts, "search": _search}
        times: dict[str, list[float]] = {"first list": first}
        for number, (name, ask) in itertools.product(range(-FEW, ROUNDS), asked.items()):
            if name == "open":
                with pool().session(self.key) as session:
                    session.store(folder, uids, remove=[SEEN])
                asked["list"](wire)  # an open page hears of it before one presses
            seconds = _timed(partial(ask, wire))
            if number >= 0:
                times.setdefault(name, []).append(seconds)
        times["sign-in"] = [self._sign_in() for _ in range(ROUNDS)]
        times["arrival"] = [self._arrival(wire, acts.acts) for _ in range(ROUNDS)]
        web = product_side.roots(self.data, product_side.WEB)
        return {name: median(some) * 1000 for name, some in times.items()} | {"web, MB": memory_mb(tree(web))}

    def _first_list(self, wire: Wire, ask: Act) -> float:
        product_side.replace_workers(self.data, self.endpoints)
        for _process in range(20):  # each has drawn a page, of somebody who has no mailbox open
            wire.ask("GET", "/health/")
        return _timed(partial(ask, wire))

    def _sign_in(self) -> float:
        browser = Browser(self.endpoints)
        form = browser.sign_in_form(self.person["identifier"], self.person["password"])
        whole = _timed(lambda: _expected(302, browser.ask("POST", "/session/", form)))
        browser.connection.close()
        return whole - _timed(lambda: self.hasher.verify(self.encoded, WORD))

    def _arrival(self, wire: Wire, acts: dict[str, Act]) -> float:
        """Into the inbox: the list of any folder says what the column says."""
        acts["list"](wire)
        message = EmailMessage()
        message["From"], message["To"] = "sophie@librairie.example", self.person["address"]
        message["Subject"], message["Message-ID"] = "Arrivée", make_msgid(domain="librairie.example")
        message.set_content("Bonjour.")
        with smtplib.SMTP(self.endpoints["smtp"]["host"], self.endpoints["smtp"]["port"]) as server:
            server.send_message(message)
        begun = time.monotonic()
        while acts["refresh"](wire)[0] == UNCHANGED:
            assert time.monotonic() - begun < ARRIVAL_SECONDS, "nothing arrives"
        return time.monotonic() - begun


def _search(wire: Wire) -> tuple[int, bytes]:
    return wire.ask("GET", f"/webmail/recherche/?q={RARE}")


def _timed(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def _expected(status: int, answer: tuple[int, bytes]) -> None:
    assert answer[0] == status, answer[0]


@contextmanager
def _open_pages(port: int, count: int) -> Iterator[None]:
    """Event streams of so many accounts, which hear nothing but the heartbeat."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(streams.opened(port, range(count)), loop).result(120)
        yield
    finally:
        for writer in streams.writers:
            loop.call_soon_threadsafe(writer.close)
        streams.writers.clear()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _report(title: str, rows: dict[int, Row]) -> None:
    names = list(next(iter(rows.values())))
    print(f"\n| {title} | {' | '.join(names)} |\n{'|---' * (len(names) + 1)}|")
    for size, row in rows.items():
        print(f"| {size:,} | {' | '.join(f'{row[name]:.1f}' for name in names)} |")


if __name__ == "__main__":
    main()
