"""A filter begun from one message: what others of its kind have in common with it."""

import re

from vaguemestre.mailbox.messages import Message
from vaguemestre.webmail.rules.filters.form import Typed
from vaguemestre.webmail.rules.filters.rule import VALUE_LIMIT, Field, How

_LIST_ID = re.compile(r"<([^<>]+)>")


def of(message: Message) -> Typed:
    """Its list, when it came by one; else its sender."""
    said = message.headers.get("List-Id")
    named = _LIST_ID.search(said)
    if said and (value := (named[1] if named else said).strip()[:VALUE_LIMIT]):
        return Typed(lines=[(f"{Field.LIST}-{How.CONTAINS}", value)])
    sender = message.row.sender
    if sender is None or not sender.address:
        return Typed()
    return Typed(lines=[(f"{Field.FROM}-{How.IS}", sender.address[:VALUE_LIMIT])])
