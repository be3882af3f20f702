"""Who stands behind the keys of the journal."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Person
from vaguemestre.people.namesakes import tell_apart


def actor_names(keys: Iterable[str]) -> dict[str, str]:
    """Every key with a name that people read: three queries for a whole page, one more for namesakes."""
    wanted = set(keys)
    people = {one.key: one.person for one in Account.objects.select_related("person").filter(pk__in=wanted)}
    numbers = [int(key[1:]) for key in wanted if key[:1] == "p" and key[1:].isdecimal()]
    people |= {person.key: person for person in Person.objects.filter(pk__in=numbers)}
    tell_apart(people.values())
    named = {key: person.distinct_name for key, person in people.items()}
    return {key: named.get(key) or _machine(key) for key in wanted}


def _machine(key: str) -> str:
    if key == "system":
        return _("the service itself")
    if key.startswith("operator:"):
        return _("the operator %(name)s") % {"name": key.partition(":")[2]}
    return key
