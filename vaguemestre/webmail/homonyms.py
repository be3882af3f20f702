"""Colleagues of one name: who else a message might have been meant for, with what they do and where.

The addresses of people of one name differ by a number at the end; a colleague written to before is no stranger."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, LocalPart
from vaguemestre.contacts import collecting
from vaguemestre.webmail.correspondents import is_outside, known_as, undotted

MOST = 20  # recipients looked at: more is a mailing, whose list was made by other means
SHOWN = 5  # others of one name
NUMBERS = 40  # that a name is counted to


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else of the name: address, function, school. `value`: whose place they would take, and their address."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A recipient who is not the only one of their name. `words`: name, function, school."""

    address: str
    words: str
    others: list[Other]


def among(account: Account, addresses: Iterable[str], today: date) -> list[Alike]:
    """One query where all names differ, none where nobody is of ours."""
    inside = [one.lower() for one in dict.fromkeys(addresses) if not is_outside(one)][:MOST]
    bases = {one: undotted(one).rstrip("0123456789") for one in inside}
    found = _of_bases(bases.values()) if bases else []
    several = {one: [other for other in found if _base(other) == base] for one, base in bases.items()}
    several = {one: named for one, named in several.items() if len(named) > 1}
    known = collecting.known(account, list(several)) if several else set()
    alike = (_alike(one, named, today) for one, named in several.items() if one not in known)
    return [one for one in alike if one is not None and one.others]


def in_words(found: Account) -> str:
    """Claire Martin, professeure de SVT, collège des Tilleuls."""
    who = known_as(found.person)
    return ", ".join(part for part in (found.display_name, who.function, who.place) if part)


def _beside(found: Account) -> str:
    """By the address: two of one name may well do the same at the same school."""
    who = known_as(found.person)
    role = ", ".join(part for part in (who.function, who.place) if part)
    return f"{found.address} ({role})" if role else found.address


def visible(address: str, today: date) -> Account | None:
    """Whom a button may name: somebody whom everybody may see."""
    base = undotted(address)
    found = next((one for one in _of_bases([base.rstrip("0123456789")]) if undotted(one.address) == base), None)
    return found if found and in_sight(found, today) else None


def _alike(address: str, found: list[Account], today: date) -> Alike | None:
    meant = next((one for one in found if undotted(one.address) == undotted(address)), None)
    if meant is None:
        return None
    others = [one for one in found if one.key != meant.key and in_sight(one, today)][:SHOWN]
    return Alike(address, in_words(meant), [Other(_beside(one), f"{address} {one.address}") for one in others])


def _base(account: Account) -> str:
    return undotted(account.address).rstrip("0123456789")


def _of_bases(bases: Collection[str]) -> list[Account]:
    """In the order of their numbers, as far as people count: no database agrees with another on how digits sort."""
    wanted = [f"{base}{number}" for base in set(bases) for number in ("", *range(2, NUMBERS))]
    parts = LocalPart.objects.filter(undotted__in=wanted, kind=LocalPart.Kind.MAIN, account__state=Account.State.OPEN)
    parts = parts.filter(account__locked_at=None, account__frozen_at=None).select_related("account__person")
    found = [part.account for part in parts if part.account]
    return sorted(found, key=lambda account: (len(account.local_part), account.local_part))


def in_sight(account: Account, today: date) -> bool:
    """As the directory shows people: those in post whom the authority does not hide."""
    hidden, person = academy().directory, account.person
    posting = person.main_posting
    functions = {person.category, posting.function if posting else ""}
    over = account.opens_on > today or (account.closes_on is not None and account.closes_on <= today)
    return (
        person.present and not over
        and account.identifier not in hidden.hidden_people and not functions & set(hidden.hidden_functions)
    )  # fmt: skip


def changed_in_words(found: Account) -> str:
    return _("It will go to %s.") % in_words(found)
