"""The feed of a whole authority: made, imported, imported again.

    python -m bench.feed make FILE        writes 35,539 lines, the same each time
    python -m bench.feed measure          imports them into an empty data folder, in processes of their own
    python -m bench.feed again            1,500 joiners imported, taken back, imported again

`measure` reports wall time, processor time and peak memory of each import. Passwords are not hashed by an import.
`again` also tells the longest time that anybody else, such as somebody who signs in, waited to write meanwhile.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from seeds.staff import Population, School, as_feed, schools

STAFF = 35_539
# 1,874 schools of the first degree, 344 of the second, and the offices.
COUNTS = {
    "maternelle": 420,
    "elementaire": 830,
    "primaire": 624,
    "college": 212,
    "lycee": 72,
    "lp": 60,
    "cio": 20,
    "circonscription": 40,
}
SEED = 35_539
DATED = date(2026, 9, 1)
JOINERS = 1_500
# Title, what has happened, days after the first.
STORIES = (
    ("everybody new", "first", 0),
    ("the same again", "first", 0),
    ("a month later", "month", 30),
    ("everybody changed", "september", 31),
)


def make(file: Path, *, count: int = STAFF, dated: date = DATED, story: str = "first") -> None:
    """`month`: every hundredth has left, every fiftieth has moved, as many have arrived. `september`: everybody has
    gone up one step."""
    places, population = _population()
    staff = list(population.staff(count))
    if story != "first":
        for number, person in enumerate(staff[::50]):
            place = places[number % len(places)]
            person.postings[0] |= {"uai": place.uai, "school": place.name, "kind": place.kind, "city": place.city}
        staff = [person for number, person in enumerate(staff) if number % 100 != 7]
        staff += list(population.staff(count - len(staff)))
    if story == "september":
        for person in staff:
            person.facts["step"] = str(int(person.facts["step"] or 1) + 1)
    file.write_text(as_feed(dated, staff), encoding="utf-8")


def _population() -> tuple[list[School], Population]:
    places = schools(COUNTS, SEED, first_serial=8001)
    return places, Population(places, seed=SEED, today=DATED)


def measure(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="vaguemestre-bench-") as name:
        folder = Path(name)
        data = _data_folder(folder)
        print(f"| import of {count:,} lines | wall time | processor time | peak memory |")
        print("|---|---|---|---|")
        for title, story, days in STORIES:
            file = folder / f"{story}.csv"
            make(file, count=count, dated=DATED + timedelta(days=days), story=story)
            wall, processor, memory = _run(data, "people", "import", str(file))
            print(f"| {title} | {wall:.1f} s | {processor:.1f} s | {memory} MB |", flush=True)


def again(count: int) -> None:
    """The mistake of a September: its joiners are taken back, the file is corrected and imported once more."""
    with tempfile.TemporaryDirectory(prefix="vaguemestre-bench-") as name:
        folder = Path(name)
        data = _data_folder(folder)
        before, after = folder / "before.csv", folder / "after.csv"
        staff = list(_population()[1].staff(count + JOINERS))
        before.write_text(as_feed(DATED, staff[:count]), encoding="utf-8")
        after.write_text(as_feed(DATED + timedelta(days=1), staff), encoding="utf-8")
        _run(data, "people", "import", str(before))
        print(f"| {JOINERS:,} joiners, {count:,} known | wall time | processor time | longest wait of a writer |")
        print("|---|---|---|---|")
        for title, act in (
            ("imported", ("import", str(after))),
            ("undone", ("undo",)),
            ("imported again", ("import", str(after))),
        ):
            with _another_writer(data) as waits:
                wall, processor, _memory = _run(data, "people", *act)
            print(f"| {title} | {wall:.1f} s | {processor:.1f} s | {max(waits):.1f} s |", flush=True)


@contextmanager
def _another_writer(data: Path) -> Iterator[list[float]]:
    """Takes the turn of a writer again and again, as every sign-in does; how long each time took."""
    waits = [0.0]
    over = threading.Event()

    def write() -> None:
        connection = sqlite3.connect(data / "db" / "vaguemestre.sqlite3", timeout=600, isolation_level=None)
        while not over.wait(0.02):
            before = time.monotonic()
            connection.execute("BEGIN IMMEDIATE")
            waits.append(time.monotonic() - before)
            connection.execute("ROLLBACK")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        over.set()
        writer.join()


def _data_folder(folder: Path) -> Path:
    from vaguemestre.launcher.data_folder.secrets import MAKERS

    data = folder / "data"
    for part in ("db", "imports", "letters", "mail", "run", "secrets", "spool", "tls", "tmp"):
        (data / part).mkdir(parents=True)
    for secret, maker in MAKERS.items():
        (data / "secrets" / secret).write_bytes(maker())
    _manage(data, "migrate", "--skip-checks", "-v0")
    (data / "db" / "mail.sqlite3").touch()
    _manage(data, "shell", "-c", "from vaguemestre.engine.projection import projector; projector.rebuild()")
    return data


def _run(data: Path, *arguments: str) -> tuple[float, float, int]:
    """Wall and processor seconds, and megabytes, of one command in its own process."""
    before = time.monotonic()
    process = subprocess.Popen(_command(*arguments), env=_environment(data), stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def _manage(data: Path, *arguments: str) -> None:
    subprocess.run(_command(*arguments), env=_environment(data), check=True, stdout=subprocess.DEVNULL)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "vaguemestre", *arguments]


def _environment(data: Path) -> dict[str, str]:
    return os.environ | {"VAGUEMESTRE_DATA": str(data), "VAGUEMESTRE_MODE": "test"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    acts = parser.add_subparsers(dest="act", required=True)
    making = acts.add_parser("make")
    making.add_argument("file", type=Path)
    for act in (making, acts.add_parser("measure"), acts.add_parser("again")):
        act.add_argument("--count", type=int, default=STAFF)
    options = parser.parse_args()
    if options.act == "make":
        make(options.file, count=options.count)
    else:
        {"measure": measure, "again": again}[options.act](options.count)


if __name__ == "__main__":
    main()
