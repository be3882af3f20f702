"""Imports that are killed, or whose mail server is, at any moment: each message lies there once."""

import os
import signal
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from vaguemestre.moving import import_run, known_messages
from vaguemestre.moving.models import Intake
from vaguemestre.moving.testing.bringing import box, raw, subjects, take_in
from vaguemestre.testing import MailAccount, data_folder

KILLS = int(os.environ.get("KILLS", "300"))
MESSAGES = 150  # of an import; one list of the webmail shows 200


def kill_sessions() -> None:
    """Those of this Dovecot alone."""
    master = (data_folder() / "run" / "dovecot" / "master.pid").read_text().strip()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, name, _state, parent, *_rest = stat.read_text().split()
            if (name, parent) == ("(imap)", master):
                os.kill(int(pid), signal.SIGKILL)


def bring_in_a_process() -> int:
    """Its number; it ends by itself when nothing is left to bring."""
    connections.close_all()
    if pid := os.fork():
        return pid
    try:
        import_run.go_on(now=timezone.now(), seconds=60)
    finally:
        os._exit(0)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies", ["import", "dovecot"])
def test_killed_at_any_moment_an_import_brings_each_message_once(mail_account: MailAccount, dies: str) -> None:
    kills, whole = 0, 0.5
    for turn in count():
        folder = f"Reprise {turn}"
        intake = take_in(mail_account, {"a.mbox": box(*(raw(number) for number in range(MESSAGES)))}, folder)
        while Intake.objects.filter(pk=intake.pk, state=Intake.State.RUNNING).exists():
            known_messages.forget_known(intake.key)
            begun = time.monotonic()
            pid = bring_in_a_process()
            if turn and kills < KILLS:
                time.sleep(whole * (kills % 101) / 100)
                kills += 1
                if dies == "import":
                    os.kill(pid, signal.SIGKILL)
                else:
                    kill_sessions()
            os.waitpid(pid, 0)
            whole = whole if turn else time.monotonic() - begun  # the first is left alone
        assert Intake.objects.get(pk=intake.pk).state == Intake.State.DONE
        assert subjects(mail_account, folder) == sorted(f"n{number}" for number in range(MESSAGES))
        if kills >= KILLS:
            return
