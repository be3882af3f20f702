"""A teacher with files on their way, in a folder of the test's own."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.handouts import receiving, sending
from vaguemestre.handouts.models import Handout
from vaguemestre.testing import Cast

LETTER = "a" * 32


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MAIL = {**configured.MAIL, "handouts": tmp_path}


@pytest.fixture
def teacher(cast: Cast) -> Account:
    return cast.teacher


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def come(account: Account, octets: bytes, *, name: str = "récit.pdf", letter: str = LETTER) -> Handout:
    handout = receiving.begin(account, letter, name, len(octets), "application/pdf", timezone.now(), modified=7)
    receiving.append(handout, handout.received, io.BytesIO(octets[handout.received :]), timezone.now())
    return handout


def leave(account: Account, octets: bytes, now: datetime, *, letter: str = LETTER) -> tuple[Handout, str]:
    """Sent: the file, and the address in the letter, from its path on."""
    handout = come(account, octets, letter=letter)
    [link] = sending.links(account.key, letter)
    sending.leaves(account.key, letter, f"<{letter}@ac-amiens.fr>", now)
    sending.arrived(account.key, letter, now)
    handout.refresh_from_db()
    return handout, link.url.removeprefix(configured.ORIGIN)
