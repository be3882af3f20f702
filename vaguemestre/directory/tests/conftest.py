"""A small académie with its index made."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.directory import index
from vaguemestre.directory.testing.places import Hire, Places
from vaguemestre.people.models import School
from vaguemestre.testing import Cast, make_account, make_person


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def places(db: None) -> Places:
    def make(uai: str, name: str, kind: str, city: str, department: str) -> School:
        facts = {"name": name, "kind": kind, "city": city, "department": department}
        return School.objects.get_or_create(uai=uai, defaults=facts)[0]

    return Places(
        college=make("0801234A", "Collège des Tilleuls", "college", "Amiens", "80"),
        school=make("0805555B", "École élémentaire Les Peupliers", "elementaire", "Abbeville", "80"),
        elsewhere=make("0602222C", "Lycée Jeanne-Hachette", "lycee", "Beauvais", "60"),
    )


@pytest.fixture
def hire(db: None) -> Hire:
    """Somebody more, in the index at once."""

    def hired(first_name: str, last_name: str, **facts: object) -> Account:
        account = make_account(make_person(first_name, last_name, **facts))  # type: ignore[arg-type]
        index.update_accounts([account.key])
        return account

    return hired


@pytest.fixture
def visitor(cast: Cast, today: date) -> Client:
    """The teacher, signed in, with everybody of the cast in the index."""
    index.rebuild(today=today)
    client = Client()
    sign_in(client, cast.teacher)
    return client
