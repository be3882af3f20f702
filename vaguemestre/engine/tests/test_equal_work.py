"""Dovecot verifies one hash whoever is named: where it verified none, the time of a refusal would tell."""

import imaplib
import smtplib
import time
from itertools import count

import pytest
from django.utils import timezone

from vaguemestre.accounts.lifecycle import shared_accounts
from vaguemestre.accounts.lifecycle.shared_accounts import SharedName
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing.account_kinds import names_by_kind
from vaguemestre.engine import projection
from vaguemestre.testing import MailAccount, data_folder, imap_connection, make_account, make_person, submission

WAIT_SECONDS = 5
_numbers = count(int(time.time() * 10) % 10**9)  # the log outlives a test


@pytest.fixture
def names(db: None, daemons: None) -> dict[str, str]:
    number = next(_numbers)
    box = SharedName(f"ce.{number}x", "Collège")
    found = names_by_kind(
        lambda: make_account(make_person("Agathe", f"N{next(_numbers)}")), nobody=f"nobody{next(_numbers)}"
    )
    shared_accounts.open_shared_accounts([box], now=timezone.now())
    projection.project(list(Account.every.values_list("key", flat=True)))
    return found | {"shared mailbox": box.local_part, "another domain": f"nobody{next(_numbers)}@ac-lille.fr"}


@pytest.mark.parametrize("door", [imap_connection, submission])
def test_a_wrong_password_is_compared_with_a_hash(names: dict[str, str], door) -> None:  # type: ignore[no-untyped-def]  # one of two
    nobody, answers, verified = MailAccount(make_account(make_person())), {}, {}
    for kind, name in names.items():
        before = comparisons()
        with pytest.raises((imaplib.IMAP4.error, smtplib.SMTPAuthenticationError)) as refused:
            door(nobody, name=name, password="not this one")
        answers[kind] = str(refused.value)
        verified[kind] = one_more_than(before)
    assert set(answers.values()) == {answers["nobody"]}
    assert verified == dict.fromkeys(names, True)


def comparisons() -> int:
    """How often Dovecot has verified a hash, and the password was another."""
    return (data_folder() / "log" / "dovecot.log").read_text(encoding="utf-8").count(" password: Password mismatch")


def one_more_than(before: int) -> bool:
    """It answers first, and its log is written a moment later."""
    deadline = time.monotonic() + WAIT_SECONDS
    while comparisons() == before and time.monotonic() < deadline:
        time.sleep(0.02)
    return comparisons() > before
