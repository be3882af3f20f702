"""For tests of lists: places, people in them, and somebody whose post opens lists."""

from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Person, School
from vaguemestre.testing import make_account, make_person, make_school


def college(number: int = 1, department: str = "80") -> School:
    return make_school(f"{department.zfill(3)}123{number}A", department=department)


def people(count: int, school: School, **more: str) -> list[Person]:
    return [make_person(school=school, **more) for _one in range(count)]  # type: ignore[arg-type]  # facts of a person


def one(value: str) -> frozenset[str]:
    return frozenset({value})


def posted(function: str, kind: str, *, category: str = "ADMR", department: str = "80") -> Account:
    uai = f"{department.zfill(3)}9{['dsden', 'rectorat', 'circonscription', 'college'].index(kind)}01Z"
    school = make_school(uai, kind=kind, department=department)
    return make_account(make_person(category=category, function=function, school=school))
