"""Colleagues of one name: who else a message might have been meant for, with what they do and where.

The addresses of people of one name differ by a number (`identity.name_rules`); a colleague written to before is no
stranger."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.contacts import collected_addresses
from vaguemestre.webmail.people.correspondents import colleague_named, is_outside, undotted

MOST = 20  # recipients looked at: more is a mailing, whose list was made by other means
SHOWN = 5  # others of one name


@dataclass(frozen=True, slots=True)
class Homonym:
    """Somebody else of the name: address, function, school. `value`: whose place they would take, and their address."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class HomonymWarning:
    """A recipient who is not the only one of their name. `words`: name, function, school."""

    address: str
    words: str
    others: list[Homonym]


def find_homonyms(account: Account, addresses: Iterable[str], today: date) -> list[HomonymWarning]:
    """One query where all names differ, none where nobody is of ours."""
    inside = [one.lower() for one in dict.fromkeys(addresses) if not is_outside(one)][:MOST]
    parts = _of_their_names(inside) if inside else []
    by_form, count = {part.undotted: part for part in parts}, Counter(part.base for part in parts)
    meant = {one: by_form[undotted(one)] for one in inside if undotted(one) in by_form}
    several = {one: part for one, part in meant.items() if count[part.base] > 1}
    known = collected_addresses.known_addresses(account, list(several)) if several else set()
    warnings = [_warning(one, part, parts, today) for one, part in several.items() if one not in known]
    return [one for one in warnings if one.others]


def colleague_text(found: Account) -> str:
    """Claire Martin, professeure de SVT, collège des Tilleuls."""
    who = colleague_named(found.person)
    return ", ".join(part for part in (found.display_name, who.function, who.place) if part)


def _beside(found: Account) -> str:
    """By the address: two of one name may well do the same at the same school."""
    who = colleague_named(found.person)
    role = ", ".join(part for part in (who.function, who.place) if part)
    return f"{found.address} ({role})" if role else found.address


def visible_account(address: str, today: date) -> Account | None:
    """Whom a button may name: somebody whom everybody may see."""
    part = _main_addresses().filter(undotted=undotted(address)).first()
    return part.account if part and part.account and is_in_sight(part.account, today) else None


def _warning(address: str, meant: LocalPart, parts: Iterable[LocalPart], today: date) -> HomonymWarning:
    others = [part.account for part in parts if part.base == meant.base and part != meant]
    shown = [one for one in others if one and is_in_sight(one, today)][:SHOWN]
    words = colleague_text(meant.account) if meant.account else ""
    return HomonymWarning(address, words, [Homonym(_beside(one), f"{address} {one.address}") for one in shown])


def _of_their_names(addresses: Iterable[str]) -> list[LocalPart]:
    """In the order of their numbers, as far as people count: no database agrees with another on how digits sort."""
    wanted = LocalPart.objects.filter(kind=LocalPart.Kind.MAIN, undotted__in={undotted(one) for one in addresses})
    found = _main_addresses().filter(base__in=wanted.values("base"))
    return sorted(found, key=lambda part: (len(part.local_part), part.local_part))


def _main_addresses() -> QuerySet[LocalPart]:
    """Of people whom mail reaches and who may read it."""
    parts = LocalPart.objects.filter(kind=LocalPart.Kind.MAIN, account__state=Account.State.OPEN)
    return parts.filter(account__locked_at=None, account__frozen_at=None).select_related("account__person")


def is_in_sight(account: Account, today: date) -> bool:
    """As the directory shows people: those in post whom the authority does not hide."""
    hidden, person = academy().directory, account.person
    posting = person.main_posting
    functions = {person.category, posting.function if posting else ""}
    over = account.opens_on > today or (account.closes_on is not None and account.closes_on <= today)
    return (
        person.present and not over
        and account.identifier not in hidden.hidden_people and not functions & set(hidden.hidden_functions)
    )  # fmt: skip


def changed_recipient_text(found: Account) -> str:
    return _("It will go to %s.") % colleague_text(found)
