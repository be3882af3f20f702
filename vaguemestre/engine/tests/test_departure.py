"""What Dovecot and Postfix do for somebody who has left: answer, refuse, delete."""

import smtplib
import time
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure, purge, transfer
from vaguemestre.accounts.models import Account
from vaguemestre.engine import leaver_replies, mailboxes, projection
from vaguemestre.testing import (
    MailAccount,
    append,
    data_folder,
    deliver,
    imap_connection,
    letter,
    make_mail_account,
    wait_for_mail,
)

pytestmark = pytest.mark.usefixtures("daemons")


@pytest.fixture
def leaver(mail_account: MailAccount) -> MailAccount:
    closure.close_accounts([mail_account.account], on=timezone.localdate(), now=timezone.now())
    projection.project([mail_account.key])
    mail_account.account.refresh_from_db()
    return mail_account


def stop(account: Account, *, days: int = 100) -> None:
    Account.objects.filter(pk=account.pk).update(
        state=Account.State.STOPPED, closes_on=timezone.localdate() - timedelta(days=days)
    )
    projection.project([account.key])


def stored(key: str, folder: str = "INBOX") -> int:
    return {one.name: one.messages for one in mailboxes.folders(key)}.get(folder, 0)


def wait_for_stored(key: str, count: int, folder: str = "INBOX") -> None:
    deadline = time.monotonic() + 15
    while stored(key, folder) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stored(key, folder) == count


def answers(colleague: MailAccount) -> list[EmailMessage]:
    return [message_from_bytes(raw, policy=policy.default) for raw in wait_for_mail(colleague)]


def write(colleague: MailAccount, to: str, **headers: str) -> None:
    """From a colleague's address, past port 25, which no stranger may use in our name."""
    with smtplib.LMTP(str(data_folder() / "run" / "dovecot" / "lmtp"), timeout=20) as connection:
        message = letter(to, sender=colleague.address, **headers)
        connection.sendmail(colleague.address, [to], message.as_bytes())


def test_a_sender_is_answered_once_and_learns_nothing_private(leaver: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    for _time in range(2):
        write(colleague, leaver.address)
    wait_for_stored(leaver.key, 2)
    (answer,) = answers(colleague)
    assert answer["Auto-Submitted"].startswith("auto-replied")
    assert answer["From"] == "ne-pas-repondre@ac-amiens.fr"
    text = answer.get_content()
    assert "DSDEN de la Somme, 03 22 71 25 00" in text
    for secret in ("Mathilde", "Lefèvre", "Tilleuls", "Amiens\n", "retraite", leaver.key, leaver.account.identifier):
        assert secret not in text
    write(colleague, leaver.address)
    wait_for_stored(leaver.key, 3)
    time.sleep(0.5)
    assert len(answers(colleague)) == 1


@pytest.mark.parametrize(
    "automatic",
    [
        {"List_Id": "<rentree.ac-amiens.fr>"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X_Spam": "Yes"},
    ],
)
def test_neither_lists_nor_automatic_mail_nor_spam_is_answered(leaver: MailAccount, automatic: dict[str, str]) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    write(colleague, leaver.address, **automatic)
    wait_for_stored(leaver.key, 1, "Junk" if "X_Spam" in automatic else "INBOX")
    write(colleague, colleague.address)  # a witness: what was to come has come before it
    assert len(answers(colleague)) == 1


def test_the_next_address_is_told_when_its_owner_agreed(leaver: MailAccount) -> None:
    transfer.agree_transfer(leaver.account, "m.lefevre@ac-lille.fr", now=timezone.now())
    projection.project([leaver.key])
    colleague = make_mail_account("Karim", "Belkacem")
    write(colleague, leaver.address)
    assert "m.lefevre@ac-lille.fr" in answers(colleague)[0].get_content()


def test_whoever_comes_back_is_answered_for_no_longer(leaver: MailAccount) -> None:
    script = data_folder() / "replies" / f"{leaver.key}.sieve"
    assert script.exists()
    closure.reopen_accounts([leaver.account], now=timezone.now())
    projection.project([leaver.key])
    assert not script.exists()


def test_a_redirection_of_ones_own_ends_with_the_duty(leaver: MailAccount) -> None:
    from vaguemestre.engine.testing.sieve import put

    elsewhere = make_mail_account("Nadia", "Benhamou")
    closure.reopen_accounts([leaver.account], now=timezone.now())
    projection.project([leaver.key])
    put(leaver, f'redirect "{elsewhere.address}";')
    closure.close_accounts([leaver.account], on=timezone.localdate(), now=timezone.now())
    projection.project([leaver.key])
    deliver(letter(leaver.address), leaver.address)
    wait_for_stored(leaver.key, 1)
    assert stored(elsewhere.key) == 0


def test_the_repair_writes_lost_answers_again(leaver: MailAccount) -> None:
    script = data_folder() / "replies" / f"{leaver.key}.sieve"
    script.unlink()
    projection.rebuild()
    assert script.exists()
    assert leaver_replies.script(leaver.account, None) == script.read_bytes().decode()


def test_after_ninety_days_the_sender_is_told_in_words(leaver: MailAccount) -> None:
    stop(leaver.account)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        deliver(letter(leaver.address), leaver.address)
    code, text = refused.value.recipients[leaver.address]
    assert (code, b"5.1.6" in text, b"plus en service" in text) == (550, True, True)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as unknown:
        deliver(letter("jamais.vu@ac-amiens.fr"), "jamais.vu@ac-amiens.fr")
    assert b"plus en service" not in unknown.value.recipients["jamais.vu@ac-amiens.fr"][1]


def test_a_purge_leaves_nothing_of_the_mail_and_the_names_for_ever(mail_account: MailAccount) -> None:
    from vaguemestre.engine.testing.sieve import put

    put(mail_account, "keep;")
    connection = imap_connection(mail_account)
    connection.create("Classe")
    connection.create('"Classe/Sixi&AOg-me"')
    connection.logout()
    for folder in ("INBOX", "Classe", '"Classe/Sixi&AOg-me"', "Trash"):
        append(mail_account, letter(mail_account.address, text="secret de famille"), folder)
    closure.close_accounts([mail_account.account], on=timezone.localdate(), now=timezone.now())
    stop(mail_account.account, days=400)
    home = next((data_folder() / "mail").glob(f"*/{mail_account.key}"))
    assert list(home.rglob("u.*"))
    purge.purge_due("", timezone.now())
    account = Account.objects.get(pk=mail_account.key)
    assert (account.state, account.password) == (Account.State.PURGED, None)
    assert account.local_parts.count() == 2
    assert not list(home.rglob("u.*"))
    assert not list(home.rglob("*.sieve"))
    assert not list(home.rglob("*.glass"))
    purge.purge_due("", timezone.now())  # nothing to do is done without a word
    projection.project([mail_account.key])
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        deliver(letter(mail_account.address), mail_account.address)
    assert b"plus en service" in refused.value.recipients[mail_account.address][1]
