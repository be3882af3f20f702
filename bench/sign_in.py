"""What a sign-in of the webmail's at Dovecot costs, and what the connections that it keeps weigh.

    python -m bench.sign_in DATA [--people 500] [--rounds 3] [--rest 20]

DATA is the folder of a running demo; as many people are made as are missing. Two web processes' pools are here;
people come one after another, in the same order each round, and each asks for the folders, which come with it.
Processor time of Dovecot's processes and the gate's, by program, and of this one; then the memory (PSS) of imap.
Before each round so many seconds of rest: two versions are compared by rounds in turn, each in its own checkout.
"""

import argparse
import os
import time
from pathlib import Path

from bench.mail_users import made
from bench.processes import command, memory_mb, processor_seconds, tree
from bench.product_side import roots

PROGRAMS = ("auth", "imap-login", "imap", "gate", "dovecot")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rest", type=float, default=20.0)
    options = parser.parse_args()
    data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from vaguemestre.mailbox.imap.pool import Pool
    from vaguemestre.webmail.connection import access_token, pool, reading_endpoint

    people = [one.key for one in made(options.people)]
    pool().close()
    pools = [Pool(reading_endpoint(), access_token) for _process in range(2)]
    print("| round | auth | imap-login | imap | gate | master | web's part | in all, a sign-in | imap processes |")
    print("|---|---|---|---|---|---|---|---|---|")
    for number in range(options.rounds):
        time.sleep(options.rest)
        before, own = _spent(data), os.times()
        for place, key in enumerate(people):
            with pools[place % 2].session(key) as session:
                session.folders()
        after, now = _spent(data), os.times()
        here = now.user + now.system - own.user - own.system
        each = [(after[name] - before[name]) / len(people) * 1000 for name in PROGRAMS]
        each.append(here / len(people) * 1000)
        imap = [one for one in _dovecot(data) if _program(one) == "imap"]
        figures = " | ".join(f"{one:.2f}" for one in [*each, sum(each)])
        print(f"| {number + 1} | {figures} ms | {len(imap)}, {memory_mb(imap):.0f} MB |", flush=True)


def _dovecot(data: Path) -> list[int]:
    return tree(roots(data, ("/dovecot", "vaguemestre.gate:")))


def _spent(data: Path) -> dict[str, float]:
    """With what has ended: the master has waited for it."""
    told: dict[str, float] = dict.fromkeys(PROGRAMS, 0.0)
    for process in _dovecot(data):
        master = _program(process) == "dovecot"
        told[_program(process)] += processor_seconds([process], with_dead=master)
    return told


def _program(process: int) -> str:
    words = command(process)
    if "vaguemestre.gate:" in words:
        return "gate"
    name = words.split()[0].rpartition("/")[2] if words.split() else ""
    return name if name in PROGRAMS else "dovecot"


if __name__ == "__main__":
    main()
