"""Root's hand, with the real restic and the real Dovecot: asked in the right form it does it, else nothing."""

import imaplib
import time
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from vaguemestre.backup.mailbox.mailbox_restorer import FOLDER, MailboxRestorer
from vaguemestre.backup.places.repository import Repository
from vaguemestre.backup.places.runs import PARTS, RECORD, mailbox_path
from vaguemestre.engine.mailbox_restoration import MailboxCopy
from vaguemestre.testing import MailAccount, append, data_folder, imap_connection, letter

RUN = "2026-11-12"
NOBODY = "a9999999"


@pytest.fixture
def restorer(repository: Repository, mail_account: MailAccount) -> MailboxRestorer:
    """The mailbox as it was: three messages in the inbox, one in a folder. Since then all but one are gone."""
    program = imap_connection(mail_account)
    program.create("Classe")
    for folder, subject in (("INBOX", "Un"), ("INBOX", "Deux"), ("INBOX", "Trois"), ("Classe", "Quatre")):
        append(mail_account, letter(mail_account.address, subject=subject, Message_ID=f"<{subject}@essai>"), folder)
    back_up(repository, mail_account)
    program.select("INBOX")
    program.store("1:2", "+FLAGS.SILENT", r"(\Deleted)")
    program.expunge()
    program.delete("Classe")
    program.logout()
    return MailboxRestorer(data_folder(), lambda: repository)


def back_up(repository: Repository, account: MailAccount) -> None:
    for part in (*PARTS, RECORD):
        paths, within = (
            ([mailbox_path(account.key)], data_folder() / "mail")
            if part == "mail"
            else (["instance.toml"], data_folder())
        )
        repository.back_up(paths, within=within, tags={"run": RUN, "part": part})


def done(restorer: MailboxRestorer, **asked: Any) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (said := restorer.answer(asked)) == {"working": True}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return said


def subjects(account: MailAccount, folder: str) -> list[str]:
    program: imaplib.IMAP4_SSL = imap_connection(account)
    answer, total = program.select(f'"{folder}"', readonly=True)
    parts = (
        program.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1] if answer == "OK" and total != [b"0"] else []
    )
    program.logout()
    return [part[1].decode().strip().removeprefix("Subject: ") for part in parts if isinstance(part, tuple)]


def scratch() -> list[Path]:
    return list((data_folder() / FOLDER).iterdir())


def test_a_folder_comes_back_and_nothing_stays_behind(restorer: MailboxRestorer, mail_account: MailAccount) -> None:
    [run] = done(restorer, act="runs")["runs"]
    asked = {"key": mail_account.key, "run": run["run"]}
    found = done(restorer, act="look", **asked)
    assert [(one["name"], one["messages"], one["missing"]) for one in found["folders"]] == [
        ("INBOX", 3, 2), ("Classe", 1, 1),
    ]  # fmt: skip
    assert found["room"] > found["folders"][0]["octets"] > 0
    assert "subject" not in str(found).lower()
    place = f"Restauration {time.strftime('%Y-%m-%d', time.localtime(run['at']))}"
    said = done(restorer, act="restore", folders=[found["folders"][0]["guid"]], **asked)
    assert said == {"messages": 2, "place": place}
    assert subjects(mail_account, "INBOX") == ["Trois"]
    assert subjects(mail_account, f"{place}/R&AOk-ception") == ["Un", "Deux"]
    for _asker in ("the page", "the clock"):
        assert done(restorer, act="restore", folders=[], **asked) == {"messages": 1, "place": place}
    assert len(scratch()) == 1
    restorer.answer({"act": "wipe", "key": mail_account.key})
    assert done(restorer, act="restore", folders=[], **asked) == {"messages": 0, "place": place}
    restorer.answer({"act": "wipe", "key": mail_account.key})
    done(restorer, act="look", key=NOBODY, run=run["run"])
    assert scratch() == []


def test_a_list_is_told_while_a_new_one_is_read(daemons: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    monkeypatch.setattr("vaguemestre.backup.mailbox.mailbox_restorer.RUNS_KNOWN_SECONDS", -1.0)
    begun, go_on = Event(), Event()

    def repository() -> Repository:
        begun.set()
        assert go_on.wait(60)
        return cast(Repository, SimpleNamespace(snapshots=list))

    restorer = MailboxRestorer(tmp_path, repository)
    assert restorer.answer({"act": "runs"}) == {"working": True}
    go_on.set()
    assert done(restorer, act="runs") == {"runs": []}
    begun.clear()
    go_on.clear()
    while not begun.wait(0.01):
        assert restorer.answer({"act": "runs"}) == {"runs": []}
    assert restorer.answer({"act": "runs"}) == {"runs": []}
    monkeypatch.setattr("vaguemestre.backup.mailbox.mailbox_restorer.KEPT_SECONDS", -1.0)
    assert restorer.answer({"act": "runs"}) == {"working": True}, "too old"
    go_on.set()
    assert done(restorer, act="runs") == {"runs": []}


def test_what_a_killed_one_left_is_wiped_at_the_next_start(
    restorer: MailboxRestorer, mail_account: MailAccount, repository: Repository
) -> None:
    done(restorer, act="look", key=mail_account.key, run=RUN)
    assert len(scratch()) == 1
    again = MailboxRestorer(data_folder(), lambda: repository)
    assert scratch() == []
    assert done(again, act="restore", key=mail_account.key, run=RUN, folders=[])["messages"] == 3


def test_what_nobody_comes_back_for_is_wiped(
    restorer: MailboxRestorer, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(restorer, act="look", key=mail_account.key, run=RUN)
    restorer.forget_old()
    assert len(scratch()) == 1
    monkeypatch.setattr("vaguemestre.backup.mailbox.mailbox_restorer.KEPT_SECONDS", -1.0)
    restorer.forget_old()
    done(restorer, act="look", key=NOBODY, run=RUN)
    assert scratch() == []


def test_work_that_takes_long_is_not_forgotten(
    restorer: MailboxRestorer, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"key": mail_account.key, "run": RUN}
    done(restorer, act="look", **asked)
    begun, go_on = Event(), Event()

    def room(_copy: MailboxCopy) -> None:
        begun.set()
        go_on.wait(60)

    monkeypatch.setattr(MailboxCopy, "room", room)
    restorer.answer({"act": "restore", "folders": [], **asked})
    assert begun.wait(60)
    monkeypatch.setattr("vaguemestre.backup.mailbox.mailbox_restorer.KEPT_SECONDS", -1.0)
    restorer.forget_old()
    go_on.set()
    assert done(restorer, act="restore", folders=[], **asked)["messages"] == 3


def test_no_room_is_said_before_anything_is_copied(
    restorer: MailboxRestorer, mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.backup.mailbox.mailbox_restorer.MailboxCopy.room", lambda _self: 10)
    assert done(restorer, act="restore", key=mail_account.key, run=RUN, folders=[]) == {"error": "room"}
    assert subjects(mail_account, "INBOX") == ["Trois"]
    monkeypatch.setattr("vaguemestre.backup.mailbox.mailbox_restorer.LEFT_FREE", 10**18)
    restorer.answer({"act": "wipe", "key": mail_account.key})
    assert done(restorer, act="look", key=mail_account.key, run=RUN) == {"error": "disk"}


def test_one_message_by_its_id(restorer: MailboxRestorer, mail_account: MailAccount) -> None:
    asked = {"key": mail_account.key, "run": RUN, "message_id": "<Quatre@essai>"}
    [folder] = done(restorer, act="look", **asked)["folders"]
    assert (folder["name"], folder["messages"], folder["missing"]) == ("Classe", 1, 1)
    said = done(restorer, act="restore", folders=[], **asked)
    assert said["messages"] == 1
    assert subjects(mail_account, f"{said['place']}/Classe") == ["Quatre"]


def test_words_for_what_cannot_be(restorer: MailboxRestorer, mail_account: MailAccount) -> None:
    assert done(restorer, act="look", key=mail_account.key, run="2020-01-01") == {"error": "no-backup"}
    assert done(restorer, act="look", key=NOBODY, run=RUN) == {"error": "no-backup"}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"act": "shell"},
        {"act": "runs", "key": "a0000001"},
        {"act": "look", "key": "a0000001"},
        {"act": "look", "key": "../a0000001", "run": RUN},
        {"act": "look", "key": "*", "run": RUN},
        {"act": "look", "key": ["a0000001"], "run": RUN},
        {"act": "look", "key": "a0000001", "run": "--target=/"},
        {"act": "look", "key": "a0000001", "run": "x/../y"},
        {"act": "look", "key": "a0000001", "run": RUN, "into": "/etc"},
        {"act": "look", "key": "a0000001", "run": RUN, "message_id": "<a@b> OR ALL"},
        {"act": "restore", "key": "a0000001", "run": RUN},
        {"act": "restore", "key": "a0000001", "run": RUN, "folders": ["INBOX"]},
        {"act": "restore", "key": "a0000001", "run": RUN, "folders": [], "place": "INBOX"},
        {"act": "wipe", "key": "."},
        {"act": "wipe", "key": "a0000001", "run": RUN},
    ],
)
def test_anything_else_is_refused(daemons: None, asked: dict[str, Any], tmp_path: Path) -> None:
    def never() -> Repository:
        raise AssertionError("nobody looks into the repository")

    (tmp_path / "db").mkdir()
    with pytest.raises((ValueError, KeyError)):
        MailboxRestorer(tmp_path, never).answer(asked)
