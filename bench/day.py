"""A person's working day (`day.toml`) beside Debian's Roundcube: processor time a person, people a core.

    python -m bench.day DATA [--people 10] [--rounds 4] [--mailboxes 240] [--peers roundcube]

DATA is the folder of a running demo, as in `bench.mix`; the peers are served as there. In each round each side in turn
does the days of so many people. The idle minutes are cut out, and nothing else: every request that an open page would
have made by itself is made, every letter comes through Postfix, every third person has a program on IDLE. Where
minutes lie between two acts of somebody, the second is done by the next of the mailboxes, for whom the kept connection
has ended as it would have; everybody came once before the first round, and a minute passed. Not cut short: heartbeats
of open streams, which are reckoned (`day.toml`).

Processor time of everything that serves the side, Argon2 and TLS of the public IMAP port among it on ours, and on all
sides the same Postfix, Rspamd and LMTP for letters that come. A core: its seconds in the busiest hour. At eight
o'clock: all sessions at once sign in and see their list.
"""

import argparse
import itertools
import json
import os
import signal
import smtplib
import socket
import ssl
import sys
import time
import tomllib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from statistics import median
from typing import Any

from bench import mail_users, plain_imap, product_side, roundcube
from bench.mail_users import Person
from bench.opening import html_letter
from bench.processes import memory_mb, tree
from bench.storm import Browser
from bench.streams import cookie_of
from bench.webmail_side import WELL, Act, Side, Visitor, spending
from bench.wire import Wire

FEW = 6  # sessions, but for eight o'clock
LONGEST_SECONDS = 15.0  # until a letter is in its mailbox
FORGOTTEN_SECONDS = 80.0  # no kept connection outlives it
DELIVERY = ("postfix", "rspamd", "valkey", "/dovecot")


class Pattern:
    """`pattern["page", "visits"]`."""

    def __init__(self) -> None:
        self._said = tomllib.loads((Path(__file__).parent / "day.toml").read_text())

    def __getitem__(self, name: tuple[str, str]) -> Any:
        return self._said[name[0]][name[1]]["value"]


@dataclass
class Party:
    """A side, its people, and what they use besides its pages."""

    side: Side
    people: list[Person]
    sign_in: Callable[[Person, Wire], None]
    dial: Callable[[Person], "Program"]
    interval: float
    listen: Callable[[Person], socket.socket] | None = None
    turn: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self.turn = itertools.cycle(range(len(self.people)))


@dataclass
class Cost:
    """Of one part of the day, for all people of a round: processor seconds of the server; how long each act took."""

    server: float = 0
    seconds: list[float] = field(default_factory=list)


class Program:
    """Thunderbird, or a phone."""

    def __init__(self, connection: socket.socket, user: str, password: str) -> None:
        connection.settimeout(LONGEST_SECONDS)
        self._file = connection.makefile("rwb", buffering=0)
        self._read = connection.makefile("rb")
        self._read.readline()
        self._ask(f'LOGIN "{user}" "{password}"')
        self._ask("SELECT INBOX")
        self._idle()

    def fetch(self) -> None:
        while b" EXISTS" not in (line := self._read.readline()):
            assert line, "the program was sent away"
        self._done()
        self._ask(f"FETCH {int(line.split()[1])} (UID FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])")
        self._idle()

    def renew(self) -> None:
        self._done()
        self._idle()

    def close(self) -> None:
        self._done()
        self._ask("LOGOUT")
        self._read.close()
        self._file.close()

    def _idle(self) -> None:
        self._file.write(b"i IDLE\r\n")
        while not self._read.readline().startswith(b"+"):
            pass

    def _done(self) -> None:
        self._file.write(b"DONE\r\n")
        self._until(b"i ")

    def _ask(self, words: str) -> None:
        self._file.write(f"a {words}\r\n".encode())
        self._until(b"a ")

    def _until(self, tag: bytes) -> None:
        while not (line := self._read.readline()).startswith(tag):
            assert line, "the connection ended"
        assert line.startswith(tag + b"OK"), line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--mailboxes", type=int, default=240)
    parser.add_argument("--peers", default="roundcube", help="empty: none; SOGo has no answers yet")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(1))  # what was started is stopped
    options.data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    pattern = Pattern()
    with ExitStack() as serving:
        parties = _parties(endpoints, options, pattern, serving)
        for party in parties:
            _run(party, endpoints, [partial(_act, party, "list")] * options.mailboxes, FEW)
        time.sleep(FORGOTTEN_SECONDS)
        rounds = []
        for number in range(options.rounds):
            rounds.append([_days(party, endpoints, pattern, options.people) for party in parties])
            for party, costs in zip(parties, rounds[-1], strict=True):
                each = ", ".join(f"{title} {cost.server:.1f} s" for title, cost in costs.items())
                print(f"round {number + 1}, {party.side.title}: {each}", file=sys.stderr, flush=True)
        _report(parties, rounds, pattern, options)


def _parties(
    endpoints: dict[str, Any], options: argparse.Namespace, pattern: Pattern, serving: ExitStack
) -> list[Party]:
    people = _people(options.mailboxes)
    peers = [peer for peer in options.peers.split(",") if peer]
    shares = [[itertools.cycle(one.uids[number :: len(peers) + 1]) for one in people] for number in range(4)]
    drafts = pattern["page", "drafts_an_answer"]
    web, _others = product_side.processes(options.data)
    others = [pid for pid in product_side.roots(options.data, ("",)) if pid not in web]
    visitors = [
        product_side.visitor(endpoints, person, share, drafts=drafts)
        for person, share in zip(people, shares[0], strict=True)
    ]
    ours = Side("Vaguemestre", endpoints["web"], web, others, visitors)
    parties = [
        Party(
            ours, people, partial(_sign_in, endpoints), partial(_dial_ours, endpoints),
            pattern["asked_by_itself", "ours"], _stream,
        )
    ]  # fmt: skip
    imap = serving.enter_context(plain_imap.serving(options.data)) if peers else None
    for peer, share in zip(peers, shares[1:], strict=False):
        assert imap
        program = {"roundcube": roundcube}[peer]
        origin, web, others = serving.enter_context(program.serving(imap, options.data))
        arrive = partial(program.visitor, origin, endpoints["ca"], imap.password, drafts=drafts)
        with ThreadPoolExecutor(4) as several:
            visitors = list(several.map(arrive, people, share))
        others = [imap.process, *others, *product_side.roots(options.data, DELIVERY)]
        side = Side(peer.capitalize(), origin, web, others, visitors)
        interval = pattern["asked_by_itself", peer]
        parties.append(Party(side, people, partial(_sign_in_there, arrive), partial(_dial_plain, imap), interval))
    return parties


def _people(count: int) -> list[Person]:
    """Their passwords as dear as everybody's; what they send leaves at once."""
    from django.utils import timezone

    from vaguemestre.accounts.models import Account
    from vaguemestre.accounts.passwords.passwords import hasher
    from vaguemestre.accounts.projection import announce_change
    from vaguemestre.accounts.testing import PASSWORD
    from vaguemestre.webmail.models import Preferences

    people = mail_users.made(count)
    known = {account.key: account for account in Account.objects.filter(key__in=[one.key for one in people])}
    Account.objects.filter(key__in=known).update(password=hasher().hash(PASSWORD))
    announce_change(known.values())
    for key in known:
        Preferences.objects.update_or_create(account_id=key, defaults={"undo_seconds": 0, "changed_at": timezone.now()})
    return [replace(one, address=known[one.key].address, identifier=known[one.key].identifier) for one in people]


def _days(party: Party, endpoints: dict[str, Any], pattern: Pattern, people: int) -> dict[str, Cost]:
    seen = pattern["mail", "seen_by_page"] if party.interval else 0
    asks = int(pattern["page", "hours_open"] * 3600 / party.interval) if party.interval else 0
    asks -= 0 if party.listen else seen  # the request after which there was news is made when the letter came
    streams: deque[socket.socket] = deque()
    parts: dict[str, tuple[int, Callable[[Wire], None]]] = {
        "sign-ins": (pattern["page", "sign_ins"], partial(_sign_in_next, party)),
        "visits": (pattern["page", "visits"], partial(_visit, party, pattern)),
        "answers": (pattern["page", "answers"], partial(_act, party, "answer")),
        "asked by itself": (asks, partial(_ask, party, streams, people)),
        "letters that come": (1, partial(_letters, party, pattern, endpoints, itertools.count(), seen)),
    }
    costs = {}
    for title, (times, job) in parts.items():
        sessions = pattern["peak", "sessions_at_once"] if title == "sign-ins" else FEW
        costs[title] = _run(party, endpoints, [job] * (times * people), sessions)
    for stream in streams:
        stream.close()
    return costs


def _run(party: Party, endpoints: dict[str, Any], jobs: list[Callable[[Wire], None]], sessions: int) -> Cost:
    cost = Cost()
    if not jobs:
        return cost
    wires: SimpleQueue[Wire] = SimpleQueue()
    for _session in range(min(sessions, len(jobs))):
        wires.put(Wire(party.side.origin, endpoints["ca"]))

    def one(job: Callable[[Wire], None]) -> None:
        wire = wires.get()
        began = time.monotonic()
        try:
            job(wire)
        finally:
            wires.put(wire)
        cost.seconds.append(time.monotonic() - began)

    with spending(party.side) as spent, ThreadPoolExecutor(wires.qsize()) as several:
        list(several.map(one, jobs))
        time.sleep(2)  # what is done after the answer belongs to it
    cost.server = spent.all
    return cost


def _done(visitor: Visitor, act: Act, wire: Wire) -> None:
    wire.cookies = visitor.cookies
    status, body = act(wire)
    assert status in WELL or status == 302, f"{status} {body[:300]!r}"


def _act(party: Party, name: str, wire: Wire) -> None:
    visitor = party.side.visitors[next(party.turn)]
    _done(visitor, (visitor.acts | visitor.more)[name], wire)


def _visit(party: Party, pattern: Pattern, wire: Wire) -> None:
    visitor = party.side.visitors[next(party.turn)]
    opened = pattern["page", "opened"] // pattern["page", "visits"]
    for name in ("list", *["open"] * opened):
        _done(visitor, visitor.acts[name], wire)


def _ask(party: Party, streams: deque[socket.socket], most: int, wire: Wire) -> None:
    place = next(party.turn)
    visitor = party.side.visitors[place]
    _done(visitor, visitor.more["ask"], wire)
    if party.listen:
        streams.append(party.listen(party.people[place]))
        if len(streams) > most:
            streams.popleft().close()


def _letters(
    party: Party, pattern: Pattern, endpoints: dict[str, Any], days: Iterator[int], seen: int, wire: Wire
) -> None:
    """One day's. The first come while the page is open; the others, of every third person, to a program."""
    own = next(party.turn)
    program = party.dial(party.people[own]) if next(days) % pattern["program", "one_person_in"] == 0 else None
    for number in range(pattern["mail", "arrivals"]):
        place = own if program and number >= seen else next(party.turn)
        person, visitor = party.people[place], party.side.visitors[place]
        stream = party.listen(person) if party.listen and number < seen else None
        _deliver(endpoints, person, html=number % pattern["mail", "html_in"] == 0)
        if stream:
            _heard(stream)
        if number < seen:
            time.sleep(0.6)  # as the page waits; where nobody tells, the letter is there by then
            _done(visitor, visitor.acts["refresh"], wire)
        elif program:
            program.fetch()
    if program is None:
        return
    for _time in range(pattern["program", "idle_renewals"]):
        program.renew()
    for _time in range(pattern["program", "sign_ins"] - 1):
        program.close()
        program = party.dial(party.people[own])
    program.close()


def _deliver(endpoints: dict[str, Any], person: Person, *, html: bool) -> None:
    """Such as no filter takes for junk."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Date"] = "anne@librairie.example", person.address, localtime()
    letter["Subject"], letter["Message-ID"] = f"Mesure {token_hex(8)}", make_msgid(domain="librairie.example")
    letter.set_content("Bonjour,\n\nLe conseil de classe est reporté à jeudi.\n\nCordialement,\nAnne\n")
    if html:
        letter.add_alternative(html_letter("", 20_000).split(b"\r\n\r\n", 1)[1].decode(), subtype="html")
    with smtplib.SMTP(endpoints["smtp"]["host"], endpoints["smtp"]["port"]) as server:
        server.send_message(letter)


def _heard(stream: socket.socket) -> None:
    with closing(stream), stream.makefile("rb") as lines:
        while not (line := lines.readline()).startswith(b"event: mail"):
            assert line, "the stream ended"


def _stream(person: Person) -> socket.socket:
    from vaguemestre.instance import read_instance

    stream = socket.create_connection(("127.0.0.1", read_instance().ports.events), timeout=LONGEST_SECONDS)
    stream.sendall(f"GET /evenements/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie_of(person.key)}\r\n\r\n".encode())
    said = b""
    while b"retry:" not in said:
        said += (more := stream.recv(4096))
        assert more, "the stream was refused"
    return stream


def _sign_in_next(party: Party, wire: Wire) -> None:
    party.sign_in(party.people[next(party.turn)], wire)


def _sign_in(endpoints: dict[str, Any], person: Person, _wire: Wire) -> None:
    from vaguemestre.accounts.testing import PASSWORD

    browser = Browser(endpoints)
    with closing(browser.connection):
        assert browser.sign_in(person.identifier, PASSWORD) == 302, "not signed in"
        status, _page = browser.ask("GET", "/webmail/")
        assert status == 200, status


def _sign_in_there(arrive: Callable[[Person, Iterator[int]], Visitor], person: Person, wire: Wire) -> None:
    visitor = arrive(person, iter(()))
    _done(visitor, visitor.acts["list"], wire)


def _dial_ours(endpoints: dict[str, Any], person: Person) -> Program:
    from vaguemestre.accounts.testing import PASSWORD

    where = endpoints["imaps"]
    plain = socket.create_connection((where["host"], where["port"]))
    context = ssl.create_default_context(cafile=endpoints["ca"])
    return Program(context.wrap_socket(plain, server_hostname=where["host"]), person.identifier, PASSWORD)


def _dial_plain(imap: plain_imap.PlainImap, person: Person) -> Program:
    return Program(socket.create_connection(("127.0.0.1", imap.port)), person.key, imap.password)


def _report(
    parties: list[Party], rounds: list[list[dict[str, Cost]]], pattern: Pattern, options: argparse.Namespace
) -> None:
    """Of each part the median round: another program's burst makes caches cold, and one round dear."""
    load = " ".join(Path("/proc/loadavg").read_text().split()[:2])
    days = options.people * options.rounds
    print(f"{days} days, {options.mailboxes} mailboxes, {options.rounds} rounds in turn, load at the end {load}\n")
    titles = list(rounds[0][0])
    columns = ("a day", *titles, "people a core", "95 % at eight", "memory of everything")
    print(f"| processor time a person | {' | '.join(columns)} |\n{'|---' * (len(columns) + 1)}|")
    for place, party in enumerate(parties):
        parts = {title: median(one[place][title].server for one in rounds) / options.people for title in titles}
        if party.listen:
            core = pattern["asked_by_itself", "heartbeat_core_per_1000"] / 1000
            parts["asked by itself"] += pattern["page", "hours_open"] * 3600 * core
        whole = sum(parts.values())
        each = " | ".join(f"{seconds * 1000:.0f} ms" for seconds in parts.values())
        first = sorted(second for one in rounds for second in one[place]["sign-ins"].seconds)
        memory = memory_mb(tree([*party.side.web, *party.side.others]))
        print(
            f"| {party.side.title} | {whole:.2f} s | {each} | {3600 / whole / pattern['peak', 'hour_share']:,.0f} "
            f"| {first[int(len(first) * 0.95)] * 1000:,.0f} ms | {memory:,.0f} MB |"
        )
    print(f"\n{_ratios(rounds)}")
    for place, party in list(enumerate(parties))[1:]:
        said = [
            f"{title} {median(one[place][title].server / one[0][title].server for one in rounds):.2f}"
            for title in titles
        ]
        print(f"{party.side.title} over ours by part: {', '.join(said)}")


def _ratios(rounds: list[list[dict[str, Cost]]]) -> str:
    """Of each round, peers' over ours: the whole day, and without the letters that come, which are alike."""

    def spent(costs: dict[str, Cost], without: str = "") -> float:
        return sum(cost.server for title, cost in costs.items() if title != without)

    said = []
    for without, words in (("", "a day"), ("letters that come", "pages alone")):
        for place in range(1, len(rounds[0])):
            found = sorted(spent(one[place], without) / spent(one[0], without) for one in rounds)
            said.append(f"{words}, peer {place} over ours {median(found):.2f} ({', '.join(f'{r:.2f}' for r in found)})")
    return "; ".join(said)


if __name__ == "__main__":
    main()
