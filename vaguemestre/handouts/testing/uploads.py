"""Shared by tests: uploads."""

from __future__ import annotations

import io
from datetime import datetime

from django.conf import settings as configured
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.handouts import chunked_upload, message_links
from vaguemestre.handouts.models import Handout

LETTER = "a" * 32


def come(account: Account, octets: bytes, *, name: str = "récit.pdf", letter: str = LETTER) -> Handout:
    handout = chunked_upload.begin_upload(
        account, letter, name, len(octets), "application/pdf", timezone.now(), modified=7
    )
    chunked_upload.append_chunk(handout, handout.received, io.BytesIO(octets[handout.received :]), timezone.now())
    return handout


def leave(account: Account, octets: bytes, now: datetime, *, letter: str = LETTER) -> tuple[Handout, str]:
    """Sent: the file, and the address in the letter, from its path on."""
    handout = come(account, octets, letter=letter)
    [link] = message_links.new_links(account.key, letter)
    message_links.note_departure(account.key, letter, f"<{letter}@ac-amiens.fr>", now)
    message_links.note_delivery(account.key, letter, now)
    handout.refresh_from_db()
    return handout, link.url.removeprefix(configured.ORIGIN)
