"""One mailbox whose Dovecot process hangs, while 32 sessions read theirs: nobody else should notice.

    python -m bench.stalled_mailbox DATA [--seconds 10] [--rounds 4]

DATA is the folder of a running demo. Rounds take turns: all is well; then the IMAP processes of the head of the college
are stopped (SIGSTOP) and she presses her inbox eight times a second. What the others get is told of both.
"""

import argparse
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench import mail_users, product_side
from bench.mix import Run, run_side, together
from bench.wire import Wire

VICTIM = "college-head"
EVERY = 0.125  # seconds between two presses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=10, help="of each round")
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    options.data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    people = [(one, itertools.cycle(one.uids)) for one in mail_users.of_the_demo(endpoints, 1000)]
    side = product_side.side(endpoints, options.data, people)
    turns = [itertools.repeat(side.visitors[number % len(side.visitors)]) for number in range(32)]
    well, hung, victim = [], [], Counter[int]()
    for _round in range(options.rounds):
        well.append(run_side(side, turns, endpoints["ca"], options.seconds))
        with _stalled(endpoints, options.data, victim):
            hung.append(run_side(side, turns, endpoints["ca"], options.seconds))
    _report({"all is well": together(well), "one mailbox hangs": together(hung)}, victim)
    print(f"\nActs a second, of pairs: {median(b.rate / a.rate for a, b in zip(well, hung, strict=True)):.2f}")


@contextmanager
def _stalled(endpoints: dict[str, Any], data: Path, told: Counter[int]) -> Iterator[None]:
    from vaguemestre.accounts.models import Account

    known = next(one for one in endpoints["accounts"] if one["role"] == VICTIM)
    key = Account.objects.get(identifier=known["identifier"]).key
    cookies, said = product_side.signed_in(endpoints, key)
    wire = Wire(endpoints["web"], endpoints["ca"])
    wire.cookies = cookies
    wire.ask("GET", "/webmail/", said)
    processes, ended = _imap_processes(data, key), threading.Event()
    assert processes, f"no IMAP process of {key}"
    presses: list[threading.Thread] = []

    def press() -> None:
        own = Wire(endpoints["web"], endpoints["ca"])
        own.cookies = cookies
        told[own.ask("GET", "/webmail/", said)[0]] += 1

    def press_on() -> None:
        while not ended.wait(EVERY):
            presses.append(threading.Thread(target=press))
            presses[-1].start()

    for process in processes:
        os.kill(process, signal.SIGSTOP)
    impatient = threading.Thread(target=press_on)
    impatient.start()
    try:
        time.sleep(2)  # her connections are taken
        yield
    finally:
        ended.set()
        for process in processes:
            os.kill(process, signal.SIGCONT)
        for thread in (impatient, *presses):
            thread.join()


def _imap_processes(data: Path, key: str) -> list[int]:
    done = subprocess.run(
        ["doveadm", "-c", str(data / "engine/dovecot/dovecot.conf"), "-f", "json", "who", key],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [int(pid) for one in json.loads(done.stdout) for pid in one["pids"].strip("()").split()]


def _report(runs: dict[str, Run], victim: Counter[int]) -> None:
    print("| | acts a second | median | 95 % | longest | refused |\n|---|---|---|---|---|---|")
    for title, run in runs.items():
        every = sorted(second for told in run.kinds.values() for second in told.seconds)
        shown = median(every), every[int(len(every) * 0.95)], every[-1]
        words = " | ".join(f"{seconds * 1000:.0f} ms" for seconds in shown)
        print(f"| {title} | {run.rate:.0f} | {words} | {sum(told.refused for told in run.kinds.values())} |")
    print(f"\nShe was answered {', '.join(f'{status}: {count}' for status, count in sorted(victim.items()))}.")


if __name__ == "__main__":
    main()
