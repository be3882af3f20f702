"""Groups: a name, and who is in it."""

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.models import Contact, Group
from vaguemestre.contacts.search_words import plain_text

MOST = 200  # groups of one account
LONGEST_NAME = 100
EVERYBODY = {"mycontacts", "* mycontacts", "starred", "* starred"}  # what Gmail calls any contact: no group


class GroupRefusedError(Exception):
    """The sentence says why."""


def create_group(account: Account, name: str) -> Group:
    """Raises GroupRefusedError."""
    name = parse_group_name(name)
    if Group.objects.filter(account=account).count() >= MOST:
        raise GroupRefusedError(_("You have 200 groups already: delete one first."))
    try:
        with transaction.atomic():
            return Group.objects.create(account=account, name=name, folded=fold_name(name))
    except IntegrityError as error:
        raise GroupRefusedError(_("There is a group of this name already.")) from error


def rename_group(group: Group, name: str) -> None:
    """Raises GroupRefusedError."""
    group.name = parse_group_name(name)
    group.folded = fold_name(group.name)
    try:
        with transaction.atomic():
            group.save(update_fields=["name", "folded"])
    except IntegrityError as error:
        raise GroupRefusedError(_("There is a group of this name already.")) from error


def parse_group_name(name: str) -> str:
    """Raises GroupRefusedError."""
    name = tidy_name(name)
    if not fold_name(name):
        raise GroupRefusedError(_("Give the group a name."))
    return name


def tidy_name(name: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:LONGEST_NAME].strip()


def fold_name(name: str) -> str:
    """By which two names are the same. Empty for what cannot be a name."""
    return plain_text(tidy_name(name))[:200]


def groups_named(account: Account, names: Iterable[str]) -> dict[str, Group]:
    """By folded name; made when they are not there."""
    wanted = {folded: tidy_name(name) for name in names if (folded := fold_name(name))}
    if not wanted:
        return {}
    found = {group.folded: group for group in Group.objects.filter(account=account)}
    missing = [
        Group(account=account, name=name, folded=folded) for folded, name in wanted.items() if folded not in found
    ]
    if missing:
        Group.objects.bulk_create(missing, ignore_conflicts=True)
        found = {group.folded: group for group in Group.objects.filter(account=account)}
    return found


def add_to_group(group: Group, contacts: Collection[Contact]) -> int:
    """How many were not in it yet."""
    there = set(group.contacts.filter(pk__in=[one.pk for one in contacts]).values_list("pk", flat=True))
    group.contacts.add(*contacts)
    return len({one.pk for one in contacts} - there)


def remove_from_group(group: Group, contacts: Collection[Contact]) -> int:
    there = group.contacts.filter(pk__in=[one.pk for one in contacts]).count()
    group.contacts.remove(*contacts)
    return there
