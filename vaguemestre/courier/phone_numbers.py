"""Phone numbers as people in France write them, as gateways want them, and as much of them as may be shown."""

import re

# Dialled from anywhere in France like other mobiles, they belong to the country codes of the overseas départements.
_OVERSEAS = {
    "0639": "+262", "0690": "+590", "0691": "+590", "0692": "+262", "0693": "+262", "0694": "+594", "0696": "+596",
    "0697": "+596",
}  # fmt: skip
SHORTEST, LONGEST = 8, 15  # digits with the country's (E.164)


def international_number(phone: str) -> str | None:
    """`06 12 34 56 78` → `+33612345678`; None when it is no number."""
    digits = re.sub(r"\s", "", phone)
    if re.fullmatch(r"0[1-9]\d{8}", digits, re.ASCII):
        return _OVERSEAS.get(digits[:4], "+33") + digits[1:]
    return digits if re.fullmatch(rf"\+[1-9]\d{{{SHORTEST - 1},{LONGEST - 1}}}", digits, re.ASCII) else None


def mask_number(number: str) -> str:
    """`+336•••••78`: the country and two digits, whatever the length."""
    return f"{number[:4]}•••••{number[-2:]}"
