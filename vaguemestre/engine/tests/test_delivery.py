import smtplib
import time
from pathlib import Path

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.lifecycle import creation
from vaguemestre.accounts.roles import role_lookup
from vaguemestre.engine import projection
from vaguemestre.engine.testing.queue import as_postfix_had_it
from vaguemestre.instance import read_instance
from vaguemestre.testing import (
    MailAccount,
    append,
    data_folder,
    deliver,
    deliver_locally,
    imap_connection,
    letter,
    make_account,
    make_mail_account,
    make_person,
    submission,
    wait_for_mail,
)


def refusal(error: pytest.ExceptionInfo[smtplib.SMTPRecipientsRefused]) -> tuple[int, bytes]:
    [answer] = error.value.recipients.values()
    return answer


def test_every_address_of_a_person_is_delivered(mail_account: MailAccount) -> None:
    account = mail_account.account
    account.person.last_name = "Vasseur"
    account.person.save()
    creation.rename_accounts(account, now=timezone.now())
    projection.project([account.key])
    forms = {*account.addresses, account.addresses[0].upper(), account.address.replace("@", "+classe@")}
    assert len(forms) >= 6
    for form in forms:
        deliver(letter(form), form)
    wait_for_mail(mail_account, len(forms))


def test_an_unknown_recipient_is_refused_at_once(mail_account: MailAccount) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        deliver(letter("x"), f"personne.inconnue@{academy().domain}")
    assert refusal(error)[0] == 550


def test_the_key_is_no_address(mail_account: MailAccount) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        deliver(letter("x"), f"{mail_account.key}@{academy().domain}")


def test_nothing_is_relayed(mail_account: MailAccount) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        deliver(letter("x"), "quelquun@ailleurs.example")
    assert refusal(error)[0] == 554


def test_nobody_outside_may_use_an_address_of_ours(mail_account: MailAccount) -> None:
    for sender in (mail_account.address, f"personne.inconnue@{academy().domain}"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            deliver(letter(mail_account.address), mail_account.address, sender=sender)


def test_a_bounce_from_outside_comes_in(mail_account: MailAccount) -> None:
    deliver(letter(mail_account.address), mail_account.address, sender="")
    wait_for_mail(mail_account)


def test_mail_is_received_before_the_first_sign_in(db: None, daemons: None) -> None:
    # A name of their own: nobody here waits for the mail, and another test's account of the same name would get it.
    account = make_account(make_person("Zélie", "Dattente"), password=None)
    projection.project([account.key])
    assert deliver(letter(account.address), account.address) == {}


def test_what_only_we_may_write_is_removed_at_the_door(mail_account: MailAccount) -> None:
    forged = letter(mail_account.address, Authentication_Results="messagerie.ac-amiens.fr; dkim=pass", X_Spam="Yes")
    deliver(forged, mail_account.address)
    [received] = wait_for_mail(mail_account)
    assert b"dkim=pass" not in received
    assert b"X-Spam" not in received


def test_a_message_over_the_limit_is_refused_before_it_travels(mail_account: MailAccount) -> None:
    with smtplib.SMTP("127.0.0.1", read_instance().ports.smtp) as connection:
        connection.ehlo()
        size = academy().mail.message_limit_mb * 1024 * 1024 + 1
        code, _text = connection.mail("anne@librairie.example", [f"size={size}"])
    assert code == 552


def test_a_message_that_lied_about_its_size_is_refused_at_its_end(mail_account: MailAccount) -> None:
    huge = letter(mail_account.address).as_bytes() + b"x" * 70 + (b"\r\n" + b"y" * 70) * 400_000
    connection = submission(mail_account)
    connection.esmtp_features.pop("size")  # smtplib would announce it
    with pytest.raises(smtplib.SMTPResponseException) as error:
        connection.sendmail(
            mail_account.address,
            [mail_account.address],
            huge.replace(b"anne@librairie.example", mail_account.address.encode()),
        )
    assert error.value.smtp_code == 552


def shrink(account: MailAccount) -> None:
    place = projection.file.path()
    assert place is not None
    with projection.file.written(place) as connection:
        connection.execute("UPDATE mail_account SET quota_mb = 1 WHERE key = ?", (account.key,))


def fill(account: MailAccount) -> None:
    """Until one more would have been refused, and the one that may overshoot (quota_storage_grace)."""
    shrink(account)
    big = letter(account.address).as_bytes() + (b"z" * 70 + b"\n") * 4000
    for _ in range(3):
        append(account, big)
    with pytest.raises(AssertionError, match="OVERQUOTA"):
        append(account, big)
    deliver(big, account.address)
    wait_for_mail(account, 4)


def test_a_full_box_is_refused_while_the_sender_is_still_there(mail_account: MailAccount) -> None:
    """The whole box is the academy's quota: the projected row is made small instead of filling two gigabytes."""
    fill(mail_account)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        deliver(letter(mail_account.address, text="x" * 100), mail_account.address)
    assert refusal(error)[0] == 552
    assert b"Boite pleine" in refusal(error)[1]


def test_the_last_message_is_stored_however_large_and_no_forged_sender_hears_of_it(mail_account: MailAccount) -> None:
    """Its size is not said at MAIL FROM: Postfix has accepted it, and would write a bounce."""
    shrink(mail_account)
    largest = academy().mail.message_limit_mb * 1024 * 1024 - 10_000
    with smtplib.SMTP("127.0.0.1", read_instance().ports.smtp) as connection:
        connection.ehlo("faux.example")
        assert connection.mail("victime@ailleurs.example")[0] == 250
        assert connection.rcpt(mail_account.address)[0] == 250
        head = letter(mail_account.address).as_bytes()
        assert connection.data(head + b"zzzzzzz\r\n" * ((largest - len(head)) // 9))[0] == 250
    wait_for_mail(mail_account)


def test_two_thousand_names_in_a_header_are_taken(mail_account: MailAccount) -> None:
    message = letter(mail_account.address)
    message.replace_header("To", ", ".join(f"professeur{n}@ecole.example" for n in range(2000)))
    deliver(message, mail_account.address)
    wait_for_mail(mail_account)


def test_too_many_recipients_are_refused_by_number(mail_account: MailAccount) -> None:
    limit = academy().mail.recipients_per_message
    outside = [f"parent{n}@dehors.example" for n in range(limit + 3)]
    message = letter("parents@dehors.example", sender=mail_account.address)
    with submission(mail_account) as connection:
        refused = connection.sendmail(mail_account.address, outside, message.as_bytes())
    assert len(refused) == 3
    assert {code for code, _text in refused.values()} == {452}


def test_role_addresses_reach_an_administrator_whom_the_authority_names(
    mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = academy().help_desk.model_copy(update={"administrators": [mail_account.account.identifier]})
    named = academy().model_copy(update={"help_desk": given})
    monkeypatch.setattr(role_lookup, "academy", lambda: named)
    projection.project([mail_account.key])
    for name in ("postmaster", "abuse"):
        deliver(letter(f"{name}@{academy().domain}"), f"{name}@{academy().domain}")
    wait_for_mail(mail_account, 2)
    with pytest.raises(smtplib.SMTPRecipientsRefused):  # the sender is judged at RCPT
        deliver(letter(mail_account.address), mail_account.address, sender=f"postmaster@{academy().domain}")


def sunk(word: str) -> Path | None:
    for file in (data_folder() / "sink").iterdir():
        if word in file.read_text(errors="replace"):
            return file
    return None


def test_mail_for_the_outside_ends_in_the_sink_without_the_home_address(mail_account: MailAccount) -> None:
    word = f"evasion-{mail_account.key}"
    message = letter("parent@gmail.com", sender=mail_account.address, subject=word)
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, ["parent@gmail.com"], message.as_bytes())
    deadline = time.monotonic() + 15
    while sunk(word) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    file = sunk(word)
    assert file is not None
    assert "ESMTPSA" not in file.read_text(errors="replace")
    assert file.read_text(errors="replace").count("Received: from") == 1  # the sink’s own
    assert "Received: by messagerie.ac-amiens.fr (Postfix) id " in file.read_text(errors="replace")


def test_a_mail_that_comes_back_says_why_in_french(mail_account: MailAccount) -> None:
    """Thunderbird gives up the whole message when one recipient of thirty is refused: submissions are taken, and come
    back for that one."""
    colleague = make_mail_account("Karim", "Belkacem")
    fill(colleague)
    message = letter(colleague.address, sender=mail_account.address).as_bytes()
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [colleague.address], message)
    [bounce] = wait_for_mail(mail_account, seconds=30)
    assert b"=C3=AAtre_remis" in bounce
    assert "l’assistance de votre DSDEN".encode() in bounce


def test_colleagues_write_to_each_other(mail_account: MailAccount) -> None:
    other = make_mail_account("Karim", "Belkacem")
    message = letter(other.address, sender=f"Moi <{mail_account.address}>", subject="Réunion de rentrée")
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [other.address], message.as_bytes())
    [received] = wait_for_mail(other)
    assert b"Bonjour." in received


def test_the_search_is_french(mail_account: MailAccount) -> None:
    append(mail_account, letter("x", text="Les réunions de l'été : une œuvre."))
    connection = imap_connection(mail_account)
    connection.select("INBOX")
    for word in ("reunion", "REUNIONS", "ete", "oeuvre"):
        assert connection.search(None, "TEXT", word)[1] == [b"1"], word
    assert connection.search(None, "TEXT", "vacances")[1] == [b""]
    connection.logout()


@pytest.mark.parametrize("program", [False, True], ids=["stranger", "mail program"])
def test_handed_over_again_by_postfix_it_lies_there_once(mail_account: MailAccount, program: bool) -> None:
    """As after a kill of Dovecot between storing and answering. A second mail is a second mail, whatever its number."""
    message = letter(mail_account.address, sender=mail_account.address if program else "anne@librairie.example")

    def send() -> None:
        if program:
            with submission(mail_account) as connection:
                connection.sendmail(mail_account.address, [mail_account.address], message.as_bytes())
        else:
            deliver(message, mail_account.address)

    send()
    [stored] = wait_for_mail(mail_account)
    deliver_locally(as_postfix_had_it(stored), mail_account.address)
    assert len(wait_for_mail(mail_account)) == 1
    send()
    assert len(wait_for_mail(mail_account, 2)) == 2


def test_what_found_no_room_is_not_taken_for_delivered(mail_account: MailAccount) -> None:
    deliver(letter(mail_account.address), mail_account.address)
    [stored] = wait_for_mail(mail_account)
    colleague = make_mail_account("Karim", "Belkacem")
    shrink(colleague)
    larger = (academy().mail.message_limit_mb * 2 + 2) * 1024 * 1024  # than the room and what may overshoot
    again = as_postfix_had_it(stored) + (b"z" * 70 + b"\n") * (larger // 71)
    for _try in range(2):
        with pytest.raises(smtplib.SMTPDataError):
            deliver_locally(again, colleague.address)
    deliver_locally(as_postfix_had_it(stored), colleague.address)
    assert len(wait_for_mail(colleague)) == 1


def test_two_addresses_of_one_person_are_two_mails(mail_account: MailAccount) -> None:
    with_project = mail_account.address.replace("@", "+projet@")
    deliver(letter(mail_account.address), mail_account.address)
    [stored] = wait_for_mail(mail_account)
    deliver_locally(as_postfix_had_it(stored), with_project)
    assert len(wait_for_mail(mail_account, 2)) == 2
