"""A search in all folders, of 1,000 or 50,000 messages: a rare word, a common one, and each way to narrow it.

    python -m bench.search [DATA] [--rounds 20] [--size 1000] [--making]

DATA is the folder of a running demo; without it one is started and thrown away. A folder is filled through IMAP once.
Then, in each round, for every search in turn:

- floor: one write of SELECT and SORT with the bare word as its only key, and FETCH of the rows found, unparsed;
- client: `Session.search` of the same, with forms, names and attachments, rows parsed, excerpts read;
- page: the whole page of results over HTTPS through nginx, as it is asked for while one types.

With --making, then: the same pages while the indexer stands still and the large folder has one message that is not in
in the index, so that of its texts nothing may be asked.
"""

import argparse
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bench.list import _filled, _pool, demo_at, timing
from bench.storm import Browser

if TYPE_CHECKING:
    from vaguemestre.mailbox.imap.pool import Pool
    from vaguemestre.mailbox.values import MailboxId

RARE = "zorglub"
# As one types, narrows and adds: none should be slower than the word alone.
SEARCHES = (
    RARE, "réu", "réunion", "réunion conseil", f"réunion {RARE}", "réunion -conseil", "réunion de:anne12",
    "réunion est:non-lu", "réunion pj:oui", "réunion après:30j", "pj:note", "de:lefevre", '"conseil classe"',
)  # fmt: skip


@dataclass
class Timed:
    floor: list[float] = field(default_factory=list)
    client: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    found: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--making", action="store_true")
    options = parser.parse_args()
    with demo_at(options.data) as data:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        measure(data, options.size, options.rounds, making=options.making)
    return 0


def measure(data: Path, size: int, rounds: int, *, making: bool) -> None:
    import json

    from vaguemestre.accounts.models import Account

    endpoints = json.loads((data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key = Account.objects.get(identifier=person["identifier"]).key
    pool = _pool()
    folder = _filled(pool, key, size)
    _one_rare(pool, key)
    _indexed(pool, key)
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own teacher"
    timed = {text: Timed() for text in SEARCHES}
    for round_ in range(rounds + 3):
        for text, one in timed.items():
            _look(pool, key, browser, text, one, counted=round_ >= 3)
    _report(size, timed)
    if making:
        _while_made(data, pool, key, folder, browser, timed)


def _while_made(
    data: Path, pool: "Pool", key: str, folder: "MailboxId", browser: Browser, timed: dict[str, Timed]
) -> None:
    from vaguemestre.engine.testing import sleeping_indexer

    pages: dict[str, list[float]] = {text: [] for text in timed}
    with sleeping_indexer(data):
        with pool.session(key) as session:
            for number in range(100):
                session.append(folder, f"Subject: {RARE} {number}\r\n\r\nBonjour.\r\n".encode())
        first = timing(lambda: _http(browser, f"/webmail/recherche/?q={RARE}"))
        for _round in range(6):
            for text, times in pages.items():
                times.append(timing(partial(_http, browser, f"/webmail/recherche/?q={quote(text)}")))
    print(f"\nWhile the index is being made; the first page of all after {first / 1000:.1f} s\n")
    print("| page over HTTPS | the index is whole | it is being made |")
    print("|---|---|---|")
    for text, times in pages.items():
        print(f"| `{text}` | {median(timed[text].page):.0f} ms | {median(times):.0f} ms |", flush=True)


def _one_rare(pool: "Pool", key: str) -> None:
    with pool.session(key) as session:
        archive = session.by_role("archive")
        assert archive is not None
        assert archive.id is not None
        session.append(archive.id, f"Subject: Une lettre\r\n\r\nBonjour {RARE}.\r\n".encode())


def _indexed(pool: "Pool", key: str) -> None:
    """A search gives up after half a minute when the index is still being made: of 50,000 messages it takes longer."""
    from vaguemestre.mailbox.errors import MailboxRefusedError, NoAnswerError
    from vaguemestre.mailbox.imap.query.search_query import Query, Term

    for _try in range(20):
        try:
            with pool.session(key) as session:
                session.search(Query((Term(RARE),)))
        except (MailboxRefusedError, NoAnswerError) as error:
            if isinstance(error, MailboxRefusedError) and error.code != "INUSE":
                raise
        else:
            return
    raise SystemExit("after ten minutes the index was still being made")


def _look(pool: "Pool", key: str, browser: Browser, text: str, timed: Timed, *, counted: bool) -> None:
    from django.utils import timezone

    from vaguemestre.webmail.labels.labels import Labels
    from vaguemestre.webmail.search.results import read_request

    with pool.session(key) as session:
        query = read_request(session, text, timezone.now(), Labels((), ()), frozenset).query
        floor = timing(lambda: _raw(session._link.connection, query.terms[0].text))
        client = timing(lambda: session.search(query))
        timed.found = session.search(query)[0].total
    page = timing(lambda: _http(browser, f"/webmail/recherche/?q={quote(text)}"))
    if counted:
        for times, milliseconds in ((timed.floor, floor), (timed.client, client), (timed.page, page)):
            times.append(milliseconds)


def _raw(connection: Any, word: str) -> None:
    """The first word's own cost: what no client can do without."""
    from vaguemestre.mailbox.imap.fetch_rows import WHOLE_ROW
    from vaguemestre.mailbox.imap.wire.commands import quote_string

    sort = b"UID SORT RETURN (PARTIAL 1:50 COUNT) (REVERSE ARRIVAL) UTF-8 TEXT " + quote_string(word.encode())
    answer = connection.round_trip([b'SELECT "Virtual/All"', sort])
    for data in answer.named("ESEARCH"):
        lists = [value for value in data.values if isinstance(value, list) and value[0] != b"TAG"]
        numbers = lists[0][1] if lists else None
        if isinstance(numbers, bytes):
            connection._socket.sendall(b"r1 UID FETCH %s %s\r\n" % (numbers, WHOLE_ROW))
            received = b""
            while not received.endswith(b"\r\n") or not received.splitlines()[-1].startswith(b"r1 "):
                received += connection._socket.recv(1 << 20)


def _http(browser: Browser, path: str) -> None:
    status, _body = browser.ask("GET", path)
    assert status == 200, f"{path}: {status}"


def _report(size: int, timed: dict[str, Timed]) -> None:
    print(f"| {size:,} messages | found | floor of its first word | client | page over HTTPS | page above floor |")
    print("|---|---|---|---|---|---|")
    for text, one in timed.items():
        times = " | ".join(f"{median(some):.1f} ms" for some in (one.floor, one.client, one.page))
        above = median(page - floor for page, floor in zip(one.page, one.floor, strict=True))
        print(f"| `{text}` | {one.found:,} | {times} | {above:.1f} ms |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
