from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from vaguemestre.people.testing import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield
