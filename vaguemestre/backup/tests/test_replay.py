"""What was revoked after the backup is revoked again in the older database."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lifecycle import transfer
from vaguemestre.accounts.lifecycle.lock import lock
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AppPassword, Numbering, OtpKey, ResetLink, Session
from vaguemestre.accounts.notices.journal_text import SENTENCES
from vaguemestre.accounts.otp.testing import hold
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.backup.revoked.revocations import (
    ACTS,
    PREFIXES,
    Revocation,
    read_lines,
    revocations_after,
    write_lines,
)
from vaguemestre.backup.whole import replay
from vaguemestre.backup.whole.restore_report import report_lines
from vaguemestre.clock.models import Due
from vaguemestre.lists.approval_rights import confirm_right, give_right, rights_in_force
from vaguemestre.shared_mailboxes.models import MailboxRights, Membership
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.sso.arena import delegations
from vaguemestre.sso.models import Application, Delegation
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import Cast, MailAccount, make_school

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def account() -> Account:
    return make_account()


def revoked(act: str, subject: str, *, after: int = 1, **more: str) -> Revocation:
    last = Entry.objects.latest("id").pk if Entry.objects.exists() else 0
    return Revocation(last + after, NOW.isoformat(), act, subject, **more)


def test_sessions_and_links_are_void_whatever_is_known(client: Client, account: Account) -> None:
    sign_in(client, account)
    ResetLink.objects.create(
        token_hash="x", account=account, foundation="y", made_at=NOW, expires_at=NOW + timedelta(hours=1)
    )
    report = replay.replay([], [], now=NOW)
    assert not Session.objects.exists()
    assert ResetLink.objects.get().ended_at == NOW
    assert (report.sessions, report.links) == (1, 1)
    assert Due.objects.filter(job="backup.resync-mailboxes").exists()


def test_a_lock_comes_back_unless_it_was_taken_away_since(account: Account) -> None:
    other = make_account()
    since = [
        revoked("account.locked", account.key),
        revoked("account.locked", other.key),
        revoked("account.unlocked", other.key, after=2),
    ]
    assert replay.replay(since, [], now=NOW).locked == 1
    account.refresh_from_db()
    other.refresh_from_db()
    assert account.locked_at
    assert not other.locked_at


def test_what_the_backup_knows_already_is_not_done_again(account: Account) -> None:
    lock(account, by="x", reason="y", now=NOW)
    known = Entry.objects.get(act="account.locked")
    Account.objects.update(locked_at=None)  # by somebody who had the right
    replay.replay([Revocation(known.pk, str(known.at), known.act, known.subject)], [], now=NOW)
    account.refresh_from_db()
    assert account.locked_at is None


def test_a_password_that_was_changed_since_opens_nothing(account: Account) -> None:
    report = replay.replay([revoked("password.chosen", account.key)], [], now=NOW)
    account.refresh_from_db()
    assert report.passwords == 1
    assert not passwords.verify_password(account, PASSWORD)
    assert account.password_kind == Account.PasswordKind.OWN  # "lost password" is open


def test_application_passwords(account: Account) -> None:
    other = make_account()
    for one in (account, other):
        app_passwords.make_app_password(one, "Téléphone", AppPassword.Scope.BOTH, NOW)
    assert replay.replay([revoked("app-password.withdrawn", account.key)], [], now=NOW).app_passwords == 1
    assert [one.account_id for one in AppPassword.objects.filter(withdrawn_at=None)] == [other.key]


def test_without_a_copy_every_application_password_is_void(account: Account) -> None:
    app_passwords.make_app_password(account, "Téléphone", AppPassword.Scope.BOTH, NOW)
    report = replay.replay(None, [], now=NOW)
    assert report.app_passwords == 1
    assert not AppPassword.objects.filter(withdrawn_at=None).exists()
    said = "\n".join(report_lines(report, begun=NOW.isoformat(), up_to="", complete=False))
    assert "Seuls les sessions" in said
    assert "un mot de passe volé ouvre de nouveau" in said
    assert "--void-all" not in said
    account.refresh_from_db()
    assert passwords.verify_password(account, PASSWORD)


def test_void_all_does_again_what_is_known_and_voids_every_application_password(account: Account) -> None:
    other = make_account()
    app_passwords.make_app_password(other, "Téléphone", AppPassword.Scope.BOTH, NOW)
    report = replay.replay([revoked("account.locked", account.key)], [], now=NOW, void_all=True)
    assert (report.locked, report.app_passwords) == (1, 1)
    assert not AppPassword.objects.filter(withdrawn_at=None).exists()
    said = "\n".join(report_lines(report, begun=NOW.isoformat(), up_to=NOW.isoformat(), complete=True, void_all=True))
    assert "est de nouveau révoqué" in said
    assert "Seuls les sessions" in said


def test_a_stolen_account_is_shut_again(account: Account) -> None:
    report = replay.replay([revoked("account.stolen", account.key)], [], now=NOW)
    account.refresh_from_db()
    assert account.frozen_at
    assert not passwords.verify_password(account, PASSWORD)
    assert report.stolen == (account.key,)


def test_an_account_closed_since_is_closed_again(account: Account) -> None:
    replay.replay([revoked("account.closing", account.key, on="2026-01-01")], [], now=NOW)
    account.refresh_from_db()
    assert account.closes_on
    assert account.state in Account.ENDED


def test_the_key_of_somebody_who_came_since_is_never_given_again() -> None:
    report = replay.replay([revoked("account.opened", "a0004711")], ["a0004800"], now=NOW)
    assert report.unknown == 1
    assert Numbering.objects.get(name="account").last == 4800


def test_done_twice_it_is_the_same(account: Account) -> None:
    since = [revoked("password.chosen", account.key), revoked("account.locked", account.key, after=2)]
    replay.replay(since, [], now=NOW)
    replay.replay(since, [], now=NOW)
    account.refresh_from_db()
    assert account.locked_at


@pytest.mark.django_db(transaction=True)
def test_the_journal_is_read_without_django_and_tells_no_secret(settings: LazySettings) -> None:
    journal.record("a0000009", "account.locked", "a0000001", reason="un motif que personne d’autre ne lit")
    journal.record("a0000009", "account.closing", "a0000001", on="2026-09-01")
    journal.record("a0000009", "numen.shown", "a0000001")
    journal.record("a0000009", "factor.passkey-withdrawn", "a0000001", name="Ma clé")
    found = revocations_after(dict(connection.settings_dict), 0)
    assert [(one.act, one.on) for one in found] == [
        ("account.locked", ""), ("account.closing", "2026-09-01"), ("factor.passkey-withdrawn", ""),
    ]  # fmt: skip
    text = write_lines(found)
    assert "motif" not in text
    assert "Ma clé" not in text
    assert read_lines(text + '{"id": 9, "at"') == found
    assert revocations_after(dict(connection.settings_dict), found[-1].id) == []


def test_a_transaction_that_ended_after_the_backup_is_not_lost(account: Account) -> None:
    """Its number is lower than the newest one that the backup has."""
    journal.record("x", "numen.shown", account.key)
    newest = Entry.objects.latest("id").pk
    late = Revocation(newest - 1, NOW.isoformat(), "account.locked", account.key)
    assert replay.replay([late], [], now=NOW).locked == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_disaster_knows_what_the_first_one_knew(account: Account) -> None:
    since = [
        revoked("password.chosen", account.key),
        revoked("delegation.withdrawn", account.key, after=2, application="onde", uai="0801234A"),
        revoked("account.opened", "a0004711", after=3),
    ]
    last = Entry.objects.latest("id").pk
    replay.replay(since, [], now=NOW)
    found = revocations_after(dict(connection.settings_dict), last)
    assert [(one.act, one.subject, one.application, one.uai) for one in found] == [
        (one.act, one.subject, one.application, one.uai) for one in since
    ]
    assert replay.replay(found, [], now=NOW).passwords == 0  # this database knows them


def test_what_was_lent_is_taken_back_and_what_was_closed_is_closed(cast: Cast) -> None:
    lent, closed, open_again = (make_application(delegable=True) for _number in range(3))
    delegations.delegate(cast.head, cast.teacher, lent, make_school(), ends=NOW + timedelta(days=9), now=NOW)
    uai = Delegation.objects.get().uai
    since = [
        revoked("delegation.withdrawn", cast.teacher.key, application=lent.slug, uai=uai),
        revoked("application.closed", closed.slug, after=2),
        revoked("application.closed", open_again.slug, after=3),
        revoked("application.opened-again", open_again.slug, after=4),
    ]
    report = replay.replay(since, [], now=NOW)
    assert (report.delegations, report.closed_applications, report.applications) == (1, 1, 0)
    assert Delegation.objects.get().withdrawn_at == NOW
    assert set(Application.objects.filter(active=True)) == {lent, open_again}
    said = "\n".join(report_lines(report, begun=NOW.isoformat(), up_to="", complete=True))
    assert "1 application est fermée de nouveau" in said
    assert "1 délégation est reprise de nouveau" in said


def test_forwarding_is_stopped_and_said_and_the_next_address_is_no_longer_given(account: Account) -> None:
    other = make_account()
    transfer.agree_transfer(account, "p.martin@ac-lille.fr", now=NOW)
    since = [
        revoked("departure.address-withdrawn", account.key),
        revoked("redirection.removed", account.key, after=2),
        revoked("forwarding.removed", other.key, after=3),
    ]
    report = replay.replay(since, [], now=NOW)
    assert transfer.new_address_of(account) is None
    assert (report.transfers, report.forwarding) == (1, tuple(sorted([account.key, other.key])))
    assert other.key in "\n".join(report_lines(report, begun=NOW.isoformat(), up_to="", complete=True))


def test_an_otp_key_blocked_since_is_blocked(account: Account) -> None:
    fob = hold(account, now=NOW)
    assert replay.replay([revoked("otp-key.blocked", account.key)], [], now=NOW).factors == 1
    fob.key.refresh_from_db()
    assert fob.key.state == OtpKey.State.BLOCKED


# They give, tell or ask, or what they took is not in a backup, or goes again by the dates and the HR feed.
TAKES_NO_RIGHT_AWAY = re.compile(
    r"absence\.|backup\.|career\.|charter\.|circular\.|export\.|feed\.|filter\.|held\.|identity\.|import\.|intake\.|list\.|lockout\.|"
    r"mailing\.|maintenance\.|staff-list\.|numen\.|person\.|phishing\.|restoration\.|roundcube\.|session\.|sessions\.|suspects?\.|"
    r"tries\.|"
    r"(approval-right\.(given|confirmed)|box\.(joined|left-post|over|rule-added|wrote)|account\.(opening-moved|begun|closed|stopped|renamed|welcomed)|app-password\.made|mail-program\.let-in|"
    r"application\.(registered|shut|unshut)|delegation\.given|departure\.address-given|forwarding\.set|"
    r"factor\.(text-added|passkey-added)|handout\.(sent|given-back)|letter\.(printed|file-downloaded|file-deleted|reissued)|"
    r"mail\.unblocked|"
    r"otp-key\.(imported|asked|request-withdrawn|approved|refused|assigned|put-back|handed|activated|resynchronised|"
    r"found|asked-back)|"
    r"rescue\.(way|put-off)|reset\.(requested|taken|answered|withdrawn|link-sent|text-sent|text-used)|"
    r"sso\.(opened|right-ended|consent-given|application-registered|shown-twice|farewells-again|key-made)|"
    r"withdrawal\.(searched|ordered|returned|dropped|put-back))$"
)
# Done by their name, or what somebody must do again stands in the report.
BY_NAME = {
    "account.locked", "account.unlocked", "account.stolen", "account.unfrozen", "account.opened", "account.purged",
    "handout.withdrawn", "delegation.withdrawn", "application.closed", "application.opened-again",
    "application.changed", "application.secret-replaced", "withdrawal.taken",
    "box.opened", "box.closed", "box.withdrawn", "box.reopened", "box.member-added", "box.member-removed",
    "approval-right.ended",
}  # fmt: skip


def test_each_act_of_the_journal_is_done_again_or_takes_no_right_away() -> None:
    """Whoever writes an act that takes a right away puts it into `revocations.ACTS`, and `replay` does it."""
    patterns = [one for one in vars(replay).values() if isinstance(one, re.Pattern)]
    copied = {act for act in SENTENCES if act in ACTS or act.startswith(PREFIXES)}
    done = {act for act in copied if act in BY_NAME or any(pattern.match(act) for pattern in patterns)}
    assert set(ACTS) <= done
    assert sorted(act for act in SENTENCES if act not in done and not TAKES_NO_RIGHT_AWAY.match(act)) == []
    assert sorted(act for act in done if TAKES_NO_RIGHT_AWAY.match(act)) == []


def test_who_was_taken_out_of_a_shared_mailbox_since_is_taken_out_again(daemons: None) -> None:
    box, closed = make_box(), make_box()
    for key in (out := make_account(), back := make_account(), stays := make_account()):
        box.give(MailAccount(key), MailboxRights.MEMBER)
    since = [
        revoked("box.member-removed", out.key, box=box.address),
        revoked("box.member-removed", back.key, after=2, box=box.address),
        revoked("box.member-added", back.key, after=3, box=box.address),
        revoked("box.closed", closed.key, after=4),
    ]
    for _twice in range(2):
        replay.replay(since, [f"b{int(closed.key[1:]) + 7}"], now=NOW)
    today = timezone.localdate(NOW)
    there = Membership.objects.filter(box=box.key)
    assert {one.member_id for one in there if one.holds(today)} == {back.key, stays.key}
    assert Account.every.get(pk=closed.key).state == Account.State.STOPPED
    assert Numbering.objects.get(name="box").last == int(closed.key[1:]) + 7


def test_who_may_approve_mailings_no_longer_may_not_after_a_restore(cast: Cast) -> None:
    today, first, second = timezone.localdate(NOW), cast.head, cast.help_desk
    for holder in (cast.teacher, cast.stranger):
        confirm_right(give_right(holder, today, today, by=first, now=NOW), by=second, now=NOW)
    replay.replay([revoked("approval-right.ended", cast.teacher.key)], [], now=NOW)
    assert [one.holder for one in rights_in_force(today)] == [cast.stranger]
