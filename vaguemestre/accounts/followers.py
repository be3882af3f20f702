"""Sessions that end are followed elsewhere: in each application that one of them opened (`settings.SESSION_FOLLOWERS`).

This room does not know who follows. A follower notes what is to be told, and tells it after the commit.
"""

import logging
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

type Follower = Callable[[list[str]], int]


def tell(hashes: list[str]) -> int:
    """Inside the act's transaction, once the rows are gone: `hashes` are those of the tokens. Answers how many are
    being told. One that fails keeps no session open: its own recurring job makes good what it missed."""
    if not hashes:
        return 0
    return sum(_told(path, hashes) for path in settings.SESSION_FOLLOWERS)


def _told(path: str, hashes: list[str]) -> int:
    try:
        with transaction.atomic():
            return cast(Follower, import_string(path))(hashes)
    except Exception:  # whatever it raises, the sessions have ended
        logger.exception("%s: not told of the end of %d sessions", path, len(hashes))
        return 0
