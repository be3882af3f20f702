"""Shared by tests: Postfix's queue."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from vaguemestre.testing import MailAccount, data_folder, letter, submission


def home_of(account: MailAccount) -> Path:
    [home] = [path for path in (data_folder() / "mail").rglob(account.key) if path.is_dir()]
    return home


def send(author: MailAccount, to: str, *, sender: str = "") -> None:
    message = letter(to, sender=author.address, subject="Virement")
    with submission(author) as connection:
        connection.sendmail(sender or author.address, [to], message.as_bytes())


def queue() -> list[dict[str, Any]]:
    command = ["postqueue", "-c", str(data_folder() / "engine" / "postfix"), "-j"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def waiting(to: str, count: int = 1) -> list[str]:
    """The numbers of the messages that wait for this recipient, once there are so many and none is being tried."""
    deadline = time.monotonic() + 20
    while True:
        found = [one for one in queue() if to in {person["address"] for person in one["recipients"]}]
        if len(found) == count and all(one["queue_name"] in {"deferred", "hold"} for one in found):
            return [one["queue_id"] for one in found]
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def as_postfix_had_it(stored: bytes) -> bytes:
    """Without what Dovecot wrote above it."""
    return stored[re.search(rb"^Received: .*\n(?:[ \t].*\n)+", stored, re.MULTILINE).end() :]  # type: ignore[union-attr]
