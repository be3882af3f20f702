"""Where Postfix hands the copy for Sent of what is sent in a shared mailbox's name: an address of this server alone.

`sender_milter` adds it, `postfix/keep-copy` takes it, `webmail/outbox/sent_copies.py` files it. No Django."""

DOMAIN = "sent-copy.invalid"
FOLDER = "sent-copies"


def copy_address(box: str) -> str:
    return f"{box}@{DOMAIN}"


def is_copy_address(address: str) -> bool:
    return address.lower().endswith(f"@{DOMAIN}")
