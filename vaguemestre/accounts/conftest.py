import pytest
from pytest_django import Settings


@pytest.fixture
def traces_apart(settings: Settings) -> None:
    """A wrong password leaves sixteen bits of a keyed hash. Under a key drawn again for each run, two different ones
    are now and then taken for the same: under this one, those of the tests are not."""
    settings.SECRET_KEY = "the same key for each run of these tests"
