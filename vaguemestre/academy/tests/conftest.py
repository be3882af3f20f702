"""Fixtures of the room's tests."""

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def amiens() -> str:
    return Path(settings.ACADEMY_FILE).read_text(encoding="utf-8")
