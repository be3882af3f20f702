"""Who stands behind the keys of the journal."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Person


def actor_names(keys: Iterable[str]) -> dict[str, str]:
    """Every key with a name that people read: two queries for a whole page."""
    wanted = set(keys)
    accounts = Account.objects.select_related("person").filter(pk__in=wanted)
    named = {account.key: account.display_name for account in accounts}
    numbers = [int(key[1:]) for key in wanted if key[:1] == "p" and key[1:].isdecimal()]
    named |= {person.key: person.full_name for person in Person.objects.filter(pk__in=numbers)}
    return {key: named.get(key) or _machine(key) for key in wanted}


def _machine(key: str) -> str:
    if key == "system":
        return _("the service itself")
    if key.startswith("operator:"):
        return _("the operator %(name)s") % {"name": key.partition(":")[2]}
    return key
