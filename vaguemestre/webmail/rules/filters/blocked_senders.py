"""A sender whose mail goes straight to the bin: a filter like any other, first of all of them, which its page shows."""

from datetime import datetime

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.rules.filters import edits, store
from vaguemestre.webmail.rules.filters.rule import NAME_LIMIT, VALUE_LIMIT, Condition, ConditionField, Operator, Rule
from vaguemestre.webmail.rules.filters.store import StoredFilter


def find_block(account: Account, address: str) -> StoredFilter | None:
    wanted = _condition(address)
    return next((one for one in store.load_filters(account.key) if _blocks(one.rule, wanted)), None)


def block(access: MailboxAccess, address: str, *, now: datetime) -> None:
    """Before all others: one of those that ends the matter would let it in. Raises as `edits` does."""
    if find_block(access.mailbox, address) is None:
        edits.restore_filter(access, _rule(address), 0, now=now)


def unblock(access: MailboxAccess, address: str, *, now: datetime) -> None:
    if found := find_block(access.mailbox, address):
        edits.remove_filter(access, found.id, now=now)


def _rule(address: str) -> Rule:
    name = (_("Blocked sender: %s") % address)[:NAME_LIMIT]
    return Rule(name=name, any_of=False, conditions=(_condition(address),), bins=True, reads=True)


def _condition(address: str) -> Condition:
    return Condition(ConditionField.FROM, Operator.IS, address.lower()[:VALUE_LIMIT])


def _blocks(rule: Rule, wanted: Condition) -> bool:
    if not (rule.on and rule.bins and len(rule.conditions) == 1):
        return False
    one = rule.conditions[0]
    return (one.field, one.how, one.value.lower()) == (wanted.field, wanted.how, wanted.value)
