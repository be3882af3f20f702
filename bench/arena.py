"""The page of applications for somebody who has 200 of them: what the server takes for it, and how many queries.

    python -m bench.arena [DATA] [--applications 200] [--rounds 200]

DATA is the folder of a running demo; without it one is started and thrown away. The applications are made in a
transaction that is taken back at the end: the demo keeps none of them. The page is asked of Django itself, in this
process: proxy, network and TLS are not in it. Processor time, so that other work on the machine is not in it either.
"""

import argparse
import os
import time
from pathlib import Path
from statistics import median, quantiles

from bench.list import demo_at


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--applications", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with demo_at(options.data) as data:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        measure(options.applications, options.rounds)
    return 0


def measure(count: int, rounds: int) -> None:
    from django.db import connection, transaction
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from vaguemestre.accounts.models import Account
    from vaguemestre.accounts.testing import sign_in

    with transaction.atomic():
        client = Client(headers={"Host": _host()})
        sign_in(client, Account.objects.select_related("person").get(identifier="mlefevre"))
        for shown in (0, count):
            _add(shown)
            for _warm in range(10):
                page = client.get("/arena/", secure=True)
            assert page.status_code == 200, page.status_code
            with CaptureQueriesContext(connection) as asked:
                client.get("/arena/", secure=True)
                queries = len(asked)
            times = [_one(client) for _round in range(rounds)]
            cells = page.content.count(b'<li class="app')
            print(
                f"{cells} applications: {queries} queries, median {median(times):.1f} ms,"
                f" 95 % {quantiles(times, n=20)[-1]:.1f} ms, {len(page.content) // 1024} KB"
            )
        transaction.set_rollback(True)


def _one(client: object) -> float:
    began = time.thread_time()
    client.get("/arena/", secure=True)  # type: ignore[attr-defined]
    return (time.thread_time() - began) * 1000


def _add(count: int) -> None:
    from vaguemestre.academy.facts import academy
    from vaguemestre.sso.testing import make_application

    domains = academy().arena.domains
    for number in range(count):
        make_application(
            f"Application {number}", slug=f"mesure-{number}", client_id=f"mesure-{number}",
            domain=domains[number % len(domains)].key, summary="Ce que fait cette application, en mots clairs.",
        )  # fmt: skip


def _host() -> str:
    from django.conf import settings

    return str(settings.ALLOWED_HOSTS[0])


if __name__ == "__main__":
    raise SystemExit(main())
