import pytest

from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import Box, make_box
from vaguemestre.testing import deliver_locally, letter
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.presence import PARENT


@pytest.fixture
def box(desk: MailBrowser, neighbour: MailBrowser) -> Box:
    """Its owner sits at the desk, the neighbour answers in it too; a parent has written."""
    made = make_box()
    made.give(desk.mail, MailboxRights.OWNER)
    made.give(neighbour.mail, MailboxRights.MEMBER)
    parent = letter(made.address, subject="Absence de Léa", sender="parent@x.example")
    parent["Message-ID"] = PARENT
    deliver_locally(parent, made.address)
    return made
