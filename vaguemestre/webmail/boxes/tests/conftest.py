import pytest

from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.webmail.testing.browser import MailBrowser


@pytest.fixture
def box(desk: MailBrowser) -> Box:
    """Whoever sits at the desk owns it."""
    made = make_box()
    made.give(desk.mail, MailboxRights.OWNER)
    return made
