"""Shared by tests: gate."""

import time

from vaguemestre.accounts.models import SignIn
from vaguemestre.testing import MailAccount


def log_of(account: MailAccount, count: int = 1) -> list[tuple[str, str]]:
    """Dovecot answers the client first and tells the gate then."""
    deadline = time.monotonic() + 10
    lines = SignIn.objects.filter(account=account.account).order_by("id").values_list("channel", "result")
    while lines.count() < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return list(lines)
