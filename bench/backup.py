"""What a backup costs, by restic on the disk at hand, as root: the second of N mailboxes against the first; a list and
a message opened while one runs against the same without; one mailbox brought back.

    python -m bench.backup [DATA] [--mailboxes 100] [--messages 1000]

DATA is the folder of a running demo, which gets mailboxes that no account has; without it one is started and thrown
away. Wanted: the second at most a fifth of the first, list and open at most 1.3 times.
"""

import argparse
import json
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.list import _filled, _pool, demo_at, timing
from bench.storm import Browser

if TYPE_CHECKING:
    from vaguemestre.backup.configuration import BackupConfiguration
    from vaguemestre.backup.runs import BackupRun

FIRST_KEY = 9_000_000
NEW_SHARE = 100  # one message in so many is new at the second backup
ROUNDS = 40


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
    browser = Browser(endpoints)
    assert browser.sign_in(person["identifier"], person["password"]) == 302, "the demo refuses its own teacher"
    places = configuration(data, away)
    first, _run = _timed(lambda: _back_up(places))
    add(data, mailboxes, messages // NEW_SHARE)
    second, _run = _timed(lambda: _back_up(places))
    print(f"| first | {first:.1f} s |\n| second | {second:.1f} s | {second / first:.2f} of the first |")
    looks = {"list": f"/webmail/dossiers/{folder}/", "open": f"/webmail/dossiers/{folder}/{messages}/"}
    _beside(places, browser, looks, data, mailboxes, messages)
    took, files = _timed(lambda: restored(places, away / "back"))
    print(f"| one mailbox of {files} files brought back | {took:.1f} s |", flush=True)


def configuration(data: Path, away: Path) -> "BackupConfiguration":
    from vaguemestre.backup.configuration import BackupConfiguration, BackupTarget

    def target(name: str) -> BackupTarget:
        password = away / f"{name}.password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe())
        return BackupTarget(str(away / name), password)

    return BackupConfiguration(data=data, mail=target("mail"), secrets=target("secrets"))


def _back_up(places: "BackupConfiguration") -> "BackupRun":
    from django.conf import settings

    from vaguemestre.backup import backup_run, outcomes

    (places.data / "backup" / "state" / f"{outcomes.Task.BACKUP}.json").unlink(missing_ok=True)
    authority = Path(settings.ACADEMY_FILE).parent
    return backup_run.back_up(places, settings.DATABASES["default"], authority, now=datetime.now(UTC))


def fill(data: Path, source: str, mailboxes: int, messages: int) -> None:
    """Stored messages as Dovecot writes them, each made another: restic keeps what is the same but once."""
    from vaguemestre.backup.runs import mailbox_path

    stored = sorted((data / "mail" / mailbox_path(source)).rglob("u.*"))[:messages]
    texts = [file.read_bytes() for file in stored]
    for number in range(mailboxes):
        home = _store(data, number)
        home.mkdir(parents=True)
        for place, text in enumerate(texts):
            (home / f"u.{place + 1}").write_bytes(secrets.token_bytes(len(text) // 2) + text[len(text) // 2 :])


def add(data: Path, mailboxes: int, messages: int) -> None:
    for number in range(mailboxes):
        for _message in range(messages):
            (_store(data, number) / f"u.{secrets.token_hex(8)}").write_bytes(secrets.token_bytes(4000))


def _store(data: Path, number: int) -> Path:
    from vaguemestre.backup.runs import mailbox_path

    return data / "mail" / mailbox_path(f"a{FIRST_KEY + number:07d}") / "sdbox" / "mailboxes" / "INBOX" / "dbox-Mails"


def restored(places: "BackupConfiguration", into: Path) -> int:
    """Of the newest: of one day only the last one stays."""
    from vaguemestre.backup import runs

    mail = runs.mail_repository(places)
    home = runs.restore_mailbox(mail, runs.run_named(mail.snapshots()), f"a{FIRST_KEY:07d}", into)
    return sum(1 for _file in home.rglob("u.*"))


def _beside(
    places: "BackupConfiguration", browser: Browser, looks: dict[str, str], data: Path, mailboxes: int, messages: int
) -> None:
    """Alone, while one runs that has as much to write as the first, and alone again."""
    before = {name: _look(browser, path) for name, path in looks.items()}
    add(data, mailboxes, messages)
    working = threading.Thread(target=_back_up, args=[places])
    working.start()
    during: dict[str, list[float]] = {name: [] for name in looks}
    while working.is_alive() and len(during["list"]) < ROUNDS * 10:
        for name, path in looks.items():
            during[name].append(timing(lambda path=path: _ask(browser, path)))  # type: ignore[misc]
    working.join()
    after = {name: _look(browser, path) for name, path in looks.items()}
    for name, times in during.items():
        alone = median([*before[name], *after[name]])
        print(
            f"| {name} | {alone:.1f} ms | while one runs {median(times):.1f} ms | {median(times) / alone:.2f} times |"
        )


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
