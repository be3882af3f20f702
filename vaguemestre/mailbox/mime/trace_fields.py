"""By which door a message came, from the lines that our own Postfix has written above all others."""

import re

from vaguemestre.mailbox.messages import Headers

LOOPBACK = {"127.0.0.1", "::1"}


def arrived_from_outside(headers: Headers, mail_name: str, inner_address: str, domain: str) -> bool:
    """False for what people send signed in, whose first `Received` Postfix takes out, for what the service itself
    writes, which comes by the inner door from an address of its own, and for what was delivered on this machine under
    an envelope of ours (a redirection), which the public door refuses. A forged line can only make it true."""
    mark = f" by {mail_name} (Postfix) with "
    inner = {inner_address}
    if headers.get("Return-Path").strip().lower().endswith(f"@{domain}>"):
        inner |= LOOPBACK
    # What a stranger calls itself, or writes to, stands in the line too, and may hold the mark again.
    heads = (head for value in headers.all("Received") for head in value.split(mark)[:-1])
    return any(_client(head) not in inner for head in heads)


def _client(head: str) -> str:
    """The address that spoke. Before it stands what the other side calls itself, which may look like any address."""
    return next(iter(re.findall(r"\[([^\[\]]*)\]", head)[-1:]), "")
