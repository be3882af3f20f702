"""« Votre correspondant »: who handles one's file, whether they are there, and whom to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from vaguemestre.academy.facts import Office
from vaguemestre.accounts.ports import absence_list
from vaguemestre.career.hr_officers import officers_of, officers_of_the_desk
from vaguemestre.people.models import Person
from vaguemestre.people.offices import office_of


@dataclass(frozen=True, slots=True)
class Officer:
    name: str
    function: str
    absence: str  # a sentence of the webmail; empty when they are there, or when nothing is known


@dataclass(frozen=True, slots=True)
class HrContact:
    """`desk`: the office as the HR feed calls it; `officers` those of that desk, by identifier, perhaps none."""

    desk: str
    office: Office
    officers: list[Officer]

    @property
    def first(self) -> str:
        """A name, where there is one alone."""
        return self.officers[0].name if len(self.officers) == 1 else ""


def hr_contact_of(person: Person, now: datetime) -> HrContact:
    found = officers_of_the_desk(person, officers_of(person, timezone.localdate(now)))
    absences = absences_of([officer.account.key for officer in found], now)
    shown = [
        Officer(one.account.display_name, one.account.person.function_label, absences.get(one.account.key, ""))
        for one in found
    ]
    return HrContact(person.officer or "", office_of(person), shown)


def absences_of(keys: Sequence[str], now: datetime) -> dict[str, str]:
    """The webmail knows who has set up an absence."""
    return {key: sentence for ask in absence_list.all() for key, sentence in ask(keys, now).items()} if keys else {}
