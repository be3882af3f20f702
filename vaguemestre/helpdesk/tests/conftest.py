import pytest

from vaguemestre.helpdesk.tests.console import Desk, make_desk


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()
