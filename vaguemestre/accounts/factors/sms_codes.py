"""Codes sent to the confirmed number at each sign-in: better than a password alone, weaker than the other factors.

Whoever carries the number over to a card of their own (SIM swap) receives them, so that no role is content with it, and
whoever holds a role and something better is not offered it.
"""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account, Code, TextFactor
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.rescue.contact import confirmed_phone
from vaguemestre.courier import sms

A_NETWORK_AN_HOUR = 60  # a school signs in at eight from one address
PURPOSE = Code.Purpose.SIGN_IN


class TooManyTextsError(Exception):
    """This network has asked for as many as one may in an hour."""


@transaction.atomic
def enrol_sms(account: Account, now: datetime) -> bool:
    """False without a confirmed number, for a role that needs better, or when it is there already."""
    if confirmed_phone(account) is None or factor_state.is_factor_required(account, today(now)):
        return False
    _row, made = TextFactor.objects.get_or_create(account=account, defaults={"made_at": now})
    if made:
        factor_state.note_change(account, "text-added", now)
    return made


@transaction.atomic
def withdraw_sms(account: Account, now: datetime) -> bool:
    """False when there was none."""
    gone, _rows = TextFactor.objects.filter(account=account).delete()
    if gone:
        account.codes.filter(purpose=PURPOSE).update(hash="")
        factor_state.note_change(account, "text-withdrawn", now)
    return bool(gone)


def is_sms_accepted(account: Account, held: set[factor_state.Kind], now: datetime) -> bool:
    """Whoever has a role and nothing better passes with it, as far as the page that asks for something better."""
    if factor_state.Kind.TEXT not in held:
        return False
    return not (held & factor_state.STRONG and factor_state.is_factor_required(account, today(now)))


def number_for(account: Account, now: datetime) -> str | None:
    """Where a code would be sent; None when none is accepted, or no number is confirmed any more."""
    return confirmed_phone(account) if is_sms_accepted(account, factor_state.factor_kinds(account), now) else None


def send_code(account: Account, network: str, now: datetime) -> None:
    """Raises TooManyTextsError, `confirmation_codes.TooSoonError`, `sms.UnreachableNumberError`,
    `sms.NoMessagesLeftError`."""
    number = number_for(account, now)
    if number is None:
        raise sms.UnreachableNumberError("no confirmed number")
    with transaction.atomic():
        if not rate_limit.take_one(
            "text-sign-in", network, limit=A_NETWORK_AN_HOUR, per=confirmation_codes.AN_HOUR, now=now
        ):
            raise TooManyTextsError
        confirmation_codes.send_confirmation(account, PURPOSE, number, now=now)


def find_waiting_code(account: Account, now: datetime) -> Code | None:
    return confirmation_codes.waiting_code(account, PURPOSE, now=now)


def check_code(account: Account, typed: str, now: datetime) -> bool:
    """Only what was sent to the number that is confirmed now."""
    number = number_for(account, now)
    return number is not None and confirmation_codes.check_confirmation(account, PURPOSE, typed, now=now) == number
