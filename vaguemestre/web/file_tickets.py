"""What `web` has the process `files` serve in its place: it asks who may, and seals what is to be served into a ticket,
which nginx carries on (X-Accel-Redirect). No visitor ever sees one, and no log tells what is in it.

No Django here: `files` reads it too, which has neither settings nor a database.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

KEY = "files.key"  # of `DATA/secrets`
HANDOUT, PICTURE = "handout", "picture"
PLACE = "/_files/"  # nginx knows it
FIELD = "billet"
LIFE = timedelta(minutes=1)


def seal_ticket(key: bytes, kind: str, facts: Mapping[str, Any], now: datetime) -> str:
    return Fernet(key).encrypt_at_time(json.dumps([kind, facts]).encode(), int(now.timestamp())).decode()


def open_ticket(key: bytes, kind: str, ticket: str, now: datetime) -> dict[str, Any] | None:
    """None for one that another key has sealed, of another kind, or too old."""
    try:
        sealed, facts = json.loads(
            Fernet(key).decrypt_at_time(ticket.encode(), int(LIFE.total_seconds()), int(now.timestamp()))
        )
    except InvalidToken:
        return None
    return dict(facts) if sealed == kind else None
