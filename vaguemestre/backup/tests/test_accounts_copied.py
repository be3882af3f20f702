"""Whose mailbox must be in a backup: on whichever database the tests run."""

import pwd
from pathlib import Path

import pytest
from django.db import connection

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account
from vaguemestre.backup.accounts_copied import accounts_copied
from vaguemestre.backup.database_copy import copy_database

pytestmark = pytest.mark.django_db(transaction=True)
USER = pwd.getpwnam("vaguemestre").pw_uid


def test_those_who_chose_a_password_are_counted(tmp_path: Path) -> None:
    for kind in (Account.PasswordKind.OWN, Account.PasswordKind.OWN, Account.PasswordKind.PROVISIONAL):
        Account.objects.filter(pk=make_account().pk).update(password_kind=kind)
    assert accounts_copied(copy_database(connection.settings_dict, tmp_path / "work", USER), whole=True) == 2
