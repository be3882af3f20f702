"""People who get letters, opened by the real `accounts` with everything a sheet needs."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from vaguemestre.accounts.lifecycle.creation import open_accounts
from vaguemestre.accounts.models import Account
from vaguemestre.people.models import Person, Posting, School
from vaguemestre.people.numen import Numen

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOME = ["Appartement 12", "Résidence des Jacobins", "8, rue du Moulin-Neuf", "80000 Amiens"]
_numbers = count(1)


def school(uai: str = "0800001A", name: str = "COLLEGE DES TILLEULS") -> School:
    return School.objects.get_or_create(
        uai=uai, defaults={"name": name, "kind": "college", "city": "AMIENS", "department": "80"}
    )[0]


def joiner(first: str = "Lili", family: str = "Hocquet", *, posted: School | None = None, **facts: Any) -> Account:
    person = Person.objects.create(**_facts(first, family, facts))
    place = posted or school()
    Posting.objects.create(person=person, school=place, rank=1, function="CERT", share=100, starts=person.duty_start)
    return open_accounts([person], now=NOW)[0]


def _facts(first: str, family: str, facts: dict[str, Any]) -> dict[str, Any]:
    numen = Numen(facts.pop("numen", f"20G26{next(_numbers):05d}IOL"))
    return {
        "numen_cipher": numen.encrypted(), "numen_lookup": numen.lookup,
        "civility": "Mme", "first_name": first, "last_name": family, "birth_date": date(1990, 1, 1),
        "address_lines": HOME, "category": "CERT", "department": "80", "duty_start": date(2026, 11, 16),
    } | facts  # fmt: skip
