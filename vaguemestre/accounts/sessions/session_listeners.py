"""Sessions that end are followed elsewhere: in each application that one of them opened (`ports`).

This room does not know who follows. A follower notes what is to be told, and tells it after the commit.
"""

import logging

from django.db import transaction

from vaguemestre.accounts.ports import SessionFollower, session_followers

logger = logging.getLogger(__name__)


def tell_listeners(hashes: list[str]) -> int:
    """Inside the act's transaction, once the rows are gone: `hashes` are those of the tokens. Answers how many are
    being told. One that fails keeps no session open: its own recurring job makes good what it missed."""
    if not hashes:
        return 0
    return sum(_told(follower, hashes) for follower in session_followers.all())


def _told(follower: SessionFollower, hashes: list[str]) -> int:
    try:
        with transaction.atomic():
            return follower(hashes)
    except Exception:  # whatever it raises, the sessions have ended
        logger.exception("%s: not told of the end of %d sessions", follower.__module__, len(hashes))
        return 0
