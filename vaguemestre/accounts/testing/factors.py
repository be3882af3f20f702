"""Shared by tests: factors."""

from datetime import UTC, datetime

from vaguemestre.accounts.lifecycle.creation import open_accounts
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import PASSWORD, give_password, make_person
from vaguemestre.people.models import Posting, School

NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def agent() -> Account:
    office = School.objects.create(uai="0809999D", name="DSDEN", kind="dsden", city="Amiens", department="80")
    person = make_person("Thomas", "Quesnel", category="ADMD")
    Posting.objects.create(person=person, school=office, rank=1, function="ASSIST", share=100, starts=person.duty_start)
    [account] = open_accounts([person], now=NOW)
    give_password(account, PASSWORD)
    return account
