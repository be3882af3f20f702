from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lifecycle.lock import lock, unlock
from vaguemestre.accounts.models import Account, ProjectionRequest
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.audit.models import Entry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def account() -> Account:
    return make_account()


def test_a_lock_ends_sessions_and_shuts_every_door(client: Client, account: Account) -> None:
    sign_in(client, account)
    ProjectionRequest.objects.all().delete()
    lock(account, by="a0000009", reason="vol", now=NOW)
    assert client.get("/portail/").status_code == 302
    assert client.post("/session/", {"identifiant": account.identifier, "secret": PASSWORD}).status_code == 200
    assert account.mail_refusal(NOW) == "locked"
    assert account.delivers
    assert ProjectionRequest.objects.get(account=account)
    entry = Entry.objects.latest("id")
    assert (entry.actor, entry.act, entry.details) == ("a0000009", "account.locked", {"reason": "vol"})


def test_locking_again_keeps_the_first_hour(account: Account) -> None:
    lock(account, by="a0000009", reason="vol", now=NOW)
    lock(account, by="a0000009", reason="vol", now=timezone.now())
    account.refresh_from_db()
    assert account.locked_at == NOW


def test_unlocking(client: Client, account: Account) -> None:
    lock(account, by="a0000009", reason="vol", now=NOW)
    unlock(account, by="a0000009", reason="retrouvé")
    account.refresh_from_db()
    assert account.refusal(NOW.date()) is None
    assert client.post("/session/", {"identifiant": account.identifier, "secret": PASSWORD}).status_code == 302
    assert Entry.objects.latest("id").act == "account.unlocked"
