from vaguemestre.testing import MailAccount, imap_connection, submission


def forms(account: MailAccount) -> list[str]:
    known = account.account
    return [
        known.identifier, known.identifier.upper(), known.local_part, known.local_part.replace(".", ""),
        known.address, known.address.upper(), known.address.replace(".", "", 1), account.key,
    ]  # fmt: skip


def test_every_form_of_the_name_opens_the_same_mailbox(mail_account: MailAccount) -> None:
    for name in forms(mail_account):
        connection = imap_connection(mail_account, name=name)
        assert connection.select("INBOX")[0] == "OK"
        connection.logout()
        submission(mail_account, name=name).quit()
