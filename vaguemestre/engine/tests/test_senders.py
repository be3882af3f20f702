"""Who may write as whom. Everybody here is signed in."""

import smtplib
from base64 import b64encode

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.engine import projection
from vaguemestre.testing import MailAccount, letter, make_mail_account, submission, wait_for_mail


def send(account: MailAccount, *, envelope: str, header: str, **headers: str) -> None:
    message = letter(account.address, sender=header, **headers)
    with submission(account) as connection:
        connection.sendmail(envelope, [account.address], message.as_bytes())


@pytest.fixture
def colleague(mail_account: MailAccount) -> MailAccount:
    return make_mail_account("Nadia", "Benhamou")


def test_any_address_of_ones_own(mail_account: MailAccount) -> None:
    own = mail_account.account.addresses
    for number, address in enumerate(own):
        send(mail_account, envelope=address, header=f"Mathilde <{own[-1 - number]}>")
    send(mail_account, envelope=own[0].replace("@", "+classe@"), header=own[0].replace("@", "+classe@"))
    wait_for_mail(mail_account, len(own) + 1)


@pytest.mark.parametrize("envelope", ["colleague", "outside", "unknown", "empty"])
def test_the_envelope_must_be_ones_own(mail_account: MailAccount, colleague: MailAccount, envelope: str) -> None:
    sender = {
        "colleague": colleague.address, "outside": "ministre@education.example", "empty": "",
        "unknown": f"personne.inconnue@{academy().domain}",
    }[envelope]  # fmt: skip
    with pytest.raises(smtplib.SMTPRecipientsRefused) as error:
        send(mail_account, envelope=sender, header=mail_account.address)
    [(code, _text)] = error.value.recipients.values()
    assert code in {550, 553}


@pytest.mark.parametrize(
    "header", [
        "{colleague}", "La directrice <{colleague}>", "{own}, {colleague}", "ministre@education.example",
        '"{own}" <{colleague}>', "<{own}> <{colleague}>", "pas une adresse", "groupe: {own}, {colleague};",
        "{own}\r\nFrom: {colleague}",
    ],
)  # fmt: skip
def test_the_from_line_must_be_ones_own(mail_account: MailAccount, colleague: MailAccount, header: str) -> None:
    line = header.format(own=mail_account.address, colleague=colleague.address)
    data = f"From: {line}\r\nTo: {mail_account.address}\r\nSubject: Essai\r\n\r\nBonjour\r\n"
    with submission(mail_account) as connection, pytest.raises(smtplib.SMTPDataError) as error:
        connection.sendmail(mail_account.address, [mail_account.address], data)
    assert error.value.smtp_code == 550


def test_a_long_name_is_folded_before_its_address(mail_account: MailAccount, colleague: MailAccount) -> None:
    def data(address: str) -> str:
        name = "Mathilde Lefevre, professeure certifiee de lettres modernes au college des Tilleuls"
        line = f'From: "{name}"\r\n\t<{address}>'
        return f"{line}\r\nTo: {mail_account.address}\r\nSubject: Essai\r\n\r\nBonjour\r\n"

    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], data(mail_account.address))
        with pytest.raises(smtplib.SMTPDataError):
            connection.sendmail(mail_account.address, [mail_account.address], data(colleague.address))
    wait_for_mail(mail_account)


def test_the_sender_line_as_well(mail_account: MailAccount, colleague: MailAccount) -> None:
    with pytest.raises(smtplib.SMTPDataError):
        send(mail_account, envelope=mail_account.address, header=mail_account.address, Sender=colleague.address)


def test_each_resending_as_well(mail_account: MailAccount, colleague: MailAccount) -> None:
    mine, theirs = mail_account.address, colleague.address
    for resent, code in (
        ([("Resent-From", mine)], None),
        ([("Resent-From", mine), ("Resent-Sender", mine)], None),
        ([("Resent-From", mine), ("Resent-From", f"Mathilde <{mine}>")], None),
        ([("Resent-From", theirs)], 550),
        ([("Resent-Sender", theirs)], 550),
        ([("resent-FROM ", theirs)], 550),
        ([("Resent-From", mine), ("Resent-Sender", theirs)], 550),
        ([("Resent-From", mine), ("Resent-From", mine), ("Resent-From", theirs)], 550),
        ([("Resent-From", f'"{theirs}" <{mine}>')], 550),
        ([("Resent-From", "pas une adresse")], 550),
        ([("Resent-From", mine)] * 30, 550),
    ):
        lines = "".join(f"{name}: {value}\r\n" for name, value in resent)
        assert refusal(mail_account, f"{lines}From: {mine}\r\n")[0] == code, resent


def test_what_thunderbird_redirects_leaves(mail_account: MailAccount) -> None:
    """From its own identity; who wrote the letter is where answers go."""
    mine = mail_account.address
    data = f"From: Mathilde <{mine}>\r\nReply-To: Sophie Lemoine <sophie@dehors.example>\r\n"
    assert refusal(mail_account, data) == (None, "")


def refusal(account: MailAccount, fields: str | bytes) -> tuple[int | None, str]:
    """What Postfix says to a message with these fields; (None, "") when it takes it."""
    head = fields if isinstance(fields, bytes) else fields.encode("utf-8", "surrogateescape")
    data = head + f"To: {account.address}\r\nSubject: Essai\r\n\r\nBonjour\r\n".encode()
    with submission(account) as connection:
        try:
            connection.sendmail(account.address, [account.address], data, ["SMTPUTF8"])
        except smtplib.SMTPDataError as error:
            answer = error.smtp_error
            return error.smtp_code, answer.decode() if isinstance(answer, bytes) else answer
    return None, ""


def q(text: str, charset: str = "utf-8") -> str:
    """One encoded word."""
    return f"=?{charset}?Q?" + "".join(f"={octet:02X}" for octet in text.encode(charset)) + "?="


def b(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{b64encode(text.encode(charset)).decode()}?="


# Where another's address may stand beside one's own: {box} is shown, {own} is what one may write from.
def _disguises(box: str) -> dict[str, str]:
    local, domain = box.split("@")
    other = domain.replace("a", "\u0430").replace("e", "\u0435")  # Cyrillic
    return {
        "plain": f'"{box}" <{{own}}>',
        "in capitals": f'"{box.upper()}" <{{own}}>',
        "with its dots elsewhere": f'"{local[0]}.{local[1:]}@{domain}" <{{own}}>',
        "among words": f'"Le secretariat ({box}), college" <{{own}}>',
        "without a space": f'"college:{box}" <{{own}}>',
        "with spaces": f'"{local} @ {domain}" <{{own}}>',
        "with something behind": f'"{box}-secretariat" <{{own}}>',
        "quoted pairs": f'"{local}\\@{domain}" <{{own}}>',
        "every letter quoted": '"' + "".join(f"\\{letter}" for letter in box) + '" <{own}>',
        "two quoted words": f'"{local}" "@{domain}" <{{own}}>',
        "a comment between": f'"{local}" (x) "@{domain}" <{{own}}>',
        "a comment behind": f"{{own}} ({box})",
        "a comment in front": f"({box}) {{own}}",
        "a comment in a comment": f"{{own}} (le (cher) {box})",
        "a comment of encoded words": f"{{own}} ({q(box)})",
        "folded": f'"{local}\r\n @{domain}" <{{own}}>',
        "folded in its domain": f'"{box[:-5]}\r\n\t{box[-5:]}" <{{own}}>',
        "Q": f"{q(box)} <{{own}}>",
        "B": f"{b(box)} <{{own}}>",
        "lower-case q": f"{q(box).replace('?Q?', '?q?')} <{{own}}>",
        "Q, only its @": f"{local}=?utf-8?Q?=40?={domain} <{{own}}>",
        "with a language": f"{q(box).replace('utf-8', 'utf-8*fr')} <{{own}}>",
        "in two words": f"{q(box[:6])} {b(box[6:])} <{{own}}>",
        "in two words, folded": f"{q(box[:-4])}\r\n {q(box[-4:])} <{{own}}>",
        "in a word a letter": " ".join(map(q, box)) + " <{own}>",
        "a word and a quoted text": f'{q(local)} "@{domain}" <{{own}}>',
        "an encoded word in quotes": f'"{q(box)}" <{{own}}>',
        "utf-7": f"=?utf-7?Q?{local}+AEA-{domain}?= <{{own}}>",
        "utf-16": f"{b(box, 'utf-16')} <{{own}}>",
        "iso-2022-jp": f"{b(box, 'iso-2022-jp')} <{{own}}>",
        "EBCDIC": f"{b(box, 'cp037')} <{{own}}>",
        "a charset that is none": f"{q(box).replace('utf-8', 'x-rien')} <{{own}}>",
        "no charset": f"=??Q?{box}?= <{{own}}>",
        "a wide @": f'"{local}\uff20{domain}" <{{own}}>',
        "a wide @, encoded": f"{q(f'{local}\uff20{domain}')} <{{own}}>",
        "a small @": f"{b(f'{local}\ufe6b{domain}')} <{{own}}>",
        "wide letters": b("".join(chr(ord(sign) + 0xFEE0) for sign in box)) + " <{own}>",
        "letters of mathematics": b(
            "".join(chr(0x1D5BA + ord(sign) - 97) if sign.islower() else sign for sign in box)
        ) + " <{own}>",
        "Cyrillic letters": f"{b(f'{local}@{other}')} <{{own}}>",
        "Cyrillic letters in all of it": b(f"{local.replace('e', '\u0435')}@{other}") + " <{own}>",
        "an ideographic dot": b(f"{local}@{domain.replace('.', '\u3002')}") + " <{own}>",
        "another hyphen": b(f"{local}@{domain.replace('-', '\u2011')}") + " <{own}>",
        "marks over its letters": b("\u0323".join(box)) + " <{own}>",
        "nothing between its letters": b("\u200b".join(box)) + " <{own}>",
        "soft hyphens": b(box.replace("@", "\u00ad@\u00ad")) + " <{own}>",
        "fillers": b(box.replace("@", "\u3164@\u2800")) + " <{own}>",
        "no-break spaces": b(box.replace("@", "\u00a0@\u00a0")) + " <{own}>",
        "turned round": b(f"\u202e{box[::-1]}") + " <{own}>",
        "turned round and back": b(f"\u202d{box}\u202c") + " <{own}>",
        "a group's name": f'"{box}": {{own}};',
        "a group's name, encoded": f"{q(box)}: {{own}};",
        "in the second of two": f'Mathilde <{{own}}>, "{box}" <{{own}}>',
        "in the first of two": f"{q(box)} <{{own}}>, {{own}}",
        "one's own beside it": f'"{{own}} {box}" <{{own}}>',
        "one's own around it": f'"{{own}}{box}{{own}}" <{{own}}>',
        "nobody's address of ours": f'"personne.inconnue@{domain}" <{{own}}>',
        "too long to be read": f'"{"x" * 3000}" <{{own}}>',
        "comments without end": "(" * 1500 + "{own}",
    }  # fmt: skip


@pytest.mark.parametrize("field", ["From", "Sender", "Resent-From", "Resent-Sender"])
def test_a_name_holds_no_address_of_ours_but_one_s_own(
    mail_account: MailAccount, colleague: MailAccount, field: str, subtests: pytest.Subtests
) -> None:
    own, first = mail_account.address, "" if field == "From" else f"From: {mail_account.address}\r\n"
    for disguise, line in _disguises(colleague.address).items():
        with subtests.test(disguise):
            code, words = refusal(mail_account, f"{first}{field}: {line.replace('{own}', own)}\r\n")
            assert (code, f"champ {field}" in words) == (550, True), words


def test_a_name_may_hold_what_is_one_s_own_or_nobody_s_here(mail_account: MailAccount) -> None:
    own, domain = mail_account.address, academy().domain
    for name in (
        f'"{own}"', f"\"'{own}'\"", f'"Mathilde, {own}."', q(own), f'"{own.upper()}"', f'"{own.replace("@", " @ ")}"',
        f'"{own.replace("@", "+classe@")}"', '"sophie@dehors.example"', q("Hélène @ collège"), f'"Chez {domain}"',
        f'"x@sous.{domain}"', b("Ольга Петрова"), q("O’Neill, professeure @ Amiens"),
    ):  # fmt: skip
        assert refusal(mail_account, f"From: {name} <{own}>\r\nSender: {own}\r\n") == (None, ""), name
    assert refusal(mail_account, f"From: {own} ({own})\r\n") == (None, "")


def test_a_message_without_from_gets_the_address_of_its_sender(mail_account: MailAccount) -> None:
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], "Subject: Essai\r\n\r\nBonjour\r\n")
    [received] = wait_for_mail(mail_account)
    assert f"From: {mail_account.address}".encode() in received
    assert b"Message-Id:" in received


def test_two_messages_in_one_conversation_are_judged_each(mail_account: MailAccount, colleague: MailAccount) -> None:
    good = letter(mail_account.address, sender=mail_account.address).as_bytes()
    bad = letter(mail_account.address, sender=colleague.address).as_bytes()
    with submission(mail_account) as connection:
        connection.sendmail(mail_account.address, [mail_account.address], good)
        with pytest.raises(smtplib.SMTPDataError):
            connection.sendmail(mail_account.address, [mail_account.address], bad)
        connection.sendmail(mail_account.address, [mail_account.address], good)
    wait_for_mail(mail_account, 2)


def test_a_connection_that_was_open_sends_nothing_after_the_lock(mail_account: MailAccount) -> None:
    """SMTP has no kick: the next MAIL FROM finds that the address has no owner any more."""
    connection = submission(mail_account)
    mail_account.account.locked_at = timezone.now()
    mail_account.account.save(update_fields=["locked_at"])
    projection.project([mail_account.key])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        connection.sendmail(
            mail_account.address, [mail_account.address], letter("x", sender=mail_account.address).as_bytes()
        )
