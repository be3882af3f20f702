"""Postfix's log, counted as it is written, renamed and emptied."""

import os
from pathlib import Path

import pytest

from vaguemestre.engine.postfix_log import PostfixLog
from vaguemestre.engine.queue_manager import arrival_time

HEAD = "Nov 30 09:00:00 messagerie postfix/"
SENT = HEAD + (
    "lmtp[14]: 4jdFNq18WMz1vJGb: to=<a@x.fr>, relay=m[/run/lmtp], delay=0.1, delays=0/0/0/0, dsn=2.0.0, "
    "status=sent (250 2.0.0 <a@x.fr> uVg3DcsfDWueTQAAgLsJCQ Saved)\n"
)
AWAY = HEAD + "smtp[6]: 4jdSBS336Mz1mt3F: to=<b@y.fr>, relay=none, delay=2, dsn=4.4.1, status=deferred (refused)\n"
REFUSED = (
    HEAD + "{door}: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: {words}; from=<c@z.fr> to=<a@x.fr> proto=ESMTP\n"
)
JUDGED = (
    HEAD
    + "cleanup[3]: 4jdFNq18WMz1vJGb: milter-reject: END-OF-MESSAGE from unknown[192.0.2.1]: {words}; from=<c@z.fr>\n"
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "postfix-mail.log"
    path.write_text(SENT * 3)
    return path


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_only_what_is_written_from_now_on_is_counted(log: Path) -> None:
    counted = PostfixLog(log)
    counted.read()
    assert not +counted.deliveries
    add(log, SENT + AWAY)
    counted.read()
    assert +counted.deliveries == {("mailbox", "sent"): 1, ("outside", "deferred"): 1}


def test_a_trial_message_of_the_service_is_no_delivery(log: Path) -> None:
    counted = PostfixLog(log)
    for result in ("sent", "deferred"):
        add(log, SENT.replace("<a@x.fr>", "<a0000000@x.fr>").replace("sent", result))
    add(log, SENT.replace("<a@x.fr>", "<a00000001@x.fr>"))
    counted.read()
    assert +counted.deliveries == {("mailbox", "sent"): 1}


def test_half_a_line_waits_for_its_end(log: Path) -> None:
    counted = PostfixLog(log)
    add(log, SENT[:50])
    counted.read()
    add(log, SENT[50:])
    counted.read()
    assert +counted.deliveries == {("mailbox", "sent"): 1}


def test_a_log_that_is_renamed_loses_no_line(log: Path) -> None:
    counted = PostfixLog(log)
    add(log, SENT)
    log.rename(log.with_suffix(".1"))
    add(log.with_suffix(".1"), SENT)
    counted.read()
    log.write_text(SENT * 2)
    counted.read()
    assert +counted.deliveries == {("mailbox", "sent"): 4}


def test_a_log_that_is_emptied_in_place_goes_on(log: Path) -> None:
    counted = PostfixLog(log)
    add(log, SENT)
    counted.read()
    os.truncate(log, 0)
    add(log, SENT)
    counted.read()
    assert +counted.deliveries == {("mailbox", "sent"): 2}


def test_a_log_that_comes_later_is_found(tmp_path: Path) -> None:
    counted = PostfixLog(tmp_path / "postfix-mail.log")
    counted.read()
    (tmp_path / "postfix-mail.log").write_text(SENT)
    counted.read()
    counted.read()
    assert +counted.deliveries == {("mailbox", "sent"): 1}


@pytest.mark.parametrize(
    ("door", "words", "reason"),
    [
        ("smtpd[1]", "550 5.1.1 <a@x.fr>: Recipient address rejected: User unknown in virtual mailbox table",
         ("outside", "unknown_recipient")),
        ("smtpd[1]", "550 5.1.6 <a@x.fr>: Recipient address rejected: Cette adresse n'est plus en service",
         ("outside", "former_recipient")),
        ("smtpd[1]", "552 5.2.2 <a@x.fr>: Recipient address rejected: Boite pleine", ("outside", "mailbox_full")),
        ("smtpd[1]", "554 5.7.1 <a@x.fr>: Relay access denied", ("outside", "relay")),
        ("smtpd[1]", "452 4.3.1 Insufficient system storage", ("outside", "disk_full")),
        ("smtpd[1]", "450 4.7.1 Error: too much mail from 192.0.2.1", ("outside", "rate")),
        ("submissions/smtpd[1]", "553 5.7.1 <a@x.fr>: Sender address rejected: not owned by user a0000001",
         ("submission", "sender")),
        ("submissions/smtpd[1]", "450 4.7.1 <b@x.fr>: SASL login name rejected: Envoi suspendu",
         ("submission", "suspended")),
        ("reinject/smtpd[1]", "550 5.1.1 <a@x.fr>: Recipient address rejected: No mailbox here",
         ("inside", "unknown_recipient")),
        # What a stranger writes of themselves decides nothing.
        ("smtpd[1]", "504 5.5.2 <Relay access denied>: Helo command rejected: need fully-qualified hostname",
         ("outside", "other")),
    ],
)  # fmt: skip
def test_refusals_by_reason(log: Path, door: str, words: str, reason: tuple[str, str]) -> None:
    counted = PostfixLog(log)
    add(log, REFUSED.format(door=door, words=words))
    counted.read()
    assert +counted.refusals == {reason: 1}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("5.7.1 Gtube pattern", "filter"),
        ("4.7.1 Ratelimit \"account\" exceeded", "rate"),
        ("4.7.1 Service unavailable - try again later", "filter_away"),
        ("5.7.1 L'adresse du champ From n'est pas la votre", "sender"),
    ],
)  # fmt: skip
def test_what_a_filter_refuses(log: Path, words: str, reason: str) -> None:
    counted = PostfixLog(log)
    add(log, JUDGED.format(words=words))
    counted.read()
    assert +counted.refusals == {("filter", reason): 1}


def test_the_age_of_a_message_stands_in_its_name() -> None:
    assert arrival_time("4jdFNq18WMz1vJGb") == 1796022219
    assert arrival_time("A1B2C3") is None
    assert arrival_time("zzz") is None
