"""The only ways from a viewer, or from what somebody typed, to a person."""

from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen


def person_by_numen(numen: Numen) -> Person | None:
    return Person.objects.filter(numen_lookup__in=numen.lookups).first()
