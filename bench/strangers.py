"""What a stranger learns from the time and the words of a refusal: is somebody named so, and with what account?

    python -m bench.strangers DATA [--rounds 300] [--doors web code imap smtp lost]

DATA is the folder of a running demo. Ten accounts of each kind are made in it. In each round every kind is tried once
with a wrong secret, in an order drawn again, so that what else the machine does meets all alike; before it the counters
of failures and the lines of these accounts are emptied, since nobody may try so often: each try is a name's first.
`web` types a word, `code` a PIN and six digits. Dovecot answers at once meanwhile (`auth_failure_delay`, put back
afterwards, or by the next start): its pause ends at a beat that begins with a failure, and so hides nothing by itself.

Each kind against names of nobody: Mann-Whitney's z, and the same corrected for the number of comparisons (Holm). The
last line is the difference that so many rounds find half of the time. On a machine that does other work, start this and
the demo's processes with `chrt -r 3`: at ordinary priority a round is blind below some milliseconds.
"""

import argparse
import base64
import json
import math
import os
import random
import re
import socket
import ssl
import subprocess
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist, median
from typing import Any
from urllib.parse import urlencode

from bench.wire import Wire

EACH = 10  # accounts of a kind
NOBODY = "nobody"
DOORS = ("web", "code", "imap", "smtp", "lost")
PACE = 0.055  # seconds from one try to the next: under the queue of sign-ins
PAUSE = 0.01  # at least; what the last one left to write is written
TOLD_APART = 3.0
NORMAL = NormalDist()
# What no two answers share: words of the page, moments, lengths of what was packed, the last answer of a connection.
FRESH = re.compile(
    rb'(?i)(?<=nonce[=-])"?[\w+/=-]+|(?<=csrfmiddlewaretoken" value=")[^"]+|"X-CSRFToken": "[^"]+"'
    rb'|(?<=challenge": ")[^"]+|(?<=&quot;challenge&quot;: &quot;)[\w-]+'
    rb"|\r\n(?:Date|Connection|Content-Length|X-Request-ID|Set-Cookie): [^\r]+"
)

type Try = Callable[[str], tuple[float, bytes]]


@dataclass
class Answers:
    seconds: list[float] = field(default_factory=list)
    texts: set[bytes] = field(default_factory=set)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--doors", nargs="+", choices=DOORS, default=DOORS)
    options = parser.parse_args()
    options.data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    with as_the_service(options.data):
        names = accounts_by_kind()
    with answered_at_once(options.data):
        for door in options.doors:
            kinds = known_numens(names) if door == "lost" else names
            report(door, measure(_door(door, endpoints), kinds, options.rounds))


@contextmanager
def as_the_service(data: Path) -> Iterator[None]:
    """What it writes must be its own: replies for leavers, the projected file."""
    owner = (data / "db").stat()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(os.getuid())
        os.setegid(os.getgid())


def accounts_by_kind() -> dict[str, list[str]]:
    """Identifiers; those of an earlier run of this demo where they are there. A shared mailbox is no person's."""
    from vaguemestre.accounts.models import Account
    from vaguemestre.accounts.passwords import passwords
    from vaguemestre.accounts.testing import make_accounts, make_person
    from vaguemestre.accounts.testing.account_kinds import CHANGES

    found: dict[str, list[str]] = {}
    for kind, change in CHANGES.items():
        mine = Account.objects.filter(person__hr_key__startswith=f"kind {kind} ").order_by("key")
        if not mine:
            persons = [make_person("Essai", _word(), hr_key=f"kind {kind} {number}") for number in range(EACH)]
            for account in make_accounts(persons):
                account.password = passwords.nobodys_hash()  # at the authority's cost: tests have a cheaper one
                account.save(update_fields=["password"])
                change(account)
        found[kind] = list(mine.values_list("identifier", flat=True))
    found["shared mailbox"] = _shared_mailboxes()
    _project_all()
    return found


def _shared_mailboxes() -> list[str]:
    from django.utils import timezone

    from vaguemestre.accounts.lifecycle import shared_accounts
    from vaguemestre.accounts.lifecycle.shared_accounts import SharedName
    from vaguemestre.accounts.models import Account

    boxes = Account.every.filter(kind=Account.Kind.SHARED, local_part__startswith="ce.mesure").order_by("key")
    if not boxes:
        wanted = [SharedName(f"ce.mesure{_word()}", "Mesure") for _number in range(EACH)]
        shared_accounts.open_shared_accounts(wanted, now=timezone.now())
    return list(boxes.values_list("local_part", flat=True))


def _project_all() -> None:
    from vaguemestre.accounts.models import Account
    from vaguemestre.engine import projection

    projection.project(list(Account.every.values_list("key", flat=True)))


def known_numens(names: dict[str, list[str]]) -> dict[str, list[str]]:
    """The NUMEN of accounts with a password, without a rescue contact."""
    from vaguemestre.people.models import Person
    from vaguemestre.people.numen import Numen

    found = []
    for number, identifier in enumerate(names["password"]):
        typed = f"20E95{number:05}MES"
        known = Numen(typed)
        Person.objects.filter(account__identifier=identifier).update(
            numen_cipher=known.encrypted(), numen_lookup=known.lookup
        )
        found.append(typed)
    return {"a known NUMEN": found}


@contextmanager
def answered_at_once(data: Path) -> Iterator[None]:
    """Dovecot without its pause after a failure."""
    file = data / "engine/dovecot/auth.conf"
    before = file.read_text()
    reload = ["doveadm", "-c", str(file.parent / "dovecot.conf"), "reload"]
    file.write_text(re.sub(r"(?m)^auth_failure_delay = .*", "auth_failure_delay = 0", before))
    subprocess.run(reload, check=True)
    try:
        yield
    finally:
        file.write_text(before)
        subprocess.run(reload, check=True)


def measure(attempt: Try, kinds: dict[str, list[str]], rounds: int) -> dict[str, Answers]:
    found: dict[str, Answers] = defaultdict(Answers)
    numen, due = any("NUMEN" in kind for kind in kinds), 0.0
    for number in range(-3, rounds):
        names = {kind: some[number % len(some)] for kind, some in kinds.items()}
        names[NOBODY] = f"20E95{random.randrange(10**5):05}XYZ" if numen else f"e{_word()}"
        _forget()
        for kind, name in random.sample(list(names.items()), len(names)):
            time.sleep(max(PAUSE, due - time.perf_counter()))
            due = time.perf_counter() + PACE
            seconds, text = attempt(name)
            if number >= 0:  # the first ones warm up
                found[kind].seconds.append(seconds)
                found[kind].texts.add(FRESH.sub(b"", text).replace(name.encode(), b"NAME"))
    return found


def _forget() -> None:
    from vaguemestre.accounts.models import Allowance, Failure, SignIn

    Failure.objects.all().delete()
    Allowance.objects.all().delete()
    SignIn.objects.filter(account__isnull=False).delete()


def _door(door: str, endpoints: dict[str, Any]) -> Try:
    def secret() -> str:
        return f"{random.randrange(10**10):010}" if door == "code" else f"Faux mot {random.random()}"

    match door:
        case "imap":
            return _imap(endpoints, secret)
        case "smtp":
            return _smtp(endpoints, secret)
        case "lost":
            return _lost(endpoints)
    wire, page = _page(endpoints, "/session/")

    def attempt(name: str) -> tuple[float, bytes]:
        return _posted(wire, "/session/", page | {"identifiant": name, "secret": secret()})

    return attempt


def _lost(endpoints: dict[str, Any]) -> Try:
    from django.utils import timezone

    from vaguemestre.accounts.captcha.testing import read_from

    path = "/bv/mot-de-passe/"

    def attempt(numen: str) -> tuple[float, bytes]:
        wire, page = _page(endpoints, path)
        digits = read_from(wire.ask("GET", path)[1].decode(), now=timezone.now())
        boxes = {"numen": numen, "jour": "12", "mois": "3", "annee": "1984"}
        seconds, text = _posted(wire, path, page | boxes | digits)
        return seconds, re.sub(rb"(?i)(?<=location: )\S+", b"", text)

    return attempt


def _page(endpoints: dict[str, Any], path: str) -> tuple[Wire, dict[str, str]]:
    wire = Wire(endpoints["web"], endpoints["ca"])
    _status, text = wire.ask("GET", path)
    word = re.search(rb'csrfmiddlewaretoken" value="([^"]+)', text)
    assert word, f"{path}: no form"
    wire.cookies = dict([wire.header("Set-Cookie").split(";")[0].split("=", 1)])
    return wire, {"csrfmiddlewaretoken": word[1].decode()}


def _posted(wire: Wire, path: str, form: dict[str, str]) -> tuple[float, bytes]:
    body = urlencode(form).encode()
    began = time.perf_counter()
    _status, text = wire.ask("POST", path, {"Content-Type": "application/x-www-form-urlencoded"}, body)
    return time.perf_counter() - began, wire.head + text


def _imap(endpoints: dict[str, Any], secret: Callable[[], str]) -> Try:
    def attempt(name: str) -> tuple[float, bytes]:
        with _connected(endpoints, "imaps") as line:
            return _said(line, f'a LOGIN {name} "{secret()}"', b"a ")

    return attempt


def _smtp(endpoints: dict[str, Any], secret: Callable[[], str]) -> Try:
    def attempt(name: str) -> tuple[float, bytes]:
        with _connected(endpoints, "smtps") as line:
            _said(line, "EHLO mesure.example", b"250 ")
            shown = base64.b64encode(f"\0{name}\0{secret()}".encode()).decode()
            return _said(line, f"AUTH PLAIN {shown}", b"")

    return attempt


@contextmanager
def _connected(endpoints: dict[str, Any], door: str) -> Iterator[ssl.SSLSocket]:
    """Greeted."""
    context = ssl.create_default_context(cafile=endpoints["ca"])
    with socket.create_connection(("127.0.0.1", endpoints[door]["port"]), timeout=60) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with context.wrap_socket(plain, server_hostname="localhost") as line:
            line.recv(4096)
            yield line


def _said(line: ssl.SSLSocket, words: str, last: bytes) -> tuple[float, bytes]:
    """Until the line of the answer that begins so, and its end."""
    began, text = time.perf_counter(), b""
    line.sendall(words.encode() + b"\r\n")
    while not (text.endswith(b"\r\n") and text.splitlines()[-1].startswith(last)):
        more = line.recv(4096)
        assert more, f"{words}: ended with {text!r}"
        text += more
    return time.perf_counter() - began, text


def report(door: str, found: dict[str, Answers]) -> None:
    nobody = found.pop(NOBODY)
    scores = {kind: mann_whitney(told.seconds, nobody.seconds) for kind, told in found.items()}
    corrected = holm(scores)
    seen = _difference_seen(nobody.seconds, len(found))
    print(f"\n**{door}**, {len(nobody.seconds)} rounds, nobody: {median(nobody.seconds) * 1000:.2f} ms\n")
    print("| kind | median | z | corrected | words |\n|---|---|---|---|---|")
    for kind, told in found.items():
        more = (median(told.seconds) - median(nobody.seconds)) * 1000
        words = "the same" if told.texts == nobody.texts and len(told.texts) == 1 else "OTHERS"
        apart = " **told apart**" if abs(corrected[kind]) >= TOLD_APART else ""
        print(f"| {kind} | {more:+.2f} ms | {scores[kind]:+.2f} | {corrected[kind]:+.2f}{apart} | {words} |")
        if words == "OTHERS":
            _show_difference(kind, told.texts, nobody.texts)
    print(f"\nSeen half of the time: {seen * 1000:.2f} ms.", flush=True)


def mann_whitney(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """z; above zero when ours take longer."""
    ordered, n, m = sorted(theirs), len(ours), len(theirs)
    longer = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in ours) / 2
    return (longer - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)


def holm(scores: dict[str, float]) -> dict[str, float]:
    """Each z as it would be if it were the only one."""
    corrected, least = {}, 0.0
    for place, (kind, score) in enumerate(sorted(scores.items(), key=lambda one: -abs(one[1]))):
        chance = 2 * NORMAL.cdf(-abs(score)) * (len(scores) - place)
        least = max(least, min(1.0, chance))
        corrected[kind] = abs(NORMAL.inv_cdf(max(least / 2, 1e-300))) * (1 if score > 0 else -1)
    return corrected


def _difference_seen(seconds: Sequence[float], comparisons: int) -> float:
    """What, added to each, would reach the mark that the correction asks for."""
    mark = -NORMAL.inv_cdf(NORMAL.cdf(-TOLD_APART) / comparisons)
    low, high = 0.0, max(seconds)
    while high - low > 1e-6:
        middle = (low + high) / 2
        reached = mann_whitney([one + middle for one in seconds], seconds) >= mark
        low, high = (low, middle) if reached else (middle, high)
    return high


def _show_difference(kind: str, ours: set[bytes], theirs: set[bytes]) -> None:
    lines = [{line for text in some for line in text.splitlines()} for some in (ours, theirs)]
    for mark, some in zip("<>", (lines[0] - lines[1], lines[1] - lines[0]), strict=True):
        print("\n".join(f"    {kind} {mark} {line.decode(errors='replace')[:300]}" for line in sorted(some)[:3]))


def _word() -> str:
    """A family name that nobody else has."""
    return "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _place in range(10))


if __name__ == "__main__":
    main()
