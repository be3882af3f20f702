"""Agents of three offices and people of two departments, for the tests of this room."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_accounts, make_person, sign_in
from vaguemestre.people.models import Person, Posting, School

SINCE = date(2020, 9, 1)


@dataclass(frozen=True)
class Desk:
    """`somme` and `aisne` are agents of a DSDEN; `teacher` is managed by the Somme, `neighbour` by the Aisne."""

    somme: Account
    aisne: Account
    rectorat: Account
    administrator: Account
    officer: Account
    teacher: Account
    neighbour: Account


def make_desk() -> Desk:
    somme, rectorat = school("0809999D", "dsden", "80"), school("0809998C", "rectorat", "80")
    persons = {
        "somme": _agent("Thomas", "Quesnel", somme, "ASSIST"),
        "aisne": _agent("Sabine", "Morel", school("0029999F", "dsden", "02"), "ASSIST"),
        "rectorat": _agent("Hugo", "Rectorat", rectorat, "ASSIST"),
        "administrator": _agent("Ada", "Racine", rectorat, "ADMIN"),
        "officer": _agent("Odile", "Gestion", somme, "GEST"),
        "teacher": _teacher("Mathilde", "Lefèvre", department="80"),
        "neighbour": _teacher("Karim", "Belkacem", department="02"),
    }
    return Desk(**dict(zip(persons, make_accounts(list(persons.values())), strict=True)))


def make_teacher(first: str, last: str, *, department: str = "80", **facts: Any) -> Account:
    (account,) = make_accounts([_teacher(first, last, department=department, **facts)])
    return account


def _teacher(first: str, last: str, *, department: str, **facts: Any) -> Person:
    facts = {"address_lines": ["12 RUE DES LILAS", "80000 AMIENS"], "grade": "Classe normale", **facts}
    person = make_person(first, last, department=department, **facts)
    place = school(f"{'080' if department == '80' else '002'}1234A", "college", department)
    Posting.objects.create(
        person=person, school=place, rank=1, function="ENS", discipline="Mathématiques", share=100, starts=SINCE
    )
    return person


def school(uai: str, kind: str, department: str) -> School:
    facts = {"name": f"{kind} {uai}", "kind": kind, "city": "Amiens", "department": department}
    return School.objects.get_or_create(uai=uai, defaults=facts)[0]


def at_the_desk(account: Account, *, strong: bool = True) -> Client:
    client = Client()
    sign_in(client, account, strong=strong)
    return client


def _agent(first: str, last: str, place: School, function: str) -> Person:
    person = make_person(first, last, department=place.department, category="ADMD")
    Posting.objects.create(person=person, school=place, rank=1, function=function, share=100, starts=SINCE)
    return person
