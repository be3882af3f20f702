"""What a sign-in of the webmail's at Dovecot costs, and what the connections that it keeps weigh.

    python -m bench.sign_in DATA [--people 500] [--rounds 2] [--kept 32 200]

DATA is the folder of a running demo; as many people are made as are missing. The pools of two web processes are here,
of so many connections each, in turn. People come one after another, in the same order, and each asks for the folders,
which come with the sign-in. Processor time of Dovecot's processes, the gate's and this one's, and the memory (PSS) of
imap when all have come. Before each turn Dovecot has had time to end the processes that nobody needs.
"""

import argparse
import os
import time
from collections import Counter
from pathlib import Path

from bench.mail_users import made
from bench.processes import command, memory_mb, processor_seconds, tree
from bench.product_side import roots

REST_SECONDS = 130.0  # more than twice `service_idle_kill_interval`
PROGRAMS = ("auth", "imap-login", "imap", "gate", "dovecot")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--kept", type=int, nargs="+", default=[32])
    parser.add_argument("--rest", type=float, default=REST_SECONDS)
    options = parser.parse_args()
    data = options.data.absolute()
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    from vaguemestre.mailbox.imap.pool import Pool
    from vaguemestre.webmail.connection import access_token, pool, reading_endpoint

    people = [one.key for one in made(options.people)]
    pool().close()
    print("| kept | auth | imap-login | imap | gate | others | web's part | in all, a sign-in | imap, all have come |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kept in options.kept * options.rounds:
        time.sleep(options.rest)
        pools = [Pool(reading_endpoint(), access_token, total=kept) for _process in range(2)]
        before, own = _spent(data), os.times()
        for place, key in enumerate(people):
            with pools[place % 2].session(key) as session:
                session.folders()
        after, now = _spent(data), os.times()
        here = now.user + now.system - own.user - own.system
        spent = [*(after[name] - before[name] for name in PROGRAMS), here]
        figures = " | ".join(f"{one / len(people) * 1000:.2f}" for one in [*spent, sum(spent)])
        imap = [one for one in _dovecot(data) if _program(one) == "imap"]
        print(f"| {kept} | {figures} ms | {len(imap)} processes, {memory_mb(imap):.0f} MB |", flush=True)
        for one in pools:
            one.close()


def _dovecot(data: Path) -> list[int]:
    return tree(roots(data, ("/dovecot", "vaguemestre.gate:")))


def _spent(data: Path) -> Counter[str]:
    """With what has ended: the master has waited for it."""
    told: Counter[str] = Counter()
    for process in _dovecot(data):
        master = _program(process) == "dovecot"
        told[_program(process)] += processor_seconds([process], with_dead=master)  # type: ignore[assignment]
    return told


def _program(process: int) -> str:
    words = command(process)
    if "vaguemestre.gate:" in words:
        return "gate"
    name = words.split()[0].rpartition("/")[2] if words.split() else ""
    return name if name in PROGRAMS else "dovecot"


if __name__ == "__main__":
    main()
