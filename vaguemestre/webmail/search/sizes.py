"""Sizes as they are typed in a search: >5Mo, <=500 Ko, 1,5MB. They are those of the whole message, files included."""

import re

_UNITS = {"": 0, "k": 1, "m": 2, "g": 3}
_SIZE = re.compile(r"(?i)([<>]=?)?\s?(\d{1,9}(?:[.,]\d{1,3})?)\s?(?:([kmg]?)(?:i?b|i?o|octets?|bytes?)|([kmg]))?")
_SMALLEST_OCTETS = 1000  # a number alone: below, megabytes, as people count files
_LARGEST = 2**32 - 1  # what a number holds on every server (RFC 3501)


def parse_size(text: str) -> tuple[str, int] | None:
    """The sign before it (<, <=, >, >= or none) and the bytes; None for what is no size."""
    match = _SIZE.fullmatch(text.strip())
    if not match:
        return None
    amount, unit = float(match[2].replace(",", ".")), (match[3] or match[4] or "").lower()
    if match[3] is None and match[4] is None and amount < _SMALLEST_OCTETS:
        unit = "m"
    return match[1] or "", min(round(amount * 1024 ** _UNITS[unit]), _LARGEST)
