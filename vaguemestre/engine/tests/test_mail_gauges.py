"""Figures of the real servers, seen to move."""

import shutil
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.engine import mail_findings, mail_gauges
from vaguemestre.engine.queue_holds import QueueUnavailableError
from vaguemestre.engine.testing.queue import queue, send, waiting
from vaguemestre.testing import MailAccount, data_folder, deliver, imap_connection, letter, wait_for_mail
from vaguemestre.web.findings import Severity
from vaguemestre.web.metrics import GaugeSource


def figure(source: GaugeSource, name: str, **labels: str) -> float:
    found = [one.value for one in source(timezone.now()) if (one.name, one.labels) == (name, labels)]
    return found[0] if found else 0


def until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_delivery_is_counted(mail_account: MailAccount) -> None:
    def sent() -> float:
        return figure(mail_gauges.postfix_gauges, "deliveries_total", to="mailbox", result="sent")

    before = sent()
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)
    until(lambda: sent() == before + 1)


def test_a_refusal_is_counted_by_its_reason(mail_account: MailAccount) -> None:
    def refused(door: str, reason: str) -> float:
        return figure(mail_gauges.postfix_gauges, "refusals_total", door=door, reason=reason)

    unknown, relay = refused("outside", "unknown_recipient"), refused("outside", "relay")
    domain = mail_account.address.partition("@")[2]
    for to in (f"personne.du.tout@{domain}", f"encore.personne@{domain}", "quelquun@ailleurs.example"):
        with suppress(smtplib.SMTPRecipientsRefused):
            deliver(letter(to), to)
    until(lambda: refused("outside", "unknown_recipient") == unknown + 2)
    until(lambda: refused("outside", "relay") == relay + 1)


def test_what_waits_is_counted_with_its_age(mail_account: MailAccount, unreachable: MailAccount) -> None:
    def deferred() -> float:
        return figure(mail_gauges.postfix_gauges, "queue_messages", queue="deferred")

    before = deferred()
    send(mail_account, unreachable.address)
    waiting(unreachable.address)
    until(lambda: deferred() + figure(mail_gauges.postfix_gauges, "queue_messages", queue="active") >= before + 1)
    ages = [figure(mail_gauges.postfix_gauges, "queue_oldest_seconds", queue=queue) for queue in ("deferred", "active")]
    assert 0 <= max(ages) < 3600


def test_an_open_session_is_counted(mail_account: MailAccount) -> None:
    def sessions() -> float:
        return figure(mail_gauges.dovecot_gauges, "imap_sessions")

    first = imap_connection(mail_account)
    until(lambda: sessions() >= 1)
    open_now = sessions()
    second = imap_connection(mail_account)
    until(lambda: sessions() > open_now)
    first.logout()
    second.logout()


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, float]]:
    """As Postfix would tell it of a bad day."""
    names = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
    queues = {name: {"count": 0.0, "age": 0.0} for name in names}
    monkeypatch.setattr(mail_findings, "postfix_state", lambda: {"queues": queues})
    return queues


def test_a_quiet_queue_needs_nobody(state: dict[str, dict[str, float]], daemons: None) -> None:
    state["deferred"] = {"count": 30, "age": 3600}
    assert list(mail_findings.queue_findings(timezone.now())) == []


@pytest.mark.parametrize(
    ("queue", "count", "age", "severity"),
    [
        ("incoming", 3, 700, Severity.ALARM), ("active", 3, 4000, Severity.ALARM), ("corrupt", 1, 0, Severity.ALARM),
        ("deferred", 60, 5 * 3600, Severity.NOTE), ("deferred", 1000, 60, Severity.ALARM),
    ],
)  # fmt: skip
def test_mail_that_is_stuck_needs_somebody(
    state: dict[str, dict[str, float]], daemons: None, queue: str, count: float, age: float, severity: Severity
) -> None:
    state[queue] = {"count": count, "age": age}
    [finding] = mail_findings.queue_findings(timezone.now())
    assert finding.severity == severity


def test_a_queue_that_cannot_be_read_is_an_alarm(daemons: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable() -> None:
        raise QueueUnavailableError

    monkeypatch.setattr(mail_findings, "postfix_state", unreadable)
    [finding] = mail_findings.queue_findings(timezone.now())
    assert finding.severity == Severity.ALARM


@pytest.mark.parametrize(("limit", "production", "found"), [(128, True, 1), (65536, True, 0), (128, False, 0)])
def test_too_few_may_wait_for_mail(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: int, production: bool, found: int
) -> None:
    """In a demo nobody needs to be told."""
    file = tmp_path / "max_user_instances"
    file.write_text(f"{limit}\n")
    monkeypatch.setattr(mail_findings, "INOTIFY_LIMIT", file)
    settings.EXAMPLES = not production
    findings = list(mail_findings.idle_findings(timezone.now()))
    assert len(findings) == found
    assert all(finding.severity == Severity.NOTE and str(limit) in finding.sentence for finding in findings)


def test_the_kernel_says_how_many_and_dovecot_how_many_there_may_be() -> None:
    """The package's value is enough for them."""
    assert mail_findings.INOTIFY_LIMIT.read_text().strip().isdigit()
    services = (Path(mail_findings.__file__).parent / "dovecot" / "services.conf").read_text()
    assert f"process_limit = {mail_findings.IMAP_SESSIONS}\n" in services
    packaged = (Path(mail_findings.__file__).parents[2] / "deploy" / "package" / "sysctl.conf").read_text()
    assert int(packaged.rpartition("=")[2]) >= mail_findings.IMAP_SESSIONS


def test_a_keeper_that_is_away_is_told_by_its_name_and_once(settings: Settings, tmp_path: Path) -> None:
    """By `health_findings`, as every program."""
    settings.DATA = tmp_path
    assert list(mail_findings.queue_findings(timezone.now())) == []


@pytest.fixture
def half_a_message(daemons: None) -> Iterator[Path]:
    """What a power cut leaves of one: its name, and the mode that it has until all of it is written."""
    file = data_folder() / "queue" / "incoming" / "4YDbkH2w5Xz1Q0"  # of some days ago
    file.touch(mode=0o600)
    shutil.chown(file, "postfix")
    yield file
    file.unlink()


def test_what_is_no_message_to_postfix_is_none(half_a_message: Path) -> None:
    queues = mail_gauges.postfix_state()["queues"]
    listed = [one for one in queue() if one["queue_name"] == "incoming"]
    assert queues["incoming"] == {"count": len(listed), "age": 0.0}
    assert list(mail_findings.queue_findings(timezone.now())) == []
