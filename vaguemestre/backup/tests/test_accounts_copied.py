"""Whose mailbox must be in a backup: on whichever database the tests run."""

from pathlib import Path

import pytest
from django.db import connection

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account
from vaguemestre.backup.database.accounts_copied import accounts_copied
from vaguemestre.backup.database.database_copy import database_of, take_copy

pytestmark = pytest.mark.django_db(transaction=True)


def test_those_who_chose_a_password_are_counted(tmp_path: Path, theirs: Path) -> None:
    for kind in (Account.PasswordKind.OWN, Account.PasswordKind.OWN, Account.PasswordKind.PROVISIONAL):
        Account.objects.filter(pk=make_account().pk).update(password_kind=kind)
    copy = take_copy(database_of(connection.settings_dict), theirs, tmp_path / "work")
    assert accounts_copied(copy, whole=True) == 2
