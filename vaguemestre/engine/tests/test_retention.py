"""What lies in the bin or in junk too long goes by itself, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.engine import retention
from vaguemestre.engine.doveadm_protocol import DoveadmUnavailableError
from vaguemestre.testing import MailAccount, append, imap_connection, letter, make_mail_account

DAYS = academy().mail.trash_days


def count(account: MailAccount, folder: str) -> int:
    connection = imap_connection(account)
    status, data = connection.select(folder, readonly=True)
    connection.logout()
    assert status == "OK", data
    return int(data[0] or b"0")


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


@pytest.mark.parametrize("folder", ["Trash", "Junk"])
def test_after_its_time_and_not_before(mail_account: MailAccount, folder: str) -> None:
    append(mail_account, letter(mail_account.address), folder)
    retention.sweep(mail_account.key, in_days(DAYS - 1))
    assert count(mail_account, folder) == 1
    retention.sweep(mail_account.key, in_days(DAYS + 1))
    assert count(mail_account, folder) == 0


def test_counted_from_the_bin_and_not_from_its_arrival(mail_account: MailAccount) -> None:
    """An old message thrown away today stays as long as any other."""
    connection = imap_connection(mail_account)
    old = letter(mail_account.address).as_bytes().replace(b"\n", b"\r\n")
    connection.append("INBOX", "", '"01-Jan-2020 10:00:00 +0100"', old)
    connection.select("INBOX")
    connection.uid("MOVE", "1", "Trash")
    connection.logout()
    retention.sweep(mail_account.key, in_days(DAYS - 1))
    assert count(mail_account, "Trash") == 1
    retention.sweep(mail_account.key, in_days(DAYS + 1))
    assert count(mail_account, "Trash") == 0


def test_folders_in_the_bin_as_well_and_no_other(mail_account: MailAccount) -> None:
    connection = imap_connection(mail_account)
    connection.create("Trash/2025")
    connection.create("Trashy")
    connection.logout()
    for folder in ("Trash/2025", "Trashy", "INBOX", "Archive"):
        append(mail_account, letter(mail_account.address), folder)
    retention.sweep(mail_account.key, in_days(DAYS + 400))
    assert [count(mail_account, name) for name in ("Trash/2025", "Trashy", "INBOX", "Archive")] == [0, 1, 1, 1]


def test_the_walk_reaches_everybody_some_at_a_time(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also whoever never signs in; nobody's mailbox stops it."""
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    other = make_mail_account("Karim", "Belkacem")
    for account in (mail_account, other):
        append(account, letter(account.address), "Junk")
    now = in_days(DAYS + 1)
    due.at(now, retention.WALK, retention.START)
    while due.run(now):
        continue
    assert not Due.objects.filter(job=retention.WALK.name).exists()
    assert [count(account, "Junk") for account in (mail_account, other)] == [0, 0]


def test_it_begins_in_the_night_once(db: None) -> None:
    for hour in (9, 15):
        retention.plan("", datetime(2026, 11, 26, hour, tzinfo=UTC))
    assert Due.objects.get(job=retention.WALK.name).at == datetime(2026, 11, 27, 2, 30, tzinfo=UTC)


def test_dovecot_away_the_walk_goes_on_later(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_words: str) -> list[str]:
        raise DoveadmUnavailableError("away")

    now = in_days(DAYS + 1)
    append(mail_account, letter(mail_account.address), "Trash")
    due.at(now, retention.WALK, retention.START)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "ask", away)
        assert due.run(now) == 0
    due.run(now + timedelta(minutes=2))
    assert count(mail_account, "Trash") == 0
