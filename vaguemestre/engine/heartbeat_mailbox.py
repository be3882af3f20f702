"""The service's own mailbox, to which it writes trial messages (`mail_heartbeat`). No account: a row of the projected
file alone, without a password (docs/decisions/heartbeat.md). No Django."""

from pathlib import Path

STATE_FILE = Path("run/heartbeat.json")  # what the last trial messages found, in the data folder
# The form of an account's key, which no person's name and no mailbox's has; the first account's number is 1.
KEY = "a0000000"
QUOTA_MB = 100
# As `projection.rows.ACCOUNT` and `LOGIN`: open, nobody's, and receiving under its key.
ACCOUNT_ROW = (KEY, 0, None, True, QUOTA_MB, "fr", "", None, 0, None, None, False, False, False)
LOGIN_ROW = (KEY, KEY, True)


def address(domain: str) -> str:
    return f"{KEY}@{domain}"
