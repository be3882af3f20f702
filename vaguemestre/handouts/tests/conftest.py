"""A teacher with files on their way, in a folder of the test's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils import timezone
from pytest_django import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.testing import Cast


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    handouts, fetched = tmp_path / "handouts", tmp_path / "run" / "files" / "fetched"
    handouts.mkdir()
    fetched.mkdir(parents=True)
    settings.MAIL = {**configured.MAIL, "handouts": handouts, "fetched": fetched}


@pytest.fixture
def teacher(cast: Cast) -> Account:
    return cast.teacher


@pytest.fixture
def now() -> datetime:
    return timezone.now()
