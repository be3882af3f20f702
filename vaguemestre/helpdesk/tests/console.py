"""Agents of three offices and people of two departments, for the tests of this room."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.people.models import Posting, School

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
    return Desk(
        somme=_agent("Thomas", "Quesnel", "80", school("0809999D", "dsden", "80"), "ASSIST"),
        aisne=_agent("Sabine", "Morel", "02", school("0029999F", "dsden", "02"), "ASSIST"),
        rectorat=_agent("Hugo", "Rectorat", "80", school("0809998C", "rectorat", "80"), "ASSIST"),
        administrator=_agent("Ada", "Racine", "80", school("0809998C", "rectorat", "80"), "ADMIN"),
        officer=_agent("Odile", "Gestion", "80", school("0809999D", "dsden", "80"), "GEST"),
        teacher=make_teacher("Mathilde", "Lefèvre", department="80"),
        neighbour=make_teacher("Karim", "Belkacem", department="02"),
    )


def make_teacher(first: str, last: str, *, department: str = "80", **facts: Any) -> Account:
    facts = {"address_lines": ["12 RUE DES LILAS", "80000 AMIENS"], "grade": "Classe normale", **facts}
    account = make_account(first, last, department=department, **facts)
    place = school(f"{'080' if department == '80' else '002'}1234A", "college", department)
    Posting.objects.create(
        person=account.person, school=place, rank=1, function="ENS", discipline="Mathématiques", share=100, starts=SINCE
    )
    return account


def school(uai: str, kind: str, department: str) -> School:
    facts = {"name": f"{kind} {uai}", "kind": kind, "city": "Amiens", "department": department}
    return School.objects.get_or_create(uai=uai, defaults=facts)[0]


def at_the_desk(account: Account, *, strong: bool = True) -> Client:
    client = Client()
    sign_in(client, account, strong=strong)
    return client


def _agent(first: str, last: str, department: str, place: School, function: str) -> Account:
    account = make_account(first, last, department=department, category="ADMD")
    Posting.objects.create(person=account.person, school=place, rank=1, function=function, share=100, starts=SINCE)
    return account
