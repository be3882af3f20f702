"""The cast of the tests is written in bulk: the same rows as its first sign-ins would write."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.charter import acceptance
from vaguemestre.accounts.models import Account, FormerPassword, ProjectionRequest
from vaguemestre.accounts.passwords import passwords
from vaguemestre.audit.models import Entry
from vaguemestre.testing import PASSWORD, make_account, make_cast, make_person

UNLIKE = {"key", "person_id", "identifier", "local_part", "password", "mail_version"}  # of each its own
QUERIES = 110


def rows(account: Account) -> list[Any]:
    [facts] = Account.objects.filter(pk=account.pk).values()
    entries = Entry.objects.filter(subject=account.key).order_by("id")
    return [
        {name: type(value) for name, value in facts.items() if name not in UNLIKE},
        {name: value for name, value in facts.items() if isinstance(value, str) and name not in UNLIKE},
        [(entry.actor == account.key, entry.act, entry.details) for entry in entries],
        FormerPassword.objects.filter(account=account, encoded=account.password).count(),
        ProjectionRequest.objects.get(account=account).version == account.mail_version,
    ]


def test_as_by_the_acts_themselves(db: None) -> None:
    written, signed_in = make_account(make_person()), make_account(make_person(), password=None)
    now = timezone.now()
    passwords.set_password(signed_in, PASSWORD, now=now)
    acceptance.accept_charter(signed_in, now=now)
    Account.objects.filter(pk=signed_in.pk).update(welcomed_at=now)
    signed_in.refresh_from_db()
    assert rows(written) == rows(signed_in)


def test_what_the_cast_costs(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        make_cast()
    assert len(queries) <= QUERIES
