"""An attacker's changes undone, also while the mailbox is blocked and while Dovecot is away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.engine import doveadm, projection
from vaguemestre.mailbox.sieve.managesieve import ScriptName
from vaguemestre.testing import MailAccount, make_mail_account
from vaguemestre.webmail import purge
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import FormerScript, Preferences, Redirection, new_key
from vaguemestre.webmail.outbox import sent_log
from vaguemestre.webmail.outbox.sent_log import SentLogUnknownError
from vaguemestre.webmail.rules import absence_reply, redirection, rollback
from vaguemestre.webmail.rules.sieve_script import Absence
from vaguemestre.webmail.testing.browser import MailBrowser

pytestmark = pytest.mark.django_db(transaction=True)
undo, sent_since = rollback.undo_since, sent_log.sent_since
BY = "a0000999"


def active(account: MailAccount) -> str:
    with open_scripts(account.key) as server:
        name = next((found.name for found in server.scripts() if found.active), "")
        return server.get(name) if name else ""


def away(account: MailAccount, text: str, now: datetime) -> None:
    absence_reply.begin_absence(
        MailboxAccess.own(account.account), Absence(now - timedelta(days=1), now + timedelta(days=9), text), now=now
    )


def send_on(account: MailAccount, target: str, now: datetime) -> None:
    redirection.save_redirection(account.account, target, keep_copy=False, by=account.key, now=now)


def block(account: MailAccount, until: datetime | None) -> None:
    Account.objects.filter(pk=account.key).update(mail_blocked_until=until)
    projection.project([account.key])


def settle(now: datetime) -> None:
    """What the clock has to do."""
    due.run(now + timedelta(minutes=2))


def test_back_to_what_the_person_had(mail_account: MailAccount, now: datetime) -> None:
    honest, thief = make_mail_account("Karim", "Belkacem"), make_mail_account("Zoé", "Voleuse")
    away(mail_account, "De retour lundi.", now - timedelta(days=3))
    send_on(mail_account, honest.address, now - timedelta(days=2))
    send_on(mail_account, thief.address, now - timedelta(hours=2))
    away(mail_account, "Écrivez plutôt à banque@voleur.example", now - timedelta(hours=1))
    said = undo(mail_account.key, now - timedelta(days=1), BY, now)
    assert len(said) == 3
    assert any(thief.address in sentence for sentence in said)
    settle(now)
    text = active(mail_account)
    assert "De retour lundi." in text
    assert f'redirect "{honest.address}";' in text
    assert "voleur" not in text
    assert thief.address not in text
    current = Redirection.objects.get(removed_at=None)
    assert (current.target, current.set_by) == (honest.address, BY)
    assert Entry.objects.filter(act="redirection.removed", actor=BY).count() == 1
    assert undo(mail_account.key, now + timedelta(seconds=1), BY, now + timedelta(seconds=2)) == []


def test_nothing_changed_nothing_undone(mail_account: MailAccount, now: datetime) -> None:
    away(mail_account, "De retour lundi.", now - timedelta(days=3))
    assert undo(mail_account.key, now - timedelta(days=1), BY, now) == []
    assert "De retour lundi." in active(mail_account)


def test_in_a_blocked_mailbox_it_stops_at_once_and_comes_back_later(mail_account: MailAccount, now: datetime) -> None:
    thief = make_mail_account("Zoé", "Voleuse")
    away(mail_account, "De retour lundi.", now - timedelta(days=3))
    send_on(mail_account, thief.address, now - timedelta(hours=2))
    block(mail_account, timezone.now() + timedelta(hours=48))
    undo(mail_account.key, now - timedelta(days=1), BY, now)
    assert scripts_in_force(mail_account) == []
    settle(now)
    block(mail_account, None)
    due.run(now + timedelta(hours=12))
    assert "De retour lundi." in active(mail_account)
    assert thief.address not in active(mail_account)


def test_while_dovecot_is_away_the_clock_stops_it(
    mail_account: MailAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = make_mail_account("Zoé", "Voleuse")
    send_on(mail_account, thief.address, now - timedelta(hours=2))
    with monkeypatch.context() as patch:
        patch.setattr(settings, "DATA", None)
        assert undo(mail_account.key, now - timedelta(days=1), BY, now)
    assert not Redirection.objects.filter(removed_at=None).exists()
    settle(now)
    assert active(mail_account) == ""


def test_another_programs_script_that_was_put_beside_comes_back_alone(mail_account: MailAccount, now: datetime) -> None:
    thief = make_mail_account("Zoé", "Voleuse")
    with open_scripts(mail_account.key) as server:
        server.put(ScriptName("ancien"), "# Le mien\nkeep;\n")
        server.activate("ancien")
    redirection.save_redirection(
        mail_account.account, thief.address, keep_copy=True, by=mail_account.key, now=now - timedelta(hours=2),
        agreed="ancien",
    )  # fmt: skip
    undo(mail_account.key, now - timedelta(days=1), BY, now)
    settle(now)
    assert "# Le mien" in active(mail_account)


def test_what_left_is_listed_even_when_the_mailbox_is_blocked(desk: MailBrowser) -> None:
    before = timezone.now() - timedelta(minutes=5)
    assert sent_since(desk.mail.key, before) == []
    for subject in ("Réunion", "Élèves"):
        desk.write(new_key(), a="jean@x.example, Zoé <zoe@x.example>", objet=subject)
    block(desk.mail, timezone.now() + timedelta(hours=48))
    found = sent_since(desk.mail.key, before)
    assert {one.subject for one in found} == {"Réunion", "Élèves"}
    assert found[0].recipients == ("jean@x.example", "zoe@x.example")
    assert sent_since(desk.mail.key, timezone.now() + timedelta(hours=1)) == []


def test_unknown_is_not_nothing(mail_account: MailAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA", None)
    with pytest.raises(SentLogUnknownError):
        sent_since(mail_account.key, timezone.now())


def test_a_purge_leaves_neither_rows_nor_files(
    desk: MailBrowser, no_postfix: Callable[[], None], now: datetime
) -> None:
    away(desk.mail, "Absente.", now)
    no_postfix()
    desk.write(new_key(), a="jean@x.example")
    folder = desk.mail.account.outgoing.get().folder
    assert folder.exists()
    purge.purge(desk.mail.key, now)
    assert not folder.exists()
    assert not Preferences.objects.exists()
    assert not FormerScript.objects.exists()


def scripts_in_force(account: MailAccount) -> list[str]:
    """As Dovecot's administration tells it: the mailbox is blocked to its owner."""
    values = doveadm.run(account.key, "sieve", "list")
    return [name for name, state in zip(values[::2], values[1::2], strict=False) if state]
