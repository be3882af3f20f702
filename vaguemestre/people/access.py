"""The only ways from a viewer, or from what somebody typed, to a person."""

from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from vaguemestre.people.functions import DSDEN, Function, Role, current_postings, roles
from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen


def person_by_numen(numen: Numen) -> Person | None:
    return Person.objects.filter(numen_lookup__in=numen.lookups).first()


def persons_served_by(viewer: Person, *, today: date) -> QuerySet[Person]:
    """Whose file this person may open: the help desk and the HR officers of a DSDEN, their department; of the
    rectorat, and administrators, everybody; anybody else, nobody but themselves."""
    mine = roles(viewer, today=today)
    if Role.ADMINISTRATOR in mine:
        return Person.objects.all()
    if not mine & {Role.HELP_DESK, Role.HR_OFFICER}:
        return Person.objects.filter(pk=viewer.pk)
    desks = [
        posting.school
        for posting in current_postings(viewer, today=today)
        if posting.function in (Function.HELP_DESK, Function.HR_OFFICER)
    ]
    if any(desk.kind != DSDEN for desk in desks):
        return Person.objects.all()
    return Person.objects.filter(department__in={desk.department for desk in desks})


def person_for(viewer: Person, pk: int, *, today: date) -> Person:
    """Raises Http404 for "not yours" and "does not exist" alike."""
    person = persons_served_by(viewer, today=today).filter(pk=pk).first()
    if person is None:
        raise Http404
    return person
