"""A filter begun from one message: what others of its kind have in common with it."""

import re

from vaguemestre.mailbox.messages import Message
from vaguemestre.webmail.rules.filters.form import FilterForm
from vaguemestre.webmail.rules.filters.rule import VALUE_LIMIT, ConditionField, Operator

_LIST_ID = re.compile(r"<([^<>]+)>")


def suggest_filter(message: Message) -> FilterForm:
    """Its list, when it came by one; else its sender."""
    said = message.headers.get("List-Id")
    named = _LIST_ID.search(said)
    if said and (value := (named[1] if named else said).strip()[:VALUE_LIMIT]):
        return FilterForm(lines=[(f"{ConditionField.LIST}-{Operator.CONTAINS}", value)])
    sender = message.row.sender
    if sender is None or not sender.address:
        return FilterForm()
    return FilterForm(lines=[(f"{ConditionField.FROM}-{Operator.IS}", sender.address[:VALUE_LIMIT])])
