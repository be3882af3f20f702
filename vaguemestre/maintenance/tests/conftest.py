import pytest

from vaguemestre.maintenance import state


@pytest.fixture(autouse=True)
def nothing_closed() -> None:
    """These tests are about it: the watch looks, as it does in the product."""
    state.forget()
