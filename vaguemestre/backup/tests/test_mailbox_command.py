"""`backup restore --mailbox`: what the help desk does, by an operator."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices.notices import notice_text
from vaguemestre.audit.models import Entry
from vaguemestre.backup.management import mailbox_restore
from vaguemestre.backup.models import MailboxRestoration
from vaguemestre.backup.testing import CLASS, INBOX, PLACE, RUN_AT, StandInRestorer, stand_in_restorer
from vaguemestre.testing import Cast


@pytest.fixture
def account(cast: Cast) -> Account:
    Account.objects.update(created_at=RUN_AT - timedelta(days=400), state=Account.State.OPEN)
    return cast.teacher


@pytest.fixture
def restorer(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInRestorer]:
    monkeypatch.setattr(mailbox_restore, "PAUSE", 0.0)
    with stand_in_restorer() as made:
        yield made


def restore(*options: str) -> str:
    said = StringIO()
    call_command("backup", "restore", *options, stdout=said)
    return said.getvalue()


def asked(restorer: StandInRestorer) -> list[dict[str, object]]:
    return [question for question in restorer.asked if question["act"] in ("look", "restore")]


def test_the_newest_backup_whole(account: Account, restorer: StandInRestorer) -> None:
    restorer.slow = 2
    assert PLACE in restore("--mailbox", account.identifier)
    assert asked(restorer)[-1] == {"act": "restore", "key": account.key, "run": "nuit-12", "folders": []}
    assert PLACE in notice_text(Notice.objects.get(account=account, details__change="messages-restored"))
    line = Entry.objects.get(act="restoration.done")
    assert line.actor.startswith("operator:")


def test_one_folder_of_one_day(account: Account, restorer: StandInRestorer) -> None:
    restore("--mailbox", account.key, "--day", "2026-11-01", "--folder", "Réception")
    assert asked(restorer)[-1] == {"act": "restore", "key": account.key, "run": "nuit-1", "folders": [INBOX]}
    with pytest.raises(CommandError):
        restore("--mailbox", account.key, "--day", "2026-11-02")
    with pytest.raises(CommandError):
        restore("--mailbox", account.key, "--folder", "Nulle part")
    assert not MailboxRestoration.objects.filter(state__in=MailboxRestoration.OPEN).exists()


def test_one_message(account: Account, restorer: StandInRestorer) -> None:
    restore("--mailbox", account.address, "--message-id", "1@cabinet.example")
    assert [one["message_id"] for one in asked(restorer)] == ["<1@cabinet.example>"] * 2


def test_a_look_alone_and_nothing_missing(account: Account, restorer: StandInRestorer) -> None:
    assert "3" in restore("--mailbox", account.key, "--list")
    restore("--mailbox", account.key, "--folder", "Classe/6ème")
    assert CLASS not in str(restorer.asked)
    assert {one["act"] for one in asked(restorer)} == {"look"}


def test_failures_are_said(account: Account, restorer: StandInRestorer) -> None:
    with pytest.raises(CommandError):
        restore("--mailbox", "personne")
    restorer.answers["restore"] = {"error": "room"}
    with pytest.raises(CommandError, match="place"):
        restore("--mailbox", account.key)
    restorer.away = True
    with pytest.raises(CommandError):
        restore("--mailbox", account.key)
