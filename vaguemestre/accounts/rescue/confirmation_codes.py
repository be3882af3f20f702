"""Six digits sent to an address or a phone, typed back once: this person reads what is sent there."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, Code
from vaguemestre.accounts.models.rescue import TRIES
from vaguemestre.courier import mail, sms
from vaguemestre.people.offices import office_of

Purpose = Code.Purpose

LASTS = timedelta(minutes=15)
LASTS_AT_SIGN_IN = timedelta(minutes=5)
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SENT_A_DAY = 10  # 50 tries among a million
DIGITS = 6


class TooSoonError(Exception):
    """Another code was sent a moment ago, or too many today. `wait` is until the next one may be."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def send_confirmation(account: Account, purpose: Code.Purpose, target: str, *, now: datetime) -> None:
    """The former code for this purpose is worth nothing any more. Raises TooSoonError,
    `courier.mail.AddressUnusableError`; for a phone `courier.sms.UnreachableNumberError` and
    `NoMessagesLeftError`."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic():
        _note(account, purpose, target, _hash(account, purpose, target, digits), now)
        with translation.override(account.language):
            if "@" not in target:
                sms.send_sms(
                    target, _text(purpose, digits), now=now, about=account.key, until=now + code_lifetime(purpose)
                )
                return
            subject, text = _letter(account, purpose, digits)
            mail.send_mail(target, subject, text, now=now, about=account.key, until=now + LASTS)


def code_lifetime(purpose: Code.Purpose) -> timedelta:
    return LASTS_AT_SIGN_IN if purpose == Purpose.SIGN_IN else LASTS


def waiting_code(account: Account, purpose: Code.Purpose, *, now: datetime) -> Code | None:
    """The code that may still be typed, on this device or on another."""
    code = Code.objects.filter(account=account, purpose=purpose).first()
    return code if code and code.alive(now) else None


def check_confirmation(account: Account, purpose: Code.Purpose, typed: str, *, now: datetime) -> str | None:
    """The address that is now proved; None for a wrong, old, used or five times missed code. Right, it is spent."""
    mine = Code.objects.filter(account=account, purpose=purpose)
    counted = mine.exclude(hash="").filter(expires_at__gt=now, tries__lt=TRIES).update(tries=F("tries") + 1)
    code = mine.first() if counted else None
    digits = "".join(sign for sign in typed if sign.isdecimal())
    if code is None or not hmac.compare_digest(code.hash, _hash(account, purpose, code.target, digits)):
        return None
    spent = mine.filter(hash=code.hash).update(hash="")  # one of two at the same moment
    return code.target if spent else None


def _note(account: Account, purpose: Code.Purpose, target: str, hashed: str, now: datetime) -> None:
    code = Code.objects.select_for_update().filter(account=account, purpose=purpose).first()
    if code is None:
        code = Code(account=account, purpose=purpose, sent_at=now, today_since=now)
    elif wait := code.may_be_resent_in(now):
        raise TooSoonError(wait)
    if code.today_since + A_DAY <= now:
        code.today_since, code.sent_today = now, 0
    if code.sent_today >= SENT_A_DAY:
        raise TooSoonError(code.today_since + A_DAY - now)
    code.target, code.hash, code.tries = target, hashed, 0
    code.sent_at, code.expires_at, code.sent_today = now, now + code_lifetime(purpose), code.sent_today + 1
    code.save()


def _hash(account: Account, purpose: Code.Purpose, target: str, digits: str) -> str:
    """Keyed: a million codes are tried in a second by whoever reads the table."""
    return salted_hmac(
        "vaguemestre.codes", f"{account.key} {purpose} {target} {digits}", algorithm="sha256"
    ).hexdigest()


def _letter(account: Account, purpose: Code.Purpose, digits: str) -> tuple[str, str]:
    match purpose:
        case Purpose.RESCUE:
            subject = _("Code to confirm your rescue contact")
            why = _("You gave this address as rescue contact of your account %(address)s.")
        case Purpose.REDIRECTION:
            subject = _("Code to confirm a redirection")
            why = _("The mail of %(address)s is to be redirected to this address.")
        case _identity:
            subject = _("Code to read to the help desk")
            why = _("The help desk asks who you are, for your account %(address)s: read this code on the telephone.")
    lines = (
        why % {"address": account.address},
        _("Code: %(digits)s") % {"digits": f"{digits[:3]}\N{NO-BREAK SPACE}{digits[3:]}"},
        _("It works once, for 15 minutes.") + " " + _warning(purpose),
        _("If you asked for nothing, there is nothing to do: without this code nothing happens. %(whom)s")
        % {"whom": _whom(account)},
    )
    return subject, "\n\n".join(lines)


def _text(purpose: Code.Purpose, digits: str) -> str:
    """One message of 160 signs; the digits together, so that a phone offers to type them."""
    if purpose == Purpose.SIGN_IN:
        text = _("%(academy)s: code %(digits)s to sign in. 5 minutes. Tell it to nobody, not even to your help desk.")
    elif purpose == Purpose.IDENTITY:
        text = _("%(academy)s: code %(digits)s to read to the help desk that you called yourself. 15 minutes.")
    else:
        text = _("%(academy)s: code %(digits)s to confirm this number. 15 minutes. Tell it to nobody.")
    return text % {"academy": academy().title, "digits": digits}


def _warning(purpose: Code.Purpose) -> str:
    if purpose == Purpose.IDENTITY:
        return _("Read it only to the help desk that you called yourself.")
    return _("Type it yourself, and give it to nobody, not even to somebody who calls from the authority.")


def _whom(account: Account) -> str:
    office = office_of(account.person)
    return _("In doubt, call: %(name)s, %(phone)s.") % {"name": office.name, "phone": office.phone}
