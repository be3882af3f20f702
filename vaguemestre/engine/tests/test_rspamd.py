"""Rspamd, started for this file alone: it takes ten seconds, and the other tests are not about it."""

import contextlib
import os
import signal
import smtplib
import subprocess
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from vaguemestre.engine import configuration, processes
from vaguemestre.instance import Instance, read_instance
from vaguemestre.testing import MailAccount, data_folder, deliver, letter, make_mail_account, submission, wait_for_mail

# The string that every filter takes for spam (GTUBE), and the one that makes Rspamd file it instead.
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
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
        for program in processes.programs(filtered):
            if program.name in {"valkey", "rspamd"}:
                stack.enter_context(running(program))
        yield


def reconfigure(instance: Instance) -> None:
    configuration.render(instance)
    for command in configuration.reload_commands(instance):
        subprocess.run(command, check=True)


@contextlib.contextmanager
def running(program: processes.Program) -> Iterator[None]:
    log = (data_folder() / "log" / f"{program.name}.log").open("ab")
    process = subprocess.Popen(program.command, user=program.user, stdout=log, stderr=log, start_new_session=True)
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


def test_likely_spam_goes_to_junk(mail_account: MailAccount) -> None:
    deliver(letter(mail_account.address, text=GTUBE_FILED), mail_account.address)
    [filed] = wait_for_mail(mail_account, folder="Junk")
    assert b"X-Spam: Yes" in filed


def test_an_ordinary_mail_comes_in_with_our_word_on_its_sender(mail_account: MailAccount) -> None:
    message = letter(mail_account.address, Authentication_Results="messagerie.ac-amiens.fr; dkim=pass")
    deliver(message, mail_account.address, source="192.0.2.25")
    [received] = wait_for_mail(mail_account)
    assert received.count(b"Authentication-Results:") == 1
    assert b"dkim=pass" not in received
    assert b"spf=" in received


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
