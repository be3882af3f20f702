"""What a backup costs, by restic on the disk at hand, as root: the second of N mailboxes against the first; a list and
a message opened while one runs against the same without; one mailbox brought back.

    python -m bench.backup [DATA] [--mailboxes 100] [--messages 1000]

DATA is the folder of a running demo, which gets mailboxes that no account has; without it one is started and thrown
away. Wanted: the second at most a fifth of the first, list and open at most 1.3 times.

Sizes as in a staff's mailboxes: many short letters, few with documents; log-normal, median 8 KB, mean 40 KB, none above
15 MB. What a letter has above 24 KB is a document in base64, which restic cannot make smaller; below it is text, which
it can. 100 mailboxes of 1,000 are 4 GB, and some 12 GB are needed with the repository. At the second backup one message
in a hundred is new: a day's mail of ten a person. The bench looks at a list and a message while one runs that has a
quarter of the first one's mail to write, once with nice and ionice alone (`vaguemestre backup run` by hand), once as
the unit does it every night (`CPUSchedulingPolicy=idle`).
"""

import argparse
import base64
import json
import math
import multiprocessing
import os
import random
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest import mock

from bench.list import _filled, _pool, demo_at, timing
from bench.storm import Browser

if TYPE_CHECKING:
    from vaguemestre.backup.places.configuration import BackupConfiguration
    from vaguemestre.backup.places.repository import Repository
    from vaguemestre.backup.places.runs import BackupRun

FIRST_KEY = 9_000_000
NEW_SHARE = 100  # one message in so many is new at the second backup
BESIDE_SHARE = 4  # of the first one's mail is written while pages are asked for
ROUNDS = 40
MEDIAN, MEAN, LARGEST, TEXT = 8_000, 40_000, 15_000_000, 24_000
SPREAD = math.sqrt(2 * math.log(MEAN / MEDIAN))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--mailboxes", type=int, default=100)
    parser.add_argument("--messages", type=int, default=1000)
    options = parser.parse_args()
    with demo_at(options.data) as data, tempfile.TemporaryDirectory(prefix="vaguemestre-bench-") as away:
        os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
        import django

        django.setup()
        try:
            measure(data, Path(away), options.mailboxes, options.messages)
        finally:
            for home in (data / "mail").glob(f"*/a{FIRST_KEY // 1_000_000}??????"):
                shutil.rmtree(home)
    return 0


def measure(data: Path, away: Path, mailboxes: int, messages: int) -> None:
    from vaguemestre.accounts.models import Account

    endpoints = json.loads((data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    key = Account.objects.get(identifier=person["identifier"]).key
    folder = _filled(_pool(), key, messages)
    fill(data, key, mailboxes, messages)
    places = configuration(data, away)
    print(
        "| backup | time | restic's calls | octets new in the repository | of octets of mail |\n|---|---|---|---|---|"
    )
    first = _told("first", places)
    add(data, mailboxes, messages // NEW_SHARE)
    second = _told("second", places)
    print(f"second: {second / first:.2f} of the first", flush=True)
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own teacher"
    looks = {"list": f"/webmail/dossiers/{folder}/", "open": f"/webmail/dossiers/{folder}/{messages}/"}
    for policy in ("nice", "idle"):
        add(data, mailboxes, messages // BESIDE_SHARE)
        _beside(places, browser, looks, policy)
    took, files = _timed(lambda: restored(places, away / "back"))
    print(f"| one mailbox of {files} files brought back | {took:.1f} s |", flush=True)


def _told(name: str, places: "BackupConfiguration") -> float:
    """Seconds."""
    with _asked() as asked:
        took, run = _timed(lambda: _back_up(places))
    calls = ", ".join(f"{word} {seconds:.1f} s" for word, seconds in asked)
    new, mail = sum(part.added for part in run.parts.values()), run.parts["mail"].octets
    print(f"| {name} | {took:.1f} s | {len(asked)}: {calls} | {new:,} | {mail:,} |", flush=True)
    return took


@contextmanager
def _asked() -> Iterator[list[tuple[str, float]]]:
    """What restic is asked meanwhile, and how long each takes."""
    from vaguemestre.backup.places.repository import Repository

    asked: list[tuple[str, float]] = []

    def noting(repository: "Repository", *words: str, **options: Any) -> Any:
        took, answer = _timed(lambda: real(repository, *words, **options))
        asked.append((words[0], took))
        return answer

    real = Repository._ask
    with mock.patch.object(Repository, "_ask", noting):
        yield asked


def configuration(data: Path, away: Path) -> "BackupConfiguration":
    from vaguemestre.backup.places.configuration import BackupConfiguration, BackupTarget

    def target(name: str) -> BackupTarget:
        password = away / f"{name}.password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe())
        return BackupTarget(str(away / name), password)

    return BackupConfiguration(data=data, mail=target("mail"), secrets=target("secrets"))


def _back_up(places: "BackupConfiguration") -> "BackupRun":
    from django.conf import settings

    from vaguemestre.backup.run import backup_run
    from vaguemestre.backup.status import outcomes

    (places.data / "backup" / "state" / f"{outcomes.Task.BACKUP}.json").unlink(missing_ok=True)
    authority = Path(settings.ACADEMY_FILE).parent
    return backup_run.back_up(places, settings.DATABASES["default"], authority, now=datetime.now(UTC))


def fill(data: Path, source: str, mailboxes: int, messages: int) -> None:
    """Stored messages as Dovecot writes them, each made another: restic keeps what is the same but once."""
    from vaguemestre.backup.places.runs import mailbox_path

    needed = 3 * mailboxes * messages * MEAN
    free = shutil.disk_usage(data).free
    assert free > needed, f"{data}: {free:,} octets free, {needed:,} are needed"
    stored = sorted((data / "mail" / mailbox_path(source)).rglob("u.*"))[:messages]
    texts = [file.read_bytes() for file in stored]
    chance = random.Random(20)
    for number in range(mailboxes):
        home = _store(data, number)
        home.mkdir(parents=True)
        for place, text in enumerate(texts):
            (home / f"u.{place + 1}").write_bytes(message_of(text, chance))


def add(data: Path, mailboxes: int, messages: int) -> None:
    chance = random.Random()
    for number in range(mailboxes):
        for _message in range(messages):
            (_store(data, number) / f"u.{secrets.token_hex(8)}").write_bytes(message_of(b"Bonjour,\r\n", chance))


def message_of(text: bytes, chance: random.Random) -> bytes:
    size = min(LARGEST, int(chance.lognormvariate(math.log(MEDIAN), SPREAD)))
    line = b"%s %s\r\n" % (secrets.token_hex(16).encode(), text[-40:].strip())
    letter = text + line * (min(size, TEXT) // len(line))
    return letter + base64.encodebytes(secrets.token_bytes(max(0, size - TEXT) * 3 // 4))


def _store(data: Path, number: int) -> Path:
    from vaguemestre.backup.places.runs import mailbox_path

    return data / "mail" / mailbox_path(f"a{FIRST_KEY + number:07d}") / "sdbox" / "mailboxes" / "INBOX" / "dbox-Mails"


def restored(places: "BackupConfiguration", into: Path) -> int:
    """Of the newest."""
    from vaguemestre.backup.places import runs

    mail = runs.mail_repository(places)
    home = runs.restore_mailbox(mail, runs.run_named(mail.snapshots()), f"a{FIRST_KEY:07d}", into)
    return sum(1 for _file in home.rglob("u.*"))


def _beside(places: "BackupConfiguration", browser: Browser, looks: dict[str, str], policy: str) -> None:
    """Alone, while one runs, and alone again."""
    before = {name: _look(browser, path) for name, path in looks.items()}
    working = multiprocessing.get_context("fork").Process(target=_work, args=[places, policy])
    working.start()
    during: dict[str, list[float]] = {name: [] for name in looks}
    while working.is_alive() and len(during["list"]) < ROUNDS * 10:
        for name, path in looks.items():
            during[name].append(timing(lambda path=path: _ask(browser, path)))  # type: ignore[misc]
    working.join()
    assert working.exitcode == 0
    after = {name: _look(browser, path) for name, path in looks.items()}
    for name, times in during.items():
        alone = median([*before[name], *after[name]])
        print(
            f"| {name} | {alone:.1f} ms | while one runs ({policy}), {len(times)} looks: {median(times):.1f} ms | "
            f"{median(times) / alone:.2f} times |",
            flush=True,
        )


def _work(places: "BackupConfiguration", policy: str) -> None:
    """Apart: a thread of this process would hold up what is timed."""
    if policy == "idle":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    _back_up(places)


def _look(browser: Browser, path: str) -> list[float]:
    return [timing(lambda: _ask(browser, path)) for _round in range(ROUNDS)]


def _ask(browser: Browser, path: str) -> None:
    status, _body = browser.ask("GET", path)
    assert status == 200, f"{path}: {status}"


def _timed[T](act: Callable[[], T]) -> tuple[float, Any]:
    began = time.monotonic()
    made = act()
    return time.monotonic() - began, made


if __name__ == "__main__":
    raise SystemExit(main())
