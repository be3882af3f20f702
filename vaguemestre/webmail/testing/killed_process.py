"""Something in a process of its own that is killed, on the tables and the outbox of this test (`transaction=True`)."""

import signal
import subprocess
import sys

from django.conf import settings
from django.db import connection

BEGINNING = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"], settings.MAIL["outbox"], key = sys.argv[1:]
django.setup()
from django.utils import timezone
def after(act):
    def and_killed(*arguments):
        act(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    return and_killed
"""


def kill_process_on(key: str, code: str) -> None:
    """`code` calls something `after` which the process is killed."""
    here = str(connection.settings_dict["NAME"]), str(settings.MAIL["outbox"])
    process = [sys.executable, "-c", BEGINNING + code, *here, key]
    assert subprocess.run(process, cwd=settings.BASE_DIR, check=False).returncode == -signal.SIGKILL
