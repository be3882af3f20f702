"""Addresses as they are compared: one form for each, whoever typed it."""

import re

from vaguemestre.mailbox.mime.header_fields import wire_address
from vaguemestre.mailbox.values import InvalidValueError

LONGEST = 254


def normalise_address(typed: str) -> str | None:
    """Small letters, a domain with accents as it travels. None for what is not an address."""
    bare = re.sub(r"^mailto:", "", typed.strip(), flags=re.IGNORECASE)
    if not 3 <= len(bare) <= LONGEST:
        return None
    try:
        address = wire_address(bare).lower()
    except InvalidValueError:
        return None
    local, _, domain = address.partition("@")
    return address if "." in domain and len(local) <= 64 else None
