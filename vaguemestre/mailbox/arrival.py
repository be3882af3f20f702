"""By which door a message came, from the lines that our own Postfix has written above all others."""

from vaguemestre.mailbox.messages import Headers


def came_by_the_public_door(headers: Headers, mail_name: str, inner_address: str) -> bool:
    """False for what people send signed in, whose first `Received` Postfix takes out, and for what the service itself
    writes, which comes by the inner door from an address of its own. A forged line can only make it true."""
    ours = [value for value in headers.all("Received") if f" by {mail_name} (Postfix) with " in value]
    return any(f"[{inner_address}]" not in value for value in ours)
