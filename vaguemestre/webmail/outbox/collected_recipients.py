"""Whom a message went to is remembered, so that they are offered the next time. Nothing of it may hold a message up."""

import logging
from datetime import datetime

from django.db import DatabaseError

from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.webmail.compose import mime_builder
from vaguemestre.webmail.models import Outgoing

logger = logging.getLogger(__name__)
WITHOUT_AUTHOR = frozenset({Outgoing.Kind.RECEIPT, Outgoing.Kind.REPORT})


def collect_recipients(outgoing: Outgoing, now: datetime) -> None:
    """For a message that Postfix has taken, before its row is emptied."""
    if outgoing.kind in WITHOUT_AUTHOR:
        return
    try:
        collect_addresses(outgoing.account, mime_builder.envelope_recipients(outgoing), now)
    except DatabaseError:
        logger.exception("people of a message of %s are not remembered", outgoing.account_id)
