"""Somebody signed in, and an application of the authority's own."""

import pytest
from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.sso.testing import RelyingParty, make_application


@pytest.fixture
def account(db: None) -> Account:
    return make_account("Agathe", "Essai")


@pytest.fixture
def browser(client: Client, account: Account) -> Client:
    sign_in(client, account)
    return client


@pytest.fixture
def relying(db: None) -> RelyingParty:
    return RelyingParty(make_application(own=True))


@pytest.fixture
def outside() -> Client:
    """The application's own server: no cookie."""
    return Client()
