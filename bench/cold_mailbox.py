"""A mailbox of tens of thousands of messages that no process knows, shown while 32 sessions read theirs.

    python -m bench.cold_mailbox DATA [--messages 50000] [--seconds 10] [--rounds 4]

DATA is the folder of a running demo; the teacher's mailbox is filled. Rounds take turns: the mailbox is known; then the
web processes were replaced and what they had kept of it is gone. A second after a round begins the teacher asks for the
inbox, and continues asking once a second until it shows conversations. What the others get is told of both.
"""

import argparse
import itertools
import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import mail_users, product_side
from bench.growth import NOT_YET
from bench.list import _filled
from bench.mix import Run, run_side, together
from bench.wire import Wire


@dataclass
class Shown:
    first: list[float] = field(default_factory=list)
    conversations: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from vaguemestre.accounts.models import Account
    from vaguemestre.webmail.connection import account_files, pool

    endpoints = json.loads((data / "endpoints.json").read_text())
    teacher = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key = Account.objects.get(identifier=teacher["identifier"]).key
    _filled(pool(), key, options.messages)
    others = [one for one in mail_users.of_the_demo(endpoints, 1000) if one.key != key]
    side = product_side.side(endpoints, data, [(one, itertools.cycle(one.uids)) for one in others])
    turns = [itertools.repeat(side.visitors[number % len(side.visitors)]) for number in range(32)]
    runs: dict[str, list[Run]] = {"known": [], "cold": []}
    shown = {title: Shown() for title in runs}
    kept = account_files()
    for title in ("known", "cold") * options.rounds:
        if title == "cold" and kept:
            kept.forget(key)
            product_side.replace_workers(data, endpoints)
            run_side(side, turns, endpoints["ca"], 2)  # the others are known
        asking = threading.Thread(target=_ask, args=(endpoints, key, shown[title]))
        asking.start()
        runs[title].append(run_side(side, turns, endpoints["ca"], options.seconds))
        asking.join()
    _report(runs, shown)


def _ask(endpoints: dict[str, str], key: str, shown: Shown) -> None:
    cookies, said = product_side.signed_in(endpoints, key)
    wire = Wire(endpoints["web"], endpoints["ca"])
    wire.cookies = cookies
    time.sleep(1)
    begun = time.monotonic()
    _status, page = wire.ask("GET", "/webmail/", said)
    shown.first.append(time.monotonic() - begun)
    while NOT_YET in page:
        time.sleep(1)
        _status, page = wire.ask("GET", "/webmail/", said)
    shown.conversations.append(time.monotonic() - begun)


def _report(runs: dict[str, list[Run]], shown: dict[str, Shown]) -> None:
    print("| the mailbox is | its first list | its conversations | others, acts a second | median | 95 % | longest |")
    print("|---|---|---|---|---|---|---|")
    for title, some in runs.items():
        whole = together(some)
        every = sorted(second * 1000 for told in whole.kinds.values() for second in told.seconds)
        first, conversations = median(shown[title].first) * 1000, median(shown[title].conversations)
        print(
            f"| {title} | {first:.0f} ms | {conversations:.1f} s | {whole.rate:.0f} | {median(every):.0f} ms "
            f"| {every[int(len(every) * 0.95)]:.0f} ms | {every[-1]:.0f} ms |"
        )


if __name__ == "__main__":
    main()
