"""The shutdown: everything shut in one act, what fails tried again, what was shut opened again by those who may."""

import imaplib
import smtplib
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import (
    Account,
    AccountShutdown,
    AppPassword,
    KnownDevice,
    Notice,
    Session,
    ShutdownStep,
)
from vaguemestre.accounts.ports import rules_rollback, sent_list
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk
from vaguemestre.testing import MailAccount, imap_connection, submission, wrong_fields

Act = ShutdownStep.Act


def not_there(*_anything: object) -> list[str]:
    raise OSError("the mail server is away")


def nothing_found(*_anything: object) -> list[Any]:
    return []


def two_sent(_key: str, _since: datetime) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(recipients=("a@x.example", "b@x.example")),
        SimpleNamespace(recipients=("b@x.example", "c@")),
    ]


def very_many(_key: str, _since: datetime) -> list[SimpleNamespace]:
    return [SimpleNamespace(at=timezone.now(), recipients=("a@x.example",))] * account_shutdown.MOST_SENT


def unknown(_key: str, _since: datetime) -> list[SimpleNamespace]:
    raise LookupError("away")


@pytest.fixture(autouse=True)
def outside(rewired: ExitStack) -> None:
    """What lies with the mail daemons has tests of its own (webmail)."""
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    rewired.enter_context(sent_list.replaced(nothing_found))


def declare(client: Client, account: Account, **body: str) -> str:
    wanted = {"reason": "appel du proviseur", "confirmation": account.identifier} | body
    response = client.post(reverse("helpdesk:stolen-close", args=[account.key]), wanted)
    return response.headers.get("Location", "") if response.status_code == 302 else ""


def test_the_page_says_this_person_s_own_counts(desk: Desk) -> None:
    for _ in range(3):
        sign_in(Client(), desk.teacher)
    app_passwords.make_app_password(desk.teacher, "Thunderbird du bureau", "both", timezone.now())
    page = at_the_desk(desk.somme).get(reverse("helpdesk:stolen", args=[desk.teacher.key])).content.decode()
    assert "Fermer 3 sessions" in page
    assert "Thunderbird du bureau" in page
    assert desk.teacher.identifier in page


@pytest.mark.parametrize("wrong", [{"confirmation": ""}, {"confirmation": "qquesnel"}, {"reason": ""}])
def test_nothing_happens_without_the_reason_and_the_identifier_typed_again(desk: Desk, wrong: dict[str, str]) -> None:
    assert not declare(at_the_desk(desk.somme), desk.teacher, **wrong)
    assert not AccountShutdown.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_everything_is_shut_at_once(daemons: None, desk: Desk) -> None:
    theirs, now = Client(), timezone.now()
    sign_in(theirs, desk.teacher)
    KnownDevice.objects.create(account=desk.teacher, token_hash="0" * 64, seen_at=now)
    app_passwords.make_app_password(desk.teacher, "Thunderbird", "both", now)
    client = at_the_desk(desk.somme)
    result = client.get(declare(client, desk.teacher))
    account = Account.objects.get(pk=desk.teacher.pk)
    assert (account.password, account.password_kind) == (None, Account.PasswordKind.NONE)
    assert account.frozen_at is not None
    assert account.mail_blocked_until is not None
    assert timedelta(hours=47) < account.mail_blocked_until - now <= timedelta(hours=49)
    assert not Session.objects.filter(account=account).exists()
    assert not KnownDevice.objects.filter(account=account).exists()
    assert not AppPassword.objects.filter(account=account, withdrawn_at=None).exists()
    assert theirs.get(reverse("portal:home")).status_code == 302
    assert Entry.objects.get(act="account.stolen").details["reason"] == "appel du proviseur"
    assert Notice.objects.filter(account=account, kind="stolen").exists()
    shutdown = AccountShutdown.objects.get()
    assert shutdown.finished_at is not None
    assert all(step.done_at for step in shutdown.steps.all())
    assert "Tout est fermé" in result.content.decode()
    assert not Due.objects.filter(job=account_shutdown.CARRY_ON.name).exists()


@pytest.mark.django_db(transaction=True)
def test_what_fails_is_said_and_done_later_by_the_clock(daemons: None, desk: Desk, rewired: ExitStack) -> None:
    rewired.enter_context(rules_rollback.replaced(not_there))
    client = at_the_desk(desk.somme)
    page = client.get(declare(client, desk.teacher)).content.decode()
    assert "Pas fait" in page
    shutdown = AccountShutdown.objects.get()
    assert shutdown.finished_at is None
    done = set(shutdown.steps.exclude(done_at=None).values_list("act", flat=True))
    assert done == set(Act.values) - {Act.REDIRECTIONS}
    due.run(timezone.now() + timedelta(minutes=2))
    assert shutdown.steps.get(act=Act.REDIRECTIONS).attempts == 2
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    due.run(timezone.now() + timedelta(hours=1))
    assert AccountShutdown.objects.get().finished_at is not None
    assert not Due.objects.filter(job=account_shutdown.CARRY_ON.name).exists()


def test_reopening_is_asked_with_a_reason_and_before_the_hour_by_the_rectorat(desk: Desk) -> None:
    declare(at_the_desk(desk.somme), desk.teacher)
    key = [desk.teacher.key]
    for name in ("unfreeze", "unblock"):
        answer = at_the_desk(desk.rectorat).post(reverse(f"helpdesk:{name}", args=key), {"reason": " "})
        assert answer.status_code == 422
        assert wrong_fields(answer.content.decode()) == {"reason": "Il manque un motif\N{NO-BREAK SPACE}: une phrase."}
    assert at_the_desk(desk.somme).post(reverse("helpdesk:unfreeze", args=key), {"reason": "vu"}).status_code == 302
    assert at_the_desk(desk.somme).post(reverse("helpdesk:unblock", args=key), {"reason": "vu"}).status_code == 404
    assert at_the_desk(desk.rectorat).post(reverse("helpdesk:unblock", args=key), {"reason": "vu"}).status_code == 302
    account = Account.objects.get(pk=desk.teacher.pk)
    assert (account.frozen_at, account.mail_blocked_until) == (None, None)
    assert set(Entry.objects.filter(details__reason="vu").values_list("act", flat=True)) == {
        "account.unfrozen", "mail.unblocked",
    }  # fmt: skip


def test_a_second_factor_that_a_thief_added_goes_and_an_older_one_stays(desk: Desk) -> None:
    now = timezone.now()
    totp.enrol_with(desk.teacher, "JBSWY3DPEHPK3PXP", now=now - timedelta(days=60))
    totp.enrol_with(desk.neighbour, "JBSWY3DPEHPK3PXP", now=now - timedelta(hours=2))
    declare(at_the_desk(desk.somme), desk.teacher)
    declare(at_the_desk(desk.aisne), desk.neighbour)
    assert Account.objects.get(pk=desk.teacher.pk).second_factor
    assert not Account.objects.get(pk=desk.neighbour.pk).second_factor


def test_the_page_counts_what_was_sent_or_says_that_it_does_not_know(desk: Desk, rewired: ExitStack) -> None:
    address = reverse("helpdesk:stolen-sent", args=[desk.teacher.key])
    rewired.enter_context(sent_list.replaced(two_sent))
    assert "2 messages partis ces 7 derniers jours, vers 3" in at_the_desk(desk.somme).get(address).content.decode()
    rewired.enter_context(sent_list.replaced(very_many))
    assert "Au moins 500 messages partis" in at_the_desk(desk.somme).get(address).content.decode()
    rewired.enter_context(sent_list.replaced(nothing_found))  # nothing found is not nothing sent
    assert "un logiciel peut envoyer sans en laisser" in at_the_desk(desk.somme).get(address).content.decode()
    rewired.enter_context(sent_list.replaced(unknown))
    assert "ne dit pas" in at_the_desk(desk.somme).get(address).content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("very_many", ("au moins 500", "Le détail montre les 200 derniers.")),
        ("nothing_found", ("un logiciel peut envoyer sans en laisser",)),
    ],
)
def test_the_result_says_where_its_figures_stop(
    desk: Desk, rewired: ExitStack, sent: str, words: tuple[str, ...]
) -> None:
    rewired.enter_context(sent_list.replaced(globals()[sent]))
    client = at_the_desk(desk.somme)
    shown = client.get(declare(client, desk.teacher)).content.decode()
    for said in words:
        assert said in shown


@pytest.mark.django_db(transaction=True)
def test_live_connections_end_and_no_program_comes_back(daemons: None, gate_server: int) -> None:
    """Over the real servers: the attacker's IMAP connection dies, and neither door opens again."""
    from vaguemestre.testing import make_mail_account

    mail: MailAccount = make_mail_account()
    connection = imap_connection(mail)
    assert connection.noop()[0] == "OK"
    shutdown = account_shutdown.shut_account_down(
        mail.account, by="a0000009", office="", reason="test", now=timezone.now()
    )
    assert shutdown.steps.get(act=Act.DAEMONS).done_at is not None
    assert _ends(connection)
    with pytest.raises(imaplib.IMAP4.error):
        imap_connection(mail)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        submission(mail)


def _ends(connection: imaplib.IMAP4_SSL, *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection.noop()
        except (imaplib.IMAP4.error, OSError):
            return True
    return False
