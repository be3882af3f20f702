"""The date and the subject of a message, as they are shown."""

import re
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Row
from vaguemestre.web.number_text import NARROW, NBSP

FRENCH_SIGNS = re.compile(r" ([:;?!»])")
LATE, EARLY = timedelta(days=90), timedelta(minutes=10)


def message_date(row: Row) -> datetime:
    """When it was written, as everywhere; when it came, if its sender's clock cannot be right."""
    written = row.sent
    believable = written is not None and row.received - LATE <= written <= row.received + EARLY
    return written if written is not None and believable else row.received


def subject_text(subject: str) -> str:
    """Its French signs stay with their word, whatever space its author typed."""
    return FRENCH_SIGNS.sub(_kept_together, subject.strip()) or _("(no subject)")


def _kept_together(sign: re.Match[str]) -> str:
    return f"{NBSP if sign[1] in ':»' else NARROW}{sign[1]}"
