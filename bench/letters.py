"""Letters of a whole authority: prepared, sealed, printed a thousand at a time.

    python -m bench.letters [--count 35539] [--sealed 2000]

Everybody is opened and prepared; `sealed` of them get their password (with the real Argon2id parameters), which tells
the rate; the rest of a batch of 1,000 is measured without hashing.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bench.feed import STAFF, _data_folder as data_folder

if TYPE_CHECKING:
    from vaguemestre.accounts.models import Account


@contextmanager
def measured(title: str, count: int) -> Iterator[None]:
    before = time.monotonic()
    yield
    seconds = time.monotonic() - before
    peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    memory = f"{peaks[0]} MB, typst {peaks[1]} MB"
    print(f"| {title} | {count} | {seconds:.2f} s | {count / seconds:,.0f} a second | {memory} |", flush=True)


def measure(count: int, sealed: int) -> None:
    from django.utils import timezone

    from vaguemestre.letters import letter_issue, printing, sealed_passwords

    now = timezone.now()
    accounts = open_people(count)
    print("| letters | count | time | rate | peak memory so far |\n|---|---|---|---|---|")
    with measured("prepared", count):
        letter_issue.prepare_letters(accounts, now=now)
    with measured("sealed (made, hashed, stored)", sealed):
        sealed_passwords.seal_pending(now=now, limit=sealed)
    with measured("assembled in batches", sealed):
        batches = printing.assemble_batch(now=now).batches
    for batch in batches:
        with measured(f"printed, {batch.number}", batch.letters.count()):
            printing.print_batch(batch, actor="system", now=now)


def open_people(count: int) -> list["Account"]:
    from django.utils import timezone

    from vaguemestre.accounts.lifecycle.creation import open_accounts
    from vaguemestre.people.models import Person, School
    from vaguemestre.people.numen import Numen

    School.objects.create(uai="0800001A", name="COLLEGE DES TILLEULS", kind="college", city="AMIENS", department="80")
    persons = []
    for number in range(count):
        numen = Numen(f"20G26{number:05d}{'ABCDEFGHJK'[number % 10]}IL")
        persons.append(
            Person(
                numen_cipher=numen.encrypted(), numen_lookup=numen.lookup, civility="Mme",
                first_name="Anne-Cécile", last_name=f"Vandermeersch {number}", birth_date=date(1990, 1, 1),
                address_lines=["Résidence des Jacobins", f"{number} rue du Moulin-Neuf", "80000 Amiens"],
                category="CERT", department="80", duty_start=date(2026, 9, 1),
            )
        )  # fmt: skip
    Person.objects.bulk_create(persons, batch_size=1000)
    return open_accounts(persons, now=timezone.now())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=STAFF)
    parser.add_argument("--sealed", type=int, default=2000)
    options = parser.parse_args()
    if "VAGUEMESTRE_DATA" in os.environ:
        import django

        django.setup()
        measure(options.count, options.sealed)
        return
    with tempfile.TemporaryDirectory(prefix="vaguemestre-bench-") as folder:
        environment = os.environ | {
            "VAGUEMESTRE_DATA": str(data_folder(Path(folder))),
            "VAGUEMESTRE_MODE": "test",
            "DJANGO_SETTINGS_MODULE": "vaguemestre.settings",
        }
        subprocess.run([sys.executable, "-m", "bench.letters", *sys.argv[1:]], env=environment, check=True)


if __name__ == "__main__":
    main()
