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


def hand_over(message: bytes, to: str, kill_after: float | None) -> bool:
    """Whether Dovecot said that it has it. Killed so many seconds after the final dot."""
    try:
        with smtplib.LMTP(str(data_folder() / "run" / "dovecot" / "lmtp"), timeout=60) as lmtp:
            lmtp.ehlo()
            lmtp.mail("anne@librairie.example")
            lmtp.rcpt(to)
            lmtp.docmd("DATA")
            victims = serving()
            lmtp.send(message + b"\r\n.\r\n")
            if kill_after is not None:
                time.sleep(kill_after)
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
def test_killed_at_any_moment_nothing_is_lost_and_nothing_doubled(mail_account: MailAccount) -> None:
    begun = time.monotonic()
    assert hand_over(as_postfix_writes_it(0, mail_account.address), mail_account.address, None)
    whole = 2 * (time.monotonic() - begun)
    killed_at: dict[int, float] = {}
    for number in range(1, KILLS + 1):
        message = as_postfix_writes_it(number, mail_account.address)
        killed_at[number] = whole * (number % 101) / 100
        moment: float | None = killed_at[number]
        while not hand_over(message, mail_account.address, moment):
            moment = None
    lying = Counter(int(NUMBER.search(raw)[1]) for raw in wait_for_mail(mail_account, KILLS + 1))  # type: ignore[index]
    doubled = {number: round(1000 * killed_at[number], 1) for number, times in lying.items() if times > 1}
    sys.stderr.write(f"{KILLS} kills within {1000 * whole:.0f} ms, {len(doubled)} doubled: {doubled}\n")
    assert set(lying) == set(range(KILLS + 1))
    assert not doubled
