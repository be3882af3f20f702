"""Shared by tests: script."""

from vaguemestre.testing import MailAccount, data_folder, letter, make_mail_account, submission, wait_for_mail
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.rules import sieve_script

HOSTILE = [
    '"; stop; "', "\n.\n;\ndiscard;\n", ".\r\n.\r\n", "${subject}", "${dollar}{x}", '\\"', "/* */ #", "text:\n.\n",
    "\x1b\u2028", "$" * 9 + "{{a}}", "..\n...\n.", "é\u202f:\u00a0☕👩‍🏫",
]  # fmt: skip


def somebody(first_name: str, last_name: str) -> MailAccount:
    """With an inbox that is there before the first delivery: Dovecot does not bear two makers of it at once."""
    account = make_mail_account(first_name, last_name)
    wait_for_mail(account, 0)
    return account


def sunk(word: str) -> str | None:
    """What left for this address."""
    for file in (data_folder() / "sink").iterdir():
        if word in (text := file.read_text(errors="replace")):
            return text
    return None


def text_of(account: MailAccount) -> str:
    with open_scripts(account.key) as server:
        return server.get(sieve_script.NAME)


def write_to(account: MailAccount, writer: MailAccount, subject: str, **headers: str) -> None:
    with submission(writer) as connection:
        message = letter(account.address, sender=writer.address, subject=subject, **headers)
        connection.sendmail(writer.address, [account.address], message.as_bytes())
