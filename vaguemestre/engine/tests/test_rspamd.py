"""Rspamd, started for this file alone: it takes ten seconds, and the other tests are not about it."""

import base64
import contextlib
import hashlib
import os
import re
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.academy.facts import academy
from vaguemestre.clock import due
from vaguemestre.courier import mail
from vaguemestre.engine import (
    configuration,
    health_findings,
    liveness_probes,
    mail_gauges,
    mail_heartbeat,
    processes,
    projection,
    spam_training,
)
from vaguemestre.engine.daemon_folders import dkim_selector
from vaguemestre.engine.heartbeat_mailbox import STATE_FILE
from vaguemestre.engine.spam_training import SOCKET
from vaguemestre.engine.testing.learning import lessons, move
from vaguemestre.engine.testing.programs import stopped
from vaguemestre.instance import Instance, read_instance
from vaguemestre.launcher import process_table
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.testing import (
    MailAccount,
    append,
    data_folder,
    deliver,
    letter,
    make_mail_account,
    submission,
    wait_for_mail,
)
from vaguemestre.web import health_checks
from vaguemestre.web.health_checks import Check

# The string that every filter takes for spam (GTUBE), and the one that makes Rspamd file it instead.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
SESSIONS: dict[str, int] = {}  # of the programs that this file starts
GTUBE_FILED = "YJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@pytest.fixture(scope="module", autouse=True)
def rspamd() -> Iterator[None]:
    if connection.settings_dict["NAME"] == ":memory:":
        pytest.skip("needs the daemons: run bin/test")
    plain = read_instance()
    filtered = plain.model_copy(update={"rspamd": True})
    with contextlib.ExitStack() as stack:
        reconfigure(filtered)
        stack.callback(reconfigure, plain)
        # Whoever asks later is to see that there is none, as in an installation without it.
        stack.callback((data_folder() / SOCKET).unlink, missing_ok=True)
        for program in processes.programs(filtered):
            if program.name in {"valkey", "rspamd"}:
                stack.enter_context(running(program))
        yield


def reconfigure(instance: Instance) -> None:
    configuration.render(instance, now=timezone.now())
    for command in configuration.reload_commands(instance):
        subprocess.run(command, check=True)


@contextlib.contextmanager
def running(program: processes.Program) -> Iterator[None]:
    log = (data_folder() / "log" / f"{program.name}.log").open("ab")
    process = subprocess.Popen(program.command, user=program.user, stdout=log, stderr=log, start_new_session=True)
    SESSIONS[program.name] = process.pid
    try:
        deadline = time.monotonic() + 60
        while not program.answers():
            assert process.poll() is None, f"{program.name} ended: see its log"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=program.stop_seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def send(account: MailAccount, to: str, text: str = "Bonjour.") -> None:
    message = letter(to, sender=account.address, text=text)
    with submission(account) as smtp:
        smtp.sendmail(account.address, [to], message.as_bytes())


def test_spam_is_refused_while_its_sender_is_still_there(mail_account: MailAccount) -> None:
    with pytest.raises(smtplib.SMTPDataError) as error:
        deliver(letter(mail_account.address, text=GTUBE), mail_account.address)
    assert error.value.smtp_code == 554


def test_verdicts_are_counted(mail_account: MailAccount) -> None:
    def refused() -> float:
        told = mail_gauges.rspamd_gauges(timezone.now())
        return next(gauge.value for gauge in told if gauge.labels == {"verdict": "reject"})

    before = refused()
    with pytest.raises(smtplib.SMTPDataError):
        deliver(letter(mail_account.address, text=GTUBE), mail_account.address)
    assert refused() == before + 1


def test_likely_spam_goes_to_junk(mail_account: MailAccount) -> None:
    deliver(letter(mail_account.address, text=GTUBE_FILED), mail_account.address)
    [filed] = wait_for_mail(mail_account, folder="Junk")
    assert b"X-Spam: Yes" in filed


def test_an_ordinary_mail_comes_in_with_our_word_on_its_sender(mail_account: MailAccount) -> None:
    """Forged ones are taken out at the door in every spelling that some program takes for one."""
    message = letter(mail_account.address, Authentication_Results="messagerie.ac-amiens.fr; dkim=pass").as_bytes()
    forged = (
        b"authentication-results: messagerie.ac-amiens.fr;\n dkim=pass header.d=librairie.example\n"
        b"Authentication-Results : messagerie.ac-amiens.fr; dkim=pass\nX-Spam : No\n"
    )
    deliver(forged + message, mail_account.address, source="192.0.2.25")
    [received] = wait_for_mail(mail_account)
    assert received.lower().count(b"authentication-results") == 1
    assert b"Authentication-Results: messagerie.ac-amiens.fr;" in received  # the name that the webmail looks for
    assert b"dkim=pass" not in received
    assert b"spf=" in received
    assert b"X-Spam :" not in received


def test_what_our_people_send_is_signed(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    send(mail_account, colleague.address)
    [received] = wait_for_mail(colleague)
    assert b"DKIM-Signature:" in received
    assert b"d=ac-amiens.fr" in received


def test_our_people_are_not_judged_as_strangers(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    send(mail_account, colleague.address, text="CLICK HERE NOW!!! http://192.0.2.1/viagra " * 20)
    [received] = wait_for_mail(colleague)
    assert b"X-Spam" not in received
    assert b"Authentication-Results" not in received


def post_one(to: str, **text: str) -> bytes:
    """A mail of the service, as it arrived in the sink."""
    now = timezone.now()
    parcel = mail.send_mail(to, "Votre code", text.get("text", "Code : 123 456"), now=now)
    due.run(now)
    parcel.refresh_from_db()
    assert parcel.state == parcel.State.TAKEN
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for file in (data_folder() / "sink").iterdir():
            if parcel.token.encode() in (octets := file.read_bytes()):
                return octets
        time.sleep(0.05)
    raise AssertionError("it did not leave")


def test_what_the_service_writes_is_signed_and_the_signature_holds(db: None) -> None:
    sent = post_one("lea@boite.example")
    key = serialization.load_pem_private_key(next((data_folder() / "secrets").glob("dkim.*.pem")).read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    tags = signature_holds(sent, key.public_key())
    assert tags["d"] == "ac-amiens.fr"
    assert tags["s"] == dkim_selector(data_folder())
    assert {"from", "to", "subject", "date", "message-id"} <= set(tags["h"].lower().split(":"))
    with pytest.raises(InvalidSignature):
        signature_holds(sent.replace(b"Votre code", b"Votre mots"), key.public_key())
    assert b"Authentication-Results" not in sent


def test_what_the_service_writes_is_not_judged(db: None) -> None:
    sent = post_one("max@boite.example", text="CLICK HERE NOW!!! http://192.0.2.1/viagra " * 20)
    assert b"X-Spam" not in sent
    assert b"DKIM-Signature:" in sent


def test_nothing_else_is_signed_at_the_inner_door(mail_account: MailAccount) -> None:
    """A forged mail that a person's filter redirects: its From: says ours, and the envelope is that person's."""
    forged = letter("parent@dehors.example", sender="recteur@ac-amiens.fr", subject=f"Faux {mail_account.key}")
    host, port = settings.COURIER["door"]
    with smtplib.SMTP(host, port, timeout=20) as dovecot:
        dovecot.sendmail(mail_account.address, ["parent@dehors.example"], forged.as_bytes())
    deadline = time.monotonic() + 15
    found: list[bytes] = []
    while not found and time.monotonic() < deadline:
        files = (file.read_bytes() for file in (data_folder() / "sink").iterdir())
        found = [octets for octets in files if mail_account.key.encode() in octets]
        time.sleep(0.05)
    assert found
    assert b"DKIM-Signature" not in found[0]


def test_a_dead_rspamd_holds_no_mail_of_the_service_back(db: None) -> None:
    path = data_folder() / "run" / "rspamd" / "milter.sock"
    aside = path.with_name("milter.away")
    path.rename(aside)
    try:
        sent = post_one("zoe@boite.example")
    finally:
        aside.rename(path)
    assert b"DKIM-Signature" not in sent


def test_a_rspamd_that_does_not_answer_neither(db: None) -> None:
    path = data_folder() / "run" / "rspamd" / "milter.sock"
    aside = path.with_name("milter.away")
    path.rename(aside)
    try:
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(str(path))
            path.chmod(0o666)
            silent.listen(8)
            sent = post_one("eve@boite.example")
    finally:
        path.unlink(missing_ok=True)
        aside.rename(path)
    assert b"DKIM-Signature" not in sent


def test_it_learns_what_people_move_into_junk_and_out_again(mail_account: MailAccount, db: None) -> None:
    words = " ".join(f"voyage{number} gratuit{number} cliquez{number}" for number in range(40))
    append(mail_account, letter(mail_account.address, subject="Un voyage", text=words))
    for source, target, kind in (("INBOX", "Junk", "spam"), ("Junk", "INBOX", "ham")):
        before = learnt(kind)
        move(mail_account, source, target)
        lessons(mail_account)
        spam_training.teach("", timezone.now() + spam_training.SETTLED)
        deadline = time.monotonic() + 15
        while learnt(kind) == before:  # it answers, then writes down
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert lessons(mail_account, 0) == []


def learnt(kind: str) -> int:
    """How many messages it knows of that kind: where it keeps them, since its own page of figures lags behind."""
    database = ["valkey-cli", "-s", str(data_folder() / "run/valkey/valkey.sock")]
    asked = subprocess.run([*database, "HGET", "RS", f"learns_{kind}"], check=True, capture_output=True, text=True)
    return int(asked.stdout.strip() or 0)


def signature_holds(octets: bytes, key: rsa.RSAPublicKey) -> dict[str, str]:
    """RFC 6376, relaxed both ways, by other code than Rspamd's. Returns the tags; raises InvalidSignature."""
    octets = re.sub(rb"\r?\n", b"\r\n", octets)
    head, _, body = octets.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    [dkim] = [field for field in fields if field.lower().startswith(b"dkim-signature:")]
    value = dkim.partition(b":")[2].decode()
    tags = {name.strip(): re.sub(r"\s", "", text) for name, _, text in (tag.partition("=") for tag in value.split(";"))}
    assert (tags["a"], tags["c"]) == ("rsa-sha256", "relaxed/relaxed")
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    hashed = b"\r\n".join(lines).rstrip(b"\r\n") + b"\r\n"
    if base64.b64decode(tags["bh"]) != hashlib.sha256(hashed).digest():
        raise InvalidSignature
    signed = [relaxed(field) for name in tags["h"].split(":") for field in last_of(fields, name)]
    own = relaxed(re.sub(rb"(\bb=)[^;]+", rb"\1", dkim))
    data = b"".join(field + b"\r\n" for field in signed) + own
    key.verify(base64.b64decode(tags["b"]), data, padding.PKCS1v15(), hashes.SHA256())
    return tags


def last_of(fields: list[bytes], name: str) -> list[bytes]:
    """Each field counts once, from the bottom; the names of h= that have none left are signed as absent."""
    for index in range(len(fields) - 1, -1, -1):
        if fields[index].lower().startswith(name.lower().encode() + b":"):
            return [fields.pop(index)]
    return []


def relaxed(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip()


@pytest.mark.slow
def test_what_leaves_in_the_name_of_a_shared_mailbox_counts_on_its_writer_s_limit(mail_account: MailAccount) -> None:
    """The others continue; the box itself never signs in."""
    box, colleague = make_box(), make_mail_account("Laurent", "Dewailly")
    for member in (mail_account, colleague):
        box.give(member, MailboxRights.MEMBER)

    families = [f"parent{number}@dehors.example" for number in range(academy().mail.recipients_at_once * 6 // 10)]
    for sender in (box.address, mail_account.address):
        write_to(families, mail_account, sender)  # the second goes beyond, and is the last
    for sender in (box.address, mail_account.address):
        with pytest.raises(smtplib.SMTPResponseException) as slowed:
            write_to(families, mail_account, sender)
        assert slowed.value.smtp_code == 451
    write_to(families[:1], colleague, box.address)


def write_to(people: list[str], account: MailAccount, sender: str) -> None:
    with submission(account) as smtp:
        smtp.sendmail(sender, people, letter(people[0], sender=sender).as_bytes())


def test_trial_messages_are_neither_judged_nor_counted_nor_learnt(db: None) -> None:
    projection.rebuild()

    def stat() -> dict[str, int]:
        told = mail_gauges.rspamd_gauges(timezone.now())
        return {gauge.labels.get("verdict", gauge.name): int(gauge.value) for gauge in told}

    before, now = stat(), timezone.now()
    try:
        assert mail_heartbeat.beat(now).faults == {}
        assert stat() == before
    finally:
        (data_folder() / STATE_FILE).unlink(missing_ok=True)


def test_a_filter_that_is_away_is_found_though_both_doors_greet(db: None) -> None:
    """451 and 454 to everybody, behind a friendly 220."""
    projection.rebuild()
    file, milter, now = data_folder() / STATE_FILE, data_folder() / "run" / "rspamd" / "milter.sock", timezone.now()
    try:
        mail_heartbeat.beat(now)
        assert health_checks.receiving().answers
        assert health_checks.sending().answers
        milter.rename(milter.with_suffix(".aside"))
        assert health_checks._greeting("sending", settings.MAIL["smtps"], b"220").answers
        found = mail_heartbeat.beat(now + timedelta(minutes=20))
        assert sorted(found.faults) == ["receiving", "sending"]
        assert found.faults["receiving"].startswith("451 ")
        assert " 454 " in found.faults["sending"]
        assert not health_checks.receiving().answers
        assert not health_checks.sending().answers
    finally:
        milter.with_suffix(".aside").rename(milter)
        file.unlink(missing_ok=True)


def test_a_filter_that_hangs_is_told_by_its_name_and_alone(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postfix greets nobody meanwhile, and takes nothing from anybody."""
    settings.PROGRAMS = "vaguemestre.engine.tests.test_rspamd.filtered_programs"
    monkeypatch.setattr(mail_heartbeat, "PATIENCE", 2.0)
    monkeypatch.setattr(liveness_probes, "SECONDS", 2.0)
    monkeypatch.setitem(health_checks.PARTS, "cleaner", lambda: Check("cleaner", True))  # a run of tests has none
    projection.rebuild()
    file, now = data_folder() / STATE_FILE, timezone.now()
    try:
        mail_heartbeat.beat(now)
        assert list(health_findings.health_findings(now)) == []
        with stopped(*_family("rspamd")):
            found = mail_heartbeat.beat(now + timedelta(minutes=20))
            assert sorted(found.faults) == ["receiving", "sending"]
            said = [finding.sentence for finding in health_findings.health_findings(now)]
        assert [sentence.partition("\u00a0:")[0] for sentence in said] == ["Le programme rspamd ne répond pas"]
        assert "451" in said[0]
        file.unlink()  # until the next one it would say what was
        with stopped(*_family("valkey")):
            said = [finding.sentence for finding in health_findings.health_findings(now)]
        assert [sentence.partition("\u00a0:")[0] for sentence in said] == ["Le programme valkey ne répond pas"]
    finally:
        file.unlink(missing_ok=True)


def filtered_programs(_data: Path, _instance: Instance) -> list[processes.Program]:
    return processes.programs(read_instance().model_copy(update={"rspamd": True}))


def _family(name: str) -> list[int]:
    return [one.pid for one in process_table.processes() if one.session == SESSIONS[name]]
