"""The answer that has the process `files` answer. Who may have it was asked before."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from vaguemestre.web import file_tickets


def redirect_to_files(kind: str, facts: Mapping[str, Any]) -> HttpResponse:
    """Of its headers nginx keeps Cache-Control, Content-Disposition and cookies; the others are those of `files`."""
    ticket = file_tickets.seal_ticket(_key(settings.SECRETS_DIR), kind, facts, timezone.now())
    place = f"{file_tickets.PLACE}{kind}/?{urlencode({file_tickets.FIELD: ticket})}"
    return HttpResponse(headers={"X-Accel-Redirect": place, "Cache-Control": "private, no-store"})


@lru_cache(maxsize=1)
def _key(folder: Path | None) -> bytes:
    """Without a data folder (linters) a key that nobody else has."""
    return (folder / file_tickets.KEY).read_bytes().strip() if folder else Fernet.generate_key()
