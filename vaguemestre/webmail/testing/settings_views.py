"""Shared by tests: settings views."""

import re

from vaguemestre.courier.models import Parcel
from vaguemestre.webmail.testing.browser import MailBrowser


def code_for(desk: MailBrowser) -> str:
    """The six digits that were mailed to the target."""
    parcel = Parcel.objects.filter(about=desk.mail.key).order_by("-id").first()
    assert parcel
    found = re.search(r"(\d{3})\D?(\d{3})", parcel.text)
    assert found
    return found[1] + found[2]
