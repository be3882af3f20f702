"""Which office serves somebody: the one they call, and which signs their letters."""

from vaguemestre.academy.facts import Office, academy
from vaguemestre.people.categories import OF_THE_RECTORAT
from vaguemestre.people.models import Person


def department_of(person: Person | None) -> str:
    """Whose DSDEN serves them; empty: the rectorat does, and a shared mailbox, which is nobody's."""
    return "" if person is None or person.category in OF_THE_RECTORAT else person.department


def office_of(person: Person | None) -> Office:
    department = academy().department(department_of(person))
    return department.office if department else academy().rectorat
