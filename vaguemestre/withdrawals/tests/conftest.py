import pytest
from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.people.functions import Function
from vaguemestre.people.models import Posting
from vaguemestre.testing import make_school


@pytest.fixture
def administrator(db: None) -> Account:
    account = make_account("Alix", "Veille", category="ADMR")
    rectorat = make_school("0800000R", kind="rectorat")
    Posting.objects.create(
        person=account.person, school=rectorat, rank=1, function=Function.ADMINISTRATOR, share=100, starts="2020-09-01"
    )
    return account


@pytest.fixture
def watch(administrator: Account) -> Client:
    """The administrator's browser, signed in with two factors."""
    client = Client()
    sign_in(client, administrator, strong=True)
    return client
