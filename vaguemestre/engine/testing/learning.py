"""Shared by tests: learning."""

import time

from vaguemestre.engine import spam_training
from vaguemestre.testing import MailAccount, data_folder, imap_connection


def lessons(account: MailAccount, count: int = 1) -> list[tuple[str, bytes]]:
    """Kind and content, in the order of the moves; waits for as many."""
    folder, deadline = data_folder() / spam_training.FOLDER, time.monotonic() + 10
    while len(found := sorted(folder.glob(f"{account.key}.*"), key=lambda file: file.stat().st_mtime_ns)) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return [(file.name.rpartition(".")[2], file.read_bytes()) for file in found]


def move(account: MailAccount, source: str, target: str) -> None:
    """As Thunderbird does it."""
    program = imap_connection(account)
    program.select(source)
    answer, _data = program.uid("MOVE", "1:*", target)
    assert answer == "OK"
    program.logout()
