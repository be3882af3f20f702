"""ManageSieve over loopback with the webmail's token, and what filters do."""

import time

import pytest

from vaguemestre.engine.testing.sieve import managesieve, put
from vaguemestre.testing import MailAccount, deliver, letter, make_mail_account, wait_for_mail


def test_a_script_is_checked_stored_and_used(mail_account: MailAccount) -> None:
    with managesieve(mail_account) as session:
        broken = b'fileinto "x"'
        assert session.say(b'PUTSCRIPT "essai" {%d+}\r\n' % len(broken) + broken).startswith(b"NO")
    put(mail_account, 'require ["fileinto", "mailbox"]; fileinto :create "Classe/Sixième";')
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account, folder='"Classe/Sixi&AOg-me"')


def test_a_redirect_reaches_a_colleague(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require "copy"; redirect :copy "{colleague.address}";')
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)
    wait_for_mail(colleague)


def test_a_circle_of_redirects_ends(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, f'require "copy"; redirect :copy "{colleague.address}";')
    put(colleague, f'require "copy"; redirect :copy "{mail_account.address}";')
    deliver(letter(mail_account.address), mail_account.address)
    wait_for_mail(colleague)
    time.sleep(1)  # a circle would have filled both boxes by then
    for account in (mail_account, colleague):
        assert len(wait_for_mail(account)) <= 2  # the letter, and one copy that came back


def test_an_absence_reply_goes_to_whoever_wrote(mail_account: MailAccount) -> None:
    colleague = make_mail_account("Karim", "Belkacem")
    put(mail_account, 'require "vacation"; vacation :subject "Absente" "De retour lundi.";')
    from vaguemestre.testing import submission

    with submission(colleague) as connection:
        message = letter(mail_account.address, sender=colleague.address)
        connection.sendmail(colleague.address, [mail_account.address], message.as_bytes())
    [reply] = wait_for_mail(colleague)
    assert b"De retour lundi." in reply
    assert b"Auto-Submitted: auto-replied" in reply


@pytest.mark.parametrize("marked", [True, False])
def test_what_rspamd_marked_goes_to_junk(mail_account: MailAccount, marked: bool) -> None:
    """The mark as Rspamd leaves it, past Postfix's door: through LMTP itself."""
    from vaguemestre.testing import deliver_locally

    message = letter(mail_account.address, **({"X_Spam": "Yes"} if marked else {}))
    deliver_locally(message, mail_account.address)
    wait_for_mail(mail_account, folder="Junk" if marked else "INBOX")
