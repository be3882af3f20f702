"""Fixtures for tests about the whole."""

from pathlib import Path

import pytest

from tests.processes import OwnData


@pytest.fixture(scope="session")
def fresh_data(tmp_path_factory: pytest.TempPathFactory) -> OwnData:
    return OwnData(tmp_path_factory.mktemp("fresh"))


@pytest.fixture
def data(fresh_data: OwnData, tmp_path: Path) -> OwnData:
    """A data folder that this test may fill as it likes."""
    return OwnData(tmp_path, like=fresh_data)
