"""A stolen account, shut in one act. What is ours is closed in one transaction; what lies with the mail daemons follows
part by part, and what fails there is tried again by the clock until it is done."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.compromise import factor_loss
from vaguemestre.accounts.lost_password import reset_links
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, AccountShutdown, Code, KnownDevice, Notice, PendingSignIn, ShutdownStep
from vaguemestre.accounts.notices import notices, security_officer_mail
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.ports import SentMail, mail_holders, rules_rollback, sent_list
from vaguemestre.accounts.projection import announce_change, is_confirmed
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.web.date_text import full_date_text

HOLD_LATE = due.Job("accounts.drill.hold_late")
CARRY_ON = due.Job("accounts.drill.carry_on")
logger = logging.getLogger(__name__)

BLOCKED_FOR = timedelta(hours=48)
SHOWN_SENT = 200
MOST_SENT = 500  # no more are listed
WAYS_BACK = (
    "rescue.confirmed", "rescue.recorded", "rescue.phone", "rescue.phone-confirmed", "otp-key.activated",
    "password.chosen",
)  # fmt: skip
SHOWN_RECIPIENTS = 3
Act = ShutdownStep.Act
OUTSIDE = (Act.DAEMONS, Act.FREEZE, Act.REDIRECTIONS, Act.SENT)  # in this order: what is held comes in no more
ONCE_MORE = timedelta(minutes=2)  # what a mail server had in hand when the account was shut has arrived by then
_VOID = ["password", "password_kind", "password_set_at", "provisional_expires_at", "frozen_at", "mail_blocked_until"]


class ShutdownIncompleteError(Exception):
    """The daemons do not know it yet."""


def shut_account_down(account: Account, *, by: str, office: str, reason: str, now: datetime) -> AccountShutdown:
    """Answers once every part was tried; `shutdown.steps` says which are done. A second shutdown on the same account is
    a new one: an attacker may come back."""
    with transaction.atomic():
        shutdown = AccountShutdown.objects.create(
            account=account, by=by, reason=reason, started_at=now,
            since=now - timedelta(days=academy().help_desk.undo_days),
        )  # fmt: skip
        counts = _shut(account, shutdown, now)
        for act, count in counts.items():
            ShutdownStep.objects.create(drill=shutdown, act=act, done_at=now, count=count)
        for act in OUTSIDE:
            ShutdownStep.objects.create(drill=shutdown, act=act)
        journal.record(by, "account.stolen", account.key, reason=reason, drill=shutdown.pk)
        notices.tell_owner(account, Notice.Kind.STOLEN, now=now, by=by, to_rescue=True, office=office)
        security_officer_mail.tell_security_officers(shutdown, office, now=now)
        announce_change([account])
        due.at(now + timedelta(minutes=1), CARRY_ON, str(shutdown.pk))
        due.at(now + ONCE_MORE, HOLD_LATE, str(shutdown.pk))
    continue_shutdown(shutdown, now)
    return shutdown


def continue_shutdown(shutdown: AccountShutdown, now: datetime) -> bool:
    """Try what is not done. Doing a part twice does no harm."""
    results = [_try(step, now) for step in shutdown.steps.filter(done_at=None).order_by("pk")]
    if not all(results):
        return False
    AccountShutdown.objects.filter(pk=shutdown.pk, finished_at=None).update(finished_at=now)
    due.drop(CARRY_ON, str(shutdown.pk))
    return True


@CARRY_ON.register
def carry_on_due(key: str, now: datetime) -> None:
    """By the clock, which comes back later and later while this raises."""
    if not continue_shutdown(AccountShutdown.objects.select_related("account").get(pk=int(key)), now):
        raise ShutdownIncompleteError(key)


@HOLD_LATE.register
def hold_late(key: str, now: datetime) -> None:
    """Once more, by the clock, for what came in while everything was being shut."""
    step = ShutdownStep.objects.select_related("drill__account").get(drill=int(key), act=Act.FREEZE)
    if step.done_at is None or step.drill.account.frozen_at is None:
        return  # it is still being tried; or somebody has let mail leave again since
    late = [line for line in _hold(step.drill, now) if line not in step.said]
    if late:
        step.said, step.count = [*step.said, *late][:SHOWN_SENT], (step.count or 0) + len(late)
        step.save(update_fields=["said", "count"])


def changes_since(shutdown: AccountShutdown) -> list[Entry]:
    """What an attacker would have set up to come back, in the days that are undone: shown, whatever was done about
    it."""
    lines = Entry.objects.filter(subject=shutdown.account_id, at__gte=shutdown.since, at__lt=shutdown.started_at)
    return list(lines.filter(act__in=WAYS_BACK).order_by("-at", "-id"))


def sent_text(account: Account, since: datetime, days: int) -> str:
    """By the Sent folder: « 412 messages, 2 031 adresses »."""
    try:
        messages = _sent_since(account.key, since)
    except LookupError:
        return _("The mail server does not say what was sent lately.")
    if not messages:
        said = _("No copy in Sent in the last %(days)d days; a mail program may send without leaving one.")
        return said % {"days": days}
    told = {"count": len(messages), "days": days, "people": len({to for one in messages for to in one.recipients})}
    if len(messages) >= MOST_SENT:
        said = _("At least %(count)d messages left in the last %(days)d days, to %(people)d addresses or more.")
        return said % told
    return (
        ngettext(
            "%(count)d message left in the last %(days)d days, to %(people)d addresses.",
            "%(count)d messages left in the last %(days)d days, to %(people)d addresses.",
            len(messages),
        )
        % told
    )


def unfreeze_sending(account: Account, *, by: str, reason: str, now: datetime) -> None:
    with transaction.atomic():
        account.frozen_at = None
        account.save(update_fields=["frozen_at"])
        journal.record(by, "account.unfrozen", account.key, reason=reason)
        notices.tell_owner(account, Notice.Kind.HELP_DESK, now=now, by=by, change="unfrozen")
        announce_change([account])


def unblock_mailbox(account: Account, *, by: str, reason: str, now: datetime) -> None:
    with transaction.atomic():
        account.mail_blocked_until = None
        account.save(update_fields=["mail_blocked_until"])
        journal.record(by, "mail.unblocked", account.key, reason=reason)
        notices.tell_owner(account, Notice.Kind.HELP_DESK, now=now, by=by, change="unblocked")
        announce_change([account])


def _shut(account: Account, shutdown: AccountShutdown, now: datetime) -> dict[ShutdownStep.Act, int | None]:
    """Everything that is a row of ours. The browsers known until now are strangers again, the attacker's among them."""
    account.password, account.password_kind = None, Account.PasswordKind.NONE
    account.password_set_at, account.provisional_expires_at = now, None
    account.frozen_at = account.frozen_at or now
    account.mail_blocked_until = now + BLOCKED_FOR
    account.save(update_fields=_VOID)
    KnownDevice.objects.filter(account=account).delete()
    halves, _rows = PendingSignIn.objects.filter(account=account).delete()
    codes = Code.objects.filter(account=account).exclude(hash="").update(hash="")
    return {
        Act.SESSIONS: sessions.end_sessions(account),
        Act.APP_PASSWORDS: app_passwords.withdraw_all(account, by=shutdown.by, now=now),
        Act.PASSWORD: None,
        Act.FACTORS: factor_loss.withdraw_since(account, shutdown.since, by=shutdown.by),
        Act.KEYS: key_lifecycle.end_since(account, shutdown.since, by=shutdown.by, now=now),
        Act.RESCUE: contact_change.void_since(account, shutdown.since, by=shutdown.by, now=now),
        Act.LINKS: halves + codes + reset_links.void_links(account, now=now),
        Act.BLOCK: None,
    }


def _try(step: ShutdownStep, now: datetime) -> bool:
    step.attempts += 1
    try:
        said = _PARTS[Act(step.act)](step.drill, now)
    except Exception:  # whatever one part raises, the others are still to be done
        logger.exception("stolen account %s: %s failed", step.drill.account_id, step.act)
        step.failed_at = now
        step.save(update_fields=["attempts", "failed_at"])
        return False
    step.done_at, step.said = now, said[:SHOWN_SENT]
    step.count = None if step.act == Act.DAEMONS else len(said)
    step.save(update_fields=["attempts", "done_at", "said", "count"])
    return True


def _cut_off(shutdown: AccountShutdown, _now: datetime) -> list[str]:
    """The projector ends open connections of whoever it shuts out; a request that waits means it has not run."""
    if not is_confirmed(shutdown.account):
        raise ShutdownIncompleteError(shutdown.account_id)
    return []


def _hold(shutdown: AccountShutdown, now: datetime) -> list[str]:
    """What had been sent and has not left, wherever it waits: kept there until somebody decides."""
    held = (one for hold in mail_holders.all() for one in hold(shutdown.account, now))
    return [_sent(one.at, list(one.recipients), one.reach) for one in held]


def _undo(shutdown: AccountShutdown, now: datetime) -> list[str]:
    return rules_rollback.one()(shutdown.account_id, shutdown.since, shutdown.by, now)


def _list_sent(shutdown: AccountShutdown, _now: datetime) -> list[str]:
    """When, and to whom: what the messages say is nobody's business here."""
    messages = _sent_since(shutdown.account_id, shutdown.since)
    return [_sent(one.at, list(one.recipients), len(one.recipients)) for one in messages]


def _sent_since(key: str, since: datetime) -> Sequence[SentMail]:
    """Raises LookupError when the mail server does not answer."""
    return sent_list.one()(key, since)


def _sent(at: datetime, recipients: list[str], count: int) -> str:
    told = {"when": full_date_text(at), "to": ", ".join(recipients[:SHOWN_RECIPIENTS]), "count": count}
    if count <= SHOWN_RECIPIENTS:
        return _("%(when)s, to %(to)s") % told
    return _("%(when)s, to %(count)d recipients, among them %(to)s") % told


_PARTS: dict[ShutdownStep.Act, Callable[[AccountShutdown, datetime], list[str]]] = {
    Act.DAEMONS: _cut_off,
    Act.FREEZE: _hold,
    Act.REDIRECTIONS: _undo,
    Act.SENT: _list_sent,
}
