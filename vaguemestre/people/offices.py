"""Which office serves somebody: the one they call, and which signs their letters."""

from vaguemestre.academy.facts import Office, academy
from vaguemestre.people.functions import RECTORAT
from vaguemestre.people.models import Person


def office_of(person: Person) -> Office:
    """The rectorat for its own staff; for others the DSDEN that manages them. Reads `postings` and the main school."""
    posting, here = person.main_posting, academy()
    if posting and posting.school.kind == RECTORAT:
        return here.rectorat
    department = here.department(person.department)
    return department.office if department else here.rectorat
