"""After a restore: the database is older than the crash, and what was revoked in between lives again. Here it is
revoked once more, by the copy of the revocations; without it, sessions, links and application passwords are void."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from vaguemestre.accounts.compromise import factor_loss
from vaguemestre.accounts.lifecycle import closure, lock, shared_accounts, transfer
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import (
    Account,
    AppPassword,
    Code,
    KeptForm,
    Numbering,
    OtpKey,
    PendingSignIn,
    RescueContact,
    ResetLink,
    ResetText,
    Session,
)
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.projection import announce_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.backup.revoked.revocation_copy import LATE_TRANSACTIONS
from vaguemestre.backup.revoked.revocations import AGAIN, DETAILS, Revocation, first_act
from vaguemestre.clock import due
from vaguemestre.handouts import link_lifetime
from vaguemestre.handouts.models import Handout
from vaguemestre.lists.approval_rights import end_rights_of
from vaguemestre.shared_mailboxes.members import remove_again
from vaguemestre.sso.logout import access_revocation
from vaguemestre.sso.models import Application, Consent, Delegation
from vaguemestre.sso.registry import applications

BY = "system"
REASON = "backup restored"  # as the journal has it
RESYNC = due.Job("backup.resync-mailboxes")  # done by `mailbox_resync`

_PASSWORD = re.compile(r"password\.|reset\.done$|letter\.revoked$|account\.stolen$")
_STOLEN = re.compile(r"account\.stolen$")
_APP_PASSWORD = re.compile(r"app-password\.|mail-program\.|account\.stolen$|account\.reopened$")
_FACTOR = re.compile(r"factor\..*(withdrawn|telephone-added)$|account\.stolen$")
_RECOVERY_CODES = re.compile(r"factor\.recovery-code")
_OTP_PIN = re.compile(r"otp-key\.(blocked|pin-chosen)$")
_OTP_KEY = re.compile(r"otp-key\.(lost|ended|returned|replaced|retired|pin-reset|password-again)$|account\.stolen$")
_RESCUE = re.compile(r"rescue\.|account\.stolen$")
_CONSENT = re.compile(r"sso\.consent-withdrawn$")
_TRANSFER = re.compile(r"departure\.address-withdrawn$")
_CLOSING = re.compile(r"account\.(closing|reopened|restored|withdrawn)$")
_BOX_ACTS = ("box.opened", "box.closed", "box.withdrawn", "box.reopened")
_FORWARDING = re.compile(r"redirection\.|forwarding\.removed$")


@dataclass(frozen=True)
class ReplayReport:
    """How many accounts each thing was done to. `unknown`: they were made after the backup, and the HR file makes
    them again. `applications`, `withdrawals`: somebody must do it again. `transfers`: next addresses given no
    longer. `stolen`, `forwarding`: keys of mailboxes whose filters are stopped; of the latter each must look at the
    settings, where what was ended since stands as before."""

    sessions: int
    links: int
    app_passwords: int
    locked: int
    passwords: int
    factors: int
    rescue: int
    closed: int
    files: int
    transfers: int
    delegations: int
    closed_applications: int
    unknown: int
    applications: int
    withdrawals: int
    stolen: tuple[str, ...]
    forwarding: tuple[str, ...]


def replay(
    revocations: Sequence[Revocation] | None, keys_on_disk: Iterable[str], *, now: datetime, void_all: bool = False
) -> ReplayReport:
    """`revocations`: None when there is no copy of them. `keys_on_disk`: of the mailboxes restored, some of which the
    database may not know. `void_all`: every application password besides, as without a copy. Bears being done twice."""
    with transaction.atomic():
        since = _unknown_to_the_journal(revocations or ())
        _keep_numbers({one.subject for one in since} | set(keys_on_disk))
        ended, links = _end_sessions(), _void_links(now)
        by_account = _by_account(since)
        accounts = list(Account.objects.filter(pk__in=by_account).select_related("person"))
        void = _void_app_passwords(now) if void_all or revocations is None else 0
        counts = _each(accounts, by_account, now)
        files = _withdraw_files(since, now)
        _shut_boxes(since, now)
        _end_approval_rights(since, now)
        delegations, closed_applications = _withdraw_delegations(since, now), _close_applications(since)
        _journal_again(since)
        journal.record(BY, "backup.restored", BY, replayed=len(since), copy=revocations is not None)
        due.at(now, RESYNC, "begin")
    acts = [one.act for one in since]
    changed = {one.subject for one in since if one.act in ("application.changed", "application.secret-replaced")}
    counts["app_passwords"] += void
    return ReplayReport(
        sessions=ended, links=links, files=files, delegations=delegations, closed_applications=closed_applications,
        unknown=len(by_account) - len(accounts), applications=len(changed), withdrawals=acts.count("withdrawal.taken"),
        stolen=_whose(_STOLEN, accounts, by_account), forwarding=_whose(_FORWARDING, accounts, by_account), **counts,
    )  # fmt: skip


def _unknown_to_the_journal(revocations: Iterable[Revocation]) -> list[Revocation]:
    """A transaction that ended after the backup may have a lower number than the journal's last one in it."""
    from_here = (Entry.objects.aggregate(last=Max("id"))["last"] or 0) - LATE_TRANSACTIONS
    lines = Entry.objects.filter(id__gt=from_here).values_list("id", "act", "subject", "details")
    known = {(number, first_act(act, details), subject) for number, act, subject, details in lines}
    return [one for one in revocations if one.id > from_here and one.line not in known]


def _journal_again(since: Iterable[Revocation]) -> None:
    """In their order: the copy of the revocations begins again after a restore, and reads them here."""
    for one in since:
        kept = {name: value for name in DETAILS if (value := getattr(one, name))}
        journal.record(BY, AGAIN, one.subject, of=one.act, **kept)


def _whose(
    pattern: re.Pattern[str], accounts: Iterable[Account], by_account: Mapping[str, list[Revocation]]
) -> tuple[str, ...]:
    return tuple(sorted(account.key for account in accounts if _any(pattern, by_account[account.key])))


def _keep_numbers(keys: Iterable[str]) -> None:
    """Whoever came after the backup had a key, and mail under it: nobody else, and no other box, is given that one."""
    there = [key for key in keys if re.fullmatch(r"[ab]\d{7,11}", key)]
    for letter, name in (("a", "account"), ("b", "box")):
        numbers = [int(key[1:]) for key in there if key.startswith(letter)]
        numbering, _made = Numbering.objects.get_or_create(name=name)
        if numbers and max(numbers) > numbering.last:
            Numbering.objects.filter(pk=numbering.pk).update(last=max(numbers))


def _end_sessions() -> int:
    """Always: who signed out since then has no line here. Applications that were opened are told."""
    accounts = list(Account.objects.filter(pk__in=Session.objects.values("account")))
    count = Session.objects.count()
    sessions.end_all_sessions(accounts)
    PendingSignIn.objects.all().delete()
    KeptForm.objects.all().delete()
    return count


def _void_links(now: datetime) -> int:
    Code.objects.exclude(hash="").update(hash="")
    alive = {"ended_at": None, "expires_at__gt": now}
    return sum(table.objects.filter(**alive).update(ended_at=now) for table in (ResetLink, ResetText))


def _void_app_passwords(now: datetime) -> int:
    holders = Account.objects.filter(pk__in=AppPassword.objects.filter(withdrawn_at=None).values("account"))
    return app_passwords.withdraw_all(*holders, by=BY, now=now)


def _by_account(since: Iterable[Revocation]) -> Mapping[str, list[Revocation]]:
    found: dict[str, list[Revocation]] = {}
    for one in since:
        if re.fullmatch(r"a\d{7,11}", one.subject):
            found.setdefault(one.subject, []).append(one)
    return found


def _each(accounts: Sequence[Account], by_account: Mapping[str, list[Revocation]], now: datetime) -> dict[str, int]:
    nobodys = passwords.nobodys_hash()
    steps: dict[str, Callable[[Account, list[Revocation]], bool]] = {
        "locked": lambda account, acts: _lock(account, acts, now),
        "passwords": lambda account, acts: _void_password(account, acts, nobodys, now),
        "app_passwords": lambda account, acts: (
            _any(_APP_PASSWORD, acts) and bool(app_passwords.withdraw_all(account, by=BY, now=now))
        ),
        "factors": lambda account, acts: _withdraw_factors(account, acts, now),
        "rescue": _forget_rescue,
        "closed": lambda account, acts: _close(account, acts, now),
        "transfers": _withdraw_transfer,
    }
    counts = dict.fromkeys(steps, 0)
    for account in accounts:
        for name, step in steps.items():
            counts[name] += step(account, by_account[account.key])
    announce_change(accounts)
    return counts


def _lock(account: Account, acts: list[Revocation], now: datetime) -> bool:
    said = [act for act in _acts(acts) if act in ("account.locked", "account.unlocked")]
    frozen = [act for act in _acts(acts) if act in ("account.stolen", "account.unfrozen")]
    if frozen and frozen[-1] == "account.stolen":
        Account.objects.filter(pk=account.pk).update(frozen_at=now)
        account.frozen_at = now
    if not said or said[-1] == "account.unlocked" or account.locked_at:
        return False
    lock.lock(account, by=BY, reason=REASON, now=now)
    return True


def _void_password(account: Account, acts: list[Revocation], nobodys: str, now: datetime) -> bool:
    """The new one is lost with the disk; the one before it may be known to whom it was changed against. Who had chosen
    one gets another by "lost password"."""
    if not _any(_PASSWORD, acts):
        return False
    if account.password_kind == Account.PasswordKind.OWN:
        account.password = nobodys
    else:
        account.password, account.password_kind = None, Account.PasswordKind.NONE
    account.password_set_at, account.provisional_expires_at = now, None
    account.save(update_fields=["password", "password_kind", "password_set_at", "provisional_expires_at"])
    return True


def _withdraw_factors(account: Account, acts: list[Revocation], now: datetime) -> bool:
    """Which one was withdrawn is not known: all go, and those of a role are asked for another at the next sign-in."""
    done = False
    if _any(_FACTOR, acts):
        done = bool(factor_loss.withdraw_all(account, by=BY, now=now))
    if _any(_RECOVERY_CODES, acts):
        done |= bool(account.recovery_codes.all().delete()[0])
    if _any(_OTP_PIN, acts):  # the help desk opens the choice of a new one
        active = OtpKey.objects.filter(account=account, state=OtpKey.State.ACTIVE)
        done |= bool(active.update(state=OtpKey.State.BLOCKED))
    if _any(_OTP_KEY, acts):
        key_lifecycle.forget_keys(account)
        account.method, done = Account.Method.PASSWORD, True
        account.save(update_fields=["method"])
    return done


def _forget_rescue(account: Account, acts: list[Revocation]) -> bool:
    if _any(_CONSENT, acts):
        Consent.objects.filter(account=account).delete()
    return _any(_RESCUE, acts) and bool(RescueContact.objects.filter(account=account).delete()[0])


def _withdraw_transfer(account: Account, acts: list[Revocation]) -> bool:
    if not _any(_TRANSFER, acts) or transfer.new_address_of(account) is None:
        return False
    transfer.withdraw_transfer(account)
    return True


def _close(account: Account, acts: list[Revocation], now: datetime) -> bool:
    """What came last. A purge needs nothing: it goes by the dates, at the next full hour."""
    last = next((one for one in reversed(acts) if _CLOSING.match(one.act)), None)
    if last and last.act == "account.closing" and last.on:
        closure.close_accounts([account], on=date.fromisoformat(last.on), now=now, by=BY)
    elif last and last.act == "account.withdrawn":
        closure.withdraw_accounts([account], now=now, by=BY)
    else:
        return False
    return True


def _withdraw_files(since: Iterable[Revocation], now: datetime) -> int:
    return sum(
        link_lifetime.withdraw_link(handout, by=BY, now=now)
        for one in since
        if one.act == "handout.withdrawn" and one.file
        for handout in Handout.objects.filter(account=one.subject, key__startswith=one.file)
    )


def _withdraw_delegations(since: Iterable[Revocation], now: datetime) -> int:
    """Without a letter: its receiver had one."""
    count = 0
    for one in since:
        if one.act == "delegation.withdrawn":
            lent = Delegation.objects.filter(receiver=one.subject, application__slug=one.application, uai=one.uai)
            for delegation in lent.filter(withdrawn_at=None, ends__gt=now):
                Delegation.objects.filter(pk=delegation.pk).update(withdrawn_at=now)
                access_revocation.delegation_withdrawn(delegation, now)
                count += 1
    return count


def _shut_boxes(since: Iterable[Revocation], now: datetime) -> None:
    """What came last: of a shared mailbox, and of each who shares one. Those who came with a post go with it."""
    boxes = {one.subject: one.act for one in since if one.act in _BOX_ACTS}
    shut = [key for key, act in boxes.items() if act in ("box.closed", "box.withdrawn")]
    for account in Account.every.filter(pk__in=shut, kind=Account.Kind.SHARED, state=Account.State.OPEN):
        shared_accounts.withdraw_shared_accounts([account], now=now, by=BY, act=boxes[account.key])
    members = {(one.subject, one.box): one.act for one in since if one.box}
    for (member, address), act in members.items():
        if act == "box.member-removed":
            remove_again(member, address.partition("@")[0], by=BY, now=now)


def _end_approval_rights(since: Iterable[Revocation], now: datetime) -> None:
    """One that was given since has gone with the crash."""
    for holder in {one.subject for one in since if one.act == "approval-right.ended"}:
        end_rights_of(holder, by=BY, now=now)


def _close_applications(since: Iterable[Revocation]) -> int:
    """What came last."""
    last = {one.subject: one.act for one in since if one.act in ("application.closed", "application.opened-again")}
    closed = [slug for slug, act in last.items() if act == "application.closed"]
    living = list(Application.objects.filter(slug__in=closed, active=True))
    for application in living:
        applications.close_application(application, by=BY)
    return len(living)


def _acts(revocations: Iterable[Revocation]) -> list[str]:
    return [one.act for one in revocations]


def _any(pattern: re.Pattern[str], revocations: Iterable[Revocation]) -> bool:
    return any(pattern.match(one.act) for one in revocations)
