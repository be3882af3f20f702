"""A page in a shared mailbox beside the same page at home, and the first page of somebody in twenty boxes.

    python -m bench.shared_mailboxes [DATA] [--rounds 60] [--messages 300]

DATA is the folder of a running demo; without it one is started and thrown away. The head of the college has the same
messages in a folder of her own and in one of the school's; then each page is asked for over HTTPS on both sides in
turn, the first side another each time, so that other work on the machine weighs on both alike. Last, two teachers open
their inbox, before one of them shares twenty boxes and after it.
"""

import argparse
import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench.list import BATCH, demo_at, message, timing
from bench.storm import Browser

if TYPE_CHECKING:
    from vaguemestre.accounts.models import Account

BOX = "ce.0809901c"
FOLDER = "Mesure"
WARMING = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--messages", type=int, default=300)
    options = parser.parse_args()
    with demo_at(options.data) as data:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        print("| page | at home | there | ratio of the medians | median of the ratios |\n|---|---|---|---|---|")
        measure_pages(data, options.messages, options.rounds)
        measure_twenty(data, options.rounds)
    return 0


def measure_pages(data: Path, messages: int, rounds: int) -> None:
    from vaguemestre.accounts.models import Account

    browser, person = _arrive(data, "college-head")
    box = Account.every.get(local_part=BOX)
    places = [
        (root, _filled(account.key, messages))
        for root, account in (("/webmail/", person), (f"/webmail/boites/{BOX}/", box))
    ]
    for name, path in (
        ("list", "dossiers/{folder}/"),
        ("message, each time another", "dossiers/{folder}/{uid}/"),
        ("search, each time other words", f"recherche/?q=dans:{quote(FOLDER)}+num%C3%A9ro+{{uid}}"),
    ):
        sides = [partial(_turn, browser, f"{root}{path.replace('{folder}', folder)}") for root, folder in places]
        _report(name, paired(sides, rounds))


def measure_twenty(data: Path, rounds: int) -> None:
    from django.utils import timezone

    from vaguemestre.shared_mailboxes.service_mailboxes import Owners, make_service

    (nobody, _his), (member, mine) = _arrive(data, "teacher", place=1), _arrive(data, "teacher")
    sides = [partial(_turn, who, "/webmail/") for who in (nobody, member)]
    _report("first page, both in none", paired(sides, rounds))  # two people have two inboxes: this is their difference
    for number in range(20):
        make_service(f"mesure-{number}", f"Mesure {number}", Owners([mine]), now=timezone.now(), by="operator:bench")
    _report("first page, in twenty boxes", paired(sides, rounds))


def paired(sides: Sequence[Callable[[int], None]], rounds: int) -> list[tuple[float, float]]:
    found = []
    for turn in range(rounds + WARMING):
        order = (0, 1) if turn % 2 else (1, 0)
        took = {side: timing(partial(sides[side], turn)) for side in order}
        found.append((took[0], took[1]))
    return found[WARMING:]


def _arrive(data: Path, role: str, place: int = 0) -> "tuple[Browser, Account]":
    from vaguemestre.accounts.models import Account

    endpoints = json.loads((data / "endpoints.json").read_text())
    person = [account for account in endpoints["accounts"] if account["role"] == role][place]
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own people"
    return browser, Account.objects.get(identifier=person["identifier"])


def _filled(key: str, size: int) -> str:
    from vaguemestre.mailbox.values import FolderName
    from vaguemestre.webmail.connection import open_mailbox_of

    with open_mailbox_of(key) as session:
        known = next((folder for folder in session.folders() if folder.name == FOLDER), None)
        folder = known or session.create(FolderName(FOLDER))
        for start in range(folder.total, size, BATCH):
            raws = [message(number) for number in range(start, min(start + BATCH, size))]
            parts = b"".join(b" {%d+}\r\n%s" % (len(raw), raw) for raw in raws)
            answer = session._link.connection.round_trip([b'APPEND "%s"%s' % (FOLDER.encode(), parts)])
            assert answer.statuses[0].ok, answer.statuses[0].text
    return str(folder.id)


def _turn(browser: Browser, path: str, turn: int) -> None:
    path = path.replace("{uid}", str(turn + 1))
    status, _body = browser.ask("GET", path)
    assert status == 200, f"{path}: {status}"


def _report(name: str, took: list[tuple[float, float]]) -> None:
    home, there = median(one for one, _other in took), median(other for _one, other in took)
    each = median(other / one for one, other in took)
    print(f"| {name} | {home:.1f} ms | {there:.1f} ms | {there / home:.2f} | {each:.2f} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
