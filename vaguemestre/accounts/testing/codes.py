"""Shared by tests: codes."""

import re

from vaguemestre.courier.models import Parcel

TARGET = "agathe@boite.example"


def sent_to(target: str) -> str:
    """The digits of the last code that waits for this address."""
    text = Parcel.objects.filter(to=target).latest("id").text
    found = re.search(r"(\d{3})\s(\d{3})", text)
    assert found, text
    return found[1] + found[2]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"
