"""The event process learns at once that sessions have ended: their pages hear nothing more; that somebody begins or
ends an answer in a shared mailbox; and that something of ours changed there.

While it is away nothing arrives, and the tickets of before are over five minutes later.
"""

import http.client
import json
import logging
from collections.abc import Iterable
from itertools import batched

from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)
BATCH = 2000  # keys in one word to the process
SECONDS = 1


def end_streams(keys: Iterable[str], *, only: str = "", but: str = "") -> None:
    """Call it inside the act's transaction. `only`, `but`: the mark of one session (`sessions.session_mark`)."""
    ended = list(keys)
    if ended:
        transaction.on_commit(lambda: _tell(ended, only, but), robust=True)


def tell_change(mailbox: str) -> None:
    """Pages that show it ask again, as when mail comes. Call it inside the act's transaction."""
    word = json.dumps({"user": mailbox, "total": 0, "events": []})
    transaction.on_commit(lambda: _deliver("/push", [word]), robust=True)


def announce_answering(box: str) -> None:
    """To the pages that show this shared mailbox. No row was written: there is no commit to wait for."""
    _deliver("/answering", [json.dumps({"user": box})])


def _tell(keys: list[str], only: str, but: str) -> None:
    batches = batched(keys, BATCH, strict=False)
    _deliver("/end", [json.dumps({"users": batch, "only": only, "but": but}) for batch in batches])


def _deliver(path: str, words: Iterable[str]) -> None:
    if settings.SECRETS_DIR is None:
        return  # no data folder, no event process
    secret = (settings.SECRETS_DIR / "push.key").read_text(encoding="ascii").strip()
    try:
        for told in words:
            _post(path, told, secret)
    except (OSError, http.client.HTTPException) as error:
        logger.warning("event process: %s; open pages are not told", error)


def _post(path: str, told: str, word: str) -> None:
    connection = http.client.HTTPConnection(*settings.EVENTS_DOOR, timeout=SECONDS)
    try:
        connection.request("POST", path, told, {"X-Vaguemestre-Push": word})
        status = connection.getresponse().status
    finally:
        connection.close()
    if status >= 400:
        logger.warning("event process: it answered %d to %s", status, path)
