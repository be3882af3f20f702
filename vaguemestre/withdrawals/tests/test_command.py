"""The operator at 2 a.m.: count, take out, put back, by one command each."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from vaguemestre.testing import MailAccount, append, imap_connection, letter, make_mail_account
from vaguemestre.withdrawals.models import Withdrawal

NAME = "<piege@voleur.example>"


def run(*words: str) -> tuple[str, int]:
    out, code = io.StringIO(), 0
    try:
        call_command("withdrawals", *words, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue(), code


def count(account: MailAccount) -> int:
    connection = imap_connection(account)
    found = connection.select("INBOX", readonly=True)[1][0]
    connection.logout()
    return int(found or b"0")


@pytest.mark.usefixtures("daemons")
def test_from_the_file_to_empty_mailboxes_and_back(db: None, tmp_path: Path) -> None:
    account = make_mail_account()
    trap = letter(account.address, subject="Boîte pleine", Message_ID=NAME).as_bytes()
    append(account, trap)
    file = tmp_path / "piege.eml"
    file.write_bytes(trap)
    said, code = run("search", "--file", str(file), "--reason", "hameçonnage")
    assert code == 0
    assert "Compté" in said or "compté" in said
    key = Withdrawal.objects.get().key
    assert key[:8] in run("list")[0]
    assert count(account) == 1
    assert run("take", key[:8])[1] == 0
    assert count(account) == 0
    assert run("take", key[:8])[1] == 1
    assert run("put-back", key)[1] == 0
    assert count(account) == 1


def test_what_cannot_be_done_is_said(db: None, tmp_path: Path) -> None:
    assert "rien" in run("list")[0].lower()
    assert run("search", "--reason", "rien")[1] == 1
    assert run("search", "--reason", "rien", "--file", str(tmp_path / "absent.eml"))[1] == 1
    assert run("take", "abcd")[1] == 1
    assert not Withdrawal.objects.exists()
