"""The script made from what a person chose: the real server reads it, and no word of theirs becomes an instruction."""

import contextlib
import re
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings, strategies as st

from vaguemestre.mailbox.sieve.managesieve import ScriptRefusedError, ScriptServer
from vaguemestre.testing import (
    MailAccount,
    deliver,
    deliver_locally,
    letter,
    submission,
    wait_for_mail,
)
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences, Redirection
from vaguemestre.webmail.rules import absence_reply, sieve_script, sieve_sync
from vaguemestre.webmail.rules.sieve_script import Absence, SieveRedirect, SieveSettings
from vaguemestre.webmail.testing.script import HOSTILE, somebody, sunk, text_of, write_to

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def made(text: str) -> str:
    return sieve_script.script_text(
        SieveSettings(absence=Absence(NOW, NOW + timedelta(days=9), text)),
        sender="Mathilde Lefèvre <m.l@ac-amiens.fr>",
        addresses=["m.l@ac-amiens.fr", "ml@ac-amiens.fr"],
    )


def bare(written: str) -> str:
    """Without its block of text: what is left is ours, whatever the person wrote."""
    begins = written.index("text:\n") + len("text:\n")
    ends = written.index("\n.\n;", begins)
    assert not re.search(r"^\.$", written[begins:ends], re.MULTILINE)
    return written[:begins] + written[ends:]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
@example("".join(HOSTILE))
@example("\0\udcff")
@example(HOSTILE[1])
@example(HOSTILE[3])
def test_a_text_never_becomes_sieve(server: ScriptServer, text: str) -> None:
    written = made(text)
    server.check(written)
    harmless = bare(made("Absente."))
    assert bare(written).replace('set "dollar" "$";\n', "") == harmless.replace('set "dollar" "$";\n', "")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(local=st.text("abc\"\\${}.+'/*#;", min_size=1, max_size=20))
def test_neither_does_an_address(server: ScriptServer, local: str) -> None:
    written = sieve_script.script_text(
        SieveSettings(redirection=SieveRedirect(f"{local}@ac-amiens.fr", False)),
        sender="x <x@ac-amiens.fr>",
        addresses=[],
    )
    with contextlib.suppress(ScriptRefusedError):  # an address that is none
        server.check(written)
    line = next(line for line in written.splitlines() if line.startswith("redirect"))
    assert re.fullmatch(r'redirect "(?:[^"\\]|\\.)*";', line)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_arrives_is_what_was_written(mail_account: MailAccount, text: str) -> None:
    begin(mail_account, f"Début {text} fin")
    [reply] = answers(mail_account)
    expected = "\n".join(f"Début {text} fin".encode("utf-8", "replace").decode().splitlines())
    expected = "".join(sign for sign in expected if sign in "\n\t" or sign >= " ")
    assert reply.get_content().replace("\r\n", "\n").rstrip("\n") == expected.rstrip("\n")


def test_the_answer_names_its_author_and_the_subject(mail_account: MailAccount) -> None:
    begin(mail_account, "De retour lundi.")
    [reply] = answers(mail_account, subject="Réunion d’été : « à 10 h »")
    assert str(reply["Subject"]) == "Réponse automatique\u00a0: Réunion d’été : « à 10 h »"
    assert str(reply["From"]) == f"Mathilde Lefèvre <{mail_account.address}>"
    assert reply["Auto-Submitted"].startswith("auto-replied")
    assert reply["In-Reply-To"]


def test_one_answer_to_each_even_when_the_text_is_mended(mail_account: MailAccount) -> None:
    begin(mail_account, "Premier texte.")
    colleague = somebody("Karim", "Belkacem")
    write_to(mail_account, colleague, "un")
    wait_for_mail(colleague)
    begin(mail_account, "Second texte.", keep=True)
    for subject in ("deux", "trois"):
        write_to(mail_account, colleague, subject)
    wait_for_mail(mail_account, 3)
    other = somebody("Zoé", "Autre")
    write_to(mail_account, other, "quatre")
    wait_for_mail(other)  # sent after the others: whatever they caused is there by now
    assert len(wait_for_mail(colleague)) == 1


def test_nobody_is_answered_before_after_or_by_machine(mail_account: MailAccount) -> None:
    colleague = somebody("Karim", "Belkacem")
    now = timezone.now()
    begin(mail_account, "Trop tôt.", starts=now + timedelta(days=1), ends=now + timedelta(days=2))
    write_to(mail_account, colleague, "avant")
    wait_for_mail(mail_account)
    begin(mail_account, "Pendant.")
    for number, headers in enumerate(
        ({"List_Id": "<liste.ac-amiens.fr>"}, {"Precedence": "bulk"}, {"Auto_Submitted": "auto-generated"})
    ):
        write_to(mail_account, colleague, "machine", **headers)
        wait_for_mail(mail_account, 2 + number)
    message = letter(mail_account.address, sender=colleague.address, X_Spam="Yes")
    deliver_locally(message, mail_account.address)
    wait_for_mail(mail_account, folder="Junk")
    write_to(mail_account, colleague, "personne")
    [reply] = wait_for_mail(colleague)
    assert b"personne" in reply


def test_a_former_or_undotted_address_is_answered_too(mail_account: MailAccount) -> None:
    begin(mail_account, "Absente.")
    local, _at, domain = mail_account.address.partition("@")
    colleague = somebody("Karim", "Belkacem")
    with submission(colleague) as connection:
        to = f"{local.replace('.', '')}@{domain}"
        connection.sendmail(colleague.address, [to], letter(to, sender=colleague.address).as_bytes())
    wait_for_mail(colleague)


@pytest.mark.parametrize("keep_copy", [True, False])
def test_mail_goes_on_with_or_without_a_copy(mail_account: MailAccount, keep_copy: bool) -> None:
    colleague = somebody("Karim", "Belkacem")
    send_on(mail_account, colleague.address, keep_copy=keep_copy)
    deliver(letter(mail_account.address, text="Va plus loin."), mail_account.address)
    [arrived] = wait_for_mail(colleague)
    # Under the name of who redirects: SPF holds at the next server, and what fails comes back to who set it up.
    assert f"Return-Path: <{mail_account.address}>".encode() in arrived
    assert b"From: Anne Auteur <anne@librairie.example>" in arrived
    assert len(wait_for_mail(mail_account, 1 if keep_copy else 0, seconds=1)) == (1 if keep_copy else 0)


def test_to_the_outside_under_our_own_name(mail_account: MailAccount) -> None:
    """Where the authority allows it: what the next server sees."""
    target = f"moi-{mail_account.key}@universite.example"
    send_on(mail_account, target, keep_copy=False)
    deliver(letter(mail_account.address), mail_account.address)
    deadline = time.monotonic() + 15
    while (arrived := sunk(target)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert arrived is not None
    assert f"X-Mail-Args: <{mail_account.address}>" in arrived
    assert "From: Anne Auteur <anne@librairie.example>" in arrived


def test_what_comes_back_undelivered_is_not_sent_away_too(mail_account: MailAccount) -> None:
    colleague = somebody("Karim", "Belkacem")
    send_on(mail_account, colleague.address, keep_copy=False)
    deliver(letter(mail_account.address, subject="Non remis"), mail_account.address, sender="<>")
    assert b"Non remis" in wait_for_mail(mail_account)[0]
    assert b"Return-Path: <>" in wait_for_mail(colleague)[0]


@pytest.mark.parametrize("keep_copy", [True, False])
def test_a_circle_made_behind_our_back_ends_and_loses_nothing(mail_account: MailAccount, keep_copy: bool) -> None:
    colleague = somebody("Karim", "Belkacem")
    send_on(mail_account, colleague.address, keep_copy=keep_copy)
    send_on(colleague, mail_account.address, keep_copy=keep_copy)
    deliver(letter(mail_account.address), mail_account.address)
    if keep_copy:
        wait_for_mail(colleague)
    wait_for_mail(mail_account)
    time.sleep(1)  # a circle would have filled both boxes by then
    for account in (mail_account, colleague):
        assert len(wait_for_mail(account, 0)) <= 2


def test_a_redirection_and_an_absence_live_together(mail_account: MailAccount) -> None:
    colleague, writer = somebody("Karim", "Belkacem"), somebody("Zoé", "Autre")
    begin(mail_account, "Absente.")
    send_on(mail_account, colleague.address, keep_copy=False)
    write_to(mail_account, writer, "les deux")
    assert b"Absente." in wait_for_mail(writer)[0]
    assert b"les deux" in wait_for_mail(colleague)[0]


def test_the_answer_of_a_blocked_script_server_changes_nothing(mail_account: MailAccount) -> None:
    """Refused while it is written: the tables say what the server does."""
    begin(mail_account, "Un.")
    before = text_of(mail_account)
    with pytest.raises(ZeroDivisionError):
        _change_and_fail(mail_account)
    row = Preferences.objects.get(account=mail_account.account)
    assert row.absence_text == "Un."
    assert text_of(mail_account) == before


def _change_and_fail(account: MailAccount) -> None:
    with sieve_sync.changing_settings(account.account, by="x", now=timezone.now()) as row:
        row.absence_text = "Deux."
        raise ZeroDivisionError


def begin(
    account: MailAccount, text: str, *, starts: datetime | None = None, ends: datetime | None = None, keep: bool = False
) -> None:
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts, ends = starts or midnight - timedelta(days=1), ends or midnight + timedelta(days=3)
    absence_reply.begin_absence(MailboxAccess.own(account.account), Absence(starts, ends, text), now=now)
    assert keep or text_of(account)


def send_on(account: MailAccount, target: str, *, keep_copy: bool) -> None:
    now = timezone.now()
    with sieve_sync.changing_settings(account.account, by=account.key, now=now):
        Redirection.objects.create(
            account=account.account, target=target, keep_copy=keep_copy, set_at=now, set_by=account.key
        )


def answers(account: MailAccount, subject: str = "Bonjour") -> list[EmailMessage]:
    colleague = somebody("Karim", "Belkacem")
    write_to(account, colleague, subject)
    return [message_from_bytes(raw, policy=policy.default) for raw in wait_for_mail(colleague)]
