"""A short mark that a person reads aloud on the phone and the operator finds in the log."""

import secrets

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, no O
DIGITS = "23456789"


def new_reference() -> str:
    """K7QM-42: never 0, O, 1 or I."""
    head = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(4))
    return f"{head}-{secrets.choice(DIGITS)}{secrets.choice(DIGITS)}"
