"""The owner's way in while strangers' failures hold their account on every new network (`throttle`).

A password and a second proof at once: the second factor, or a code sent to the rescue contact. No counter of failures
stands before it, so that nobody can fill one: a guess must be right twice, and the answer does not say which half was
wrong.
"""

import contextlib
import logging
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.attempts import attempt_log, throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.durations import wait_text
from vaguemestre.accounts.factors.factor_state import Kind
from vaguemestre.accounts.identity.access import account_named, account_of_key
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lost_password.request_processing import needs_a_person
from vaguemestre.accounts.models import Account, Code, ResetRequest, SignIn
from vaguemestre.accounts.models.rescue import TRIES
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.otp.holder import NOBODY, holder_named
from vaguemestre.accounts.passwords.passwords import generate_provisional
from vaguemestre.accounts.rescue import confirmation_codes, contact
from vaguemestre.accounts.signin import second_factor_check
from vaguemestre.accounts.signin.attempt import SigninOutcome, counted_attempt, judge_secret
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.courier import mail, sms

logger = logging.getLogger(__name__)

SEND = due.Job("accounts.lockout.send_code")
PURPOSE = Code.Purpose.LOCKOUT
Result = SignIn.Result
A_DAY = timedelta(days=1)
# How long the first code of a day lives, the second … No other is sent meanwhile: whoever asks without end has six
# mails sent a day, and replaces none; the owner has a living one in the mailbox, or is sent one, also after having
# used one up. Not without end: whoever reads the contact tries five passwords by each.
LIVES = tuple(timedelta(minutes=minutes) for minutes in (15, 15, 60, 240, 720))
FACTORS_A_DAY = 10  # tries at a second factor, behind a right password
TEXTS_SHARE = 5  # one in so many of the installation's text messages: anybody may ask for them


def ask_code(typed: str, *, now: datetime) -> None:
    """A code for whoever is named so. The same work for everybody; the tasks process sees who it is."""
    account = account_named(typed)
    due.at(now, SEND, account.key if account else f"nobody-{secrets.token_hex(8)}")


@SEND.register
def send_code(key: str, now: datetime) -> None:
    """The clock's call. Nobody who needs the help desk for a lost password is helped here: their contact may be a
    attacker's, or their first sign-in is not done."""
    account = account_of_key(key)
    if account is None or account.portal_refusal(today(now)):
        return
    if needs_a_person(account, now) not in {None, ResetRequest.Reason.OTP_KEY}:
        return
    if target := contact.confirmed_email(account) or contact.confirmed_phone(account):
        with contextlib.suppress(sms.UnreachableNumberError, sms.NoMessagesLeftError):
            _send(account, target, now)


def attempt_with_code(typed: str, secret: str, code: str, *, remote: ClientAddress, now: datetime) -> SigninOutcome:
    """One verification of a password, whoever is named. While it `owes` a step, nothing opens."""
    named = holder_named(typed)
    account = named.account
    sent = _code_shown(account, code, now)
    verdict = judge_secret(named if sent or _opened_by_password(account) else NOBODY, secret, now)
    right = account is not None and verdict.result in {Result.GOOD, Result.FACTOR}
    way = _factor(account if right and not sent else None, code, now)
    if right and sent and _spend(sent):
        outcome = SigninOutcome(verdict.result, account, owes=verdict.owes, strong=verdict.strong)
    elif way:
        outcome = SigninOutcome(Result.GOOD, account, strong=True, by_text=way == Kind.TEXT)
    else:  # a right password alone is what its owner must see in the log
        outcome = SigninOutcome(Result.FACTOR if right else verdict.result)
    line = attempt_log.note_attempt(
        account, outcome.result, channel=SignIn.Channel.WEB, address=remote.address, agent=remote.agent, now=now
    )
    if outcome.account and not outcome.owes:
        throttle.forgive_failures(counted_attempt(typed, account, remote))
    return replace(outcome, line=line) if outcome.owes else outcome


def _opened_by_password(account: Account | None) -> bool:
    """Guesses at an OTP key would wear it out, and a temporary password is spent by one look: not without a code."""
    return (
        account is not None
        and account.method != Account.Method.OTP_KEY
        and account.password_kind == Account.PasswordKind.OWN
    )


def _code_shown(account: Account | None, typed: str, now: datetime) -> Code | None:
    """Counted only when it is right (59 bits are not guessed), so that strangers use up none of its tries."""
    right = Code.objects.filter(
        account=account, account__isnull=False, purpose=PURPOSE, hash=_hash(account, typed), expires_at__gt=now,
        tries__lt=TRIES,
    )  # fmt: skip
    shown = right.first()  # before it is counted: the fifth is a try too
    return shown if shown and right.update(tries=F("tries") + 1) else None


def _spend(code: Code) -> bool:
    """Of two sign-ins with the same code, one comes too late."""
    return Code.objects.filter(pk=code.pk, hash=code.hash).update(hash="") == 1


def _factor(account: Account | None, code: str, now: datetime) -> Kind | None:
    """For whoever has shown the password. A row is written for everybody else too: its time tells nothing."""
    subject = account.key if account else f"nobody-{secrets.token_hex(8)}"
    taken = rate_limit.take_one("lockout-factor", subject, limit=FACTORS_A_DAY, per=A_DAY, now=now)
    return second_factor_check.check_second_factor(account, code=code, key="", now=now) if account and taken else None


@transaction.atomic
def _send(account: Account, target: str, now: datetime) -> None:
    row = Code.objects.select_for_update().filter(account=account, purpose=PURPOSE).first()
    row = row or Code(account=account, purpose=PURPOSE, today_since=now, sent_at=now, expires_at=now)
    if row.today_since + A_DAY <= now:
        row.today_since, row.sent_today = now, 0
    if row.alive(now) or row.sent_today >= confirmation_codes.SENT_A_DAY:
        return
    code, life = generate_provisional(), LIVES[min(row.sent_today, len(LIVES) - 1)]
    row.target, row.hash, row.tries = target, _hash(account, code), 0
    row.sent_at, row.expires_at, row.sent_today = now, now + life, row.sent_today + 1
    row.save()
    with translation.override(account.language):
        if "@" in target:
            subject, text = _letter(account, code, life)
            mail.send_mail(target, subject, text, now=now, about=account.key, until=now + life)
        else:
            _take_text(now)
            sms.send_sms(target, _text(code, life), now=now, about=account.key, until=now + life)
    masked = contact.mask_email(target) if "@" in target else contact.mask_phone(target)
    journal.record("system", "lockout.code-sent", account.key, contact=masked)


def _take_text(now: datetime) -> None:
    share = max(1, sms.daily_ceiling() // TEXTS_SHARE)
    if not rate_limit.take_one("lockout-text", "installation", limit=share, per=A_DAY, now=now):
        logger.warning("lock-out codes: their share of the day's text messages is spent")
        raise sms.NoMessagesLeftError


def _letter(account: Account, code: str, life: timedelta) -> tuple[str, str]:
    office = notices.office_of(account)
    lines = (
        _("Somebody, probably you, asked for a code to sign in to the account %(address)s.")
        % {"address": account.address},
        _("Code: %(digits)s") % {"digits": code},
        _("Type it with your password on this page. It works once, for %(life)s.") % {"life": wait_text(life)}
        + f"\n{settings.ORIGIN}{reverse('accounts:lockout')}",
        _("Give it to nobody, not even to somebody who calls from the authority."),
        _("If you asked for nothing, there is nothing to do: without your password this code opens nothing.")
        + " "
        + _("In doubt, call: %(name)s, %(phone)s.") % {"name": office.name, "phone": office.phone},
    )
    return _("Code to sign in"), "\n\n".join(lines)


def _text(code: str, life: timedelta) -> str:
    words = _("%(academy)s: code %(code)s to sign in with your password, for %(life)s. Tell it to nobody.")
    return words % {"academy": academy().title, "code": code, "life": wait_text(life)}


def _hash(account: Account | None, typed: str) -> str:
    """Keyed, of this account; hyphens, spaces and capitals do not matter."""
    signs = re.sub(r"[\s\-–]", "", typed).lower()
    key = account.key if account else ""
    return salted_hmac("vaguemestre.lockout", f"{key} {signs}", algorithm="sha256").hexdigest()
