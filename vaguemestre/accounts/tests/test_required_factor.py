"""A role that must have a second factor opens nothing before it has one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.people.models import Posting, School

pytestmark = pytest.mark.django_db
REQUIRED = "/mon-compte/second-facteur/exige/"


@pytest.fixture
def agent() -> Account:
    account = make_account("Agathe", "Essai", category="ADMR")
    dsden = School.objects.create(uai="0800001A", name="DSDEN de la Somme", kind="dsden", department="80")
    since = timezone.localdate() - timedelta(days=30)
    Posting.objects.create(person=account.person, school=dsden, function="ASSIST", rank=1, share=100, starts=since)
    return account


def test_led_to_it_before_anything_else(client: Client, agent: Account) -> None:
    client.post("/session/", {"identifiant": agent.identifier, "secret": PASSWORD})
    for page in ("/portail/", "/webmail/", "/assistance/", "/mon-compte/"):
        response = client.get(page)
        assert response.headers["Location"].startswith(f"{REQUIRED}?next=")
    assert client.get(REQUIRED).status_code == 200  # no loop
    assert client.get("/bv/").status_code == 200
    assert client.post("/session/fin/").status_code == 302


def test_once_there_everything_opens(client: Client, agent: Account) -> None:
    client.post("/session/", {"identifiant": agent.identifier, "secret": PASSWORD})
    totp.enrol_with(agent, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", timezone.now())
    assert client.get("/portail/").status_code == 200


def test_a_strong_session_or_no_such_role_is_not_asked(client: Client, agent: Account) -> None:
    sign_in(client, agent, strong=True)
    assert client.get("/portail/").status_code == 200
    teacher = Client()
    sign_in(teacher, make_account("Luc", "Prof"))
    assert teacher.get("/portail/").status_code == 200
    assert not Session.objects.filter(factor_due=True).exists()
