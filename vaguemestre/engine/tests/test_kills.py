"""The ledger of what Postfix hands over and what lies in the mailbox, each delivery being killed at some moment."""

import os
import re
import signal
import smtplib
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from vaguemestre.engine.template_variables import mail_host
from vaguemestre.instance import read_instance
from vaguemestre.testing import MailAccount, data_folder, letter, wait_for_mail

KILLS = int(os.environ.get("KILLS", "1000"))
NUMBER = re.compile(rb"^Subject: numero-(\d+)", re.MULTILINE)


def serving() -> list[int]:
    """Processes of this Dovecot alone that deliver."""
    master = (data_folder() / "run" / "dovecot" / "master.pid").read_text().strip()
    stats = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats.append(stat.read_text().split())
        except OSError:  # it is gone
            continue
    return [int(pid) for pid, name, _state, parent, *_rest in stats if name == "(lmtp)" and parent == master]


def as_postfix_writes_it(number: int, to: str) -> bytes:
    host = mail_host(read_instance())
    line = f"Received: from x.example (x.example [192.0.2.1])\r\n\tby {host} (Postfix) with ESMTP id "
    told = f"{line}4kill{number:08}\r\n\tfor <{to}>; Wed,  2 Dec 2026 12:00:00 +0000 (UTC)\r\n"
    return told.encode() + letter(to, subject=f"numero-{number}").as_bytes().replace(b"\n", b"\r\n")


def hand_over(message: bytes, to: str, *, dies: str = "", after: float = 0) -> bool:
    """Whether Dovecot said that it has it. Who dies, so many seconds after the final dot: "dovecot" or "postfix"."""
    try:
        with smtplib.LMTP(str(data_folder() / "run" / "dovecot" / "lmtp"), timeout=60) as lmtp:
            lmtp.ehlo()
            lmtp.mail("anne@librairie.example")
            lmtp.rcpt(to)
            lmtp.docmd("DATA")
            victims = serving()
            lmtp.send(message + b"\r\n.\r\n")
            time.sleep(after)
            if dies == "postfix":
                lmtp.close()
                return False
            if dies == "dovecot":
                kill(victims)
            return lmtp.getreply()[0] == 250
    except (smtplib.SMTPException, OSError):  # also where the one before was killed in accepting this one
        return False


def kill(processes: list[int]) -> None:
    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("dies", ["dovecot", "postfix"])
def test_whoever_dies_nothing_is_lost(mail_account: MailAccount, dies: str) -> None:
    """And nothing is doubled, but by a Dovecot that is killed within the milliseconds between storing and noting it."""
    begun = time.monotonic()
    assert hand_over(as_postfix_writes_it(0, mail_account.address), mail_account.address)
    whole = time.monotonic() - begun
    died_after: dict[int, float] = {}
    for number in range(1, KILLS + 1):
        message = as_postfix_writes_it(number, mail_account.address)
        died_after[number] = whole * (number % 101) / 100
        if not hand_over(message, mail_account.address, dies=dies, after=died_after[number]):
            while not hand_over(message, mail_account.address):
                pass
    lying = Counter(int(NUMBER.search(raw)[1]) for raw in wait_for_mail(mail_account, KILLS + 1))  # type: ignore[index]
    doubled = {number: round(1000 * died_after[number], 1) for number, times in lying.items() if times > 1}
    sys.stderr.write(f"{KILLS} deaths of {dies} within {1000 * whole:.0f} ms, doubled: {doubled}\n")
    assert set(lying) == set(range(KILLS + 1))
    assert dies == "dovecot" or not doubled
