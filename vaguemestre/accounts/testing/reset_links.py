"""Shared by tests: reset links."""

from datetime import datetime
from urllib.parse import urlsplit

from django.test import Client

from vaguemestre.accounts.lost_password import reset_links
from vaguemestre.accounts.lost_password.testing import PAGE, answer_all, fill, links_mailed
from vaguemestre.accounts.models import ResetLink

CHOSEN = "Quatre-nuages-sur-la-baie-7"


def ask(client: Client, *, now: datetime | None = None) -> str:
    client.post(PAGE, fill(client))
    answer_all()
    if now:
        ResetLink.objects.update(made_at=now, expires_at=now + reset_links.LASTS)
    return _path(links_mailed()[-1][1])


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
