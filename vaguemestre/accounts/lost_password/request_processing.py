"""In the tasks process: a link for whom a link can help, a request to the DSDEN for whom it cannot, else nothing."""

import contextlib
from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lost_password import helpdesk_queue, reset_links, sms_reset
from vaguemestre.accounts.lost_password.request_intake import ANSWER, person_asked_about
from vaguemestre.accounts.models import Account, Refusal, ResetAsk, ResetRequest
from vaguemestre.accounts.rescue.contact import confirmed_email, confirmed_phone, prefers_text
from vaguemestre.courier import sms

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
LINKS_AN_HOUR, LINKS_A_DAY = 3, 6  # nobody fills a stranger's private mailbox, nor replaces their links all day
Reason = ResetRequest.Reason


@ANSWER.register
def answer_request(key: str, now: datetime) -> None:
    """The clock's call. What was typed is forgotten in the same transaction."""
    with transaction.atomic():
        asked = ResetAsk.objects.select_for_update().filter(pk=int(key)).first()
        if asked is None:
            return
        asked.delete()
        person = person_asked_about(asked)
        account = Account.objects.select_related("person").filter(person=person).first() if person else None
        if account is not None:
            _answer(account, asked, now)


def _answer(account: Account, asked: ResetAsk, now: datetime) -> None:
    refusal = account.portal_refusal(today(now))
    if refusal not in {None, Refusal.LOCKED}:
        return  # duty has ended or has not begun: no password opens this account, whoever sets it
    reason = Reason.NO_PICTURE if asked.by_desk else needs_a_person(account, now)
    if reason is not None:
        helpdesk_queue.ask_helpdesk(account, reason, number=asked.number, now=now)
    elif _may_have_a_link(account, now):
        _send(account, asked.number, now)
    else:  # a stranger who knows these two facts may have asked before the owner: nobody is left without an answer
        helpdesk_queue.ask_helpdesk(account, ResetRequest.LINKS_SPENT, number=asked.number, now=now)


def _send(account: Account, number: str, now: datetime) -> None:
    """A code to the phone where this is the way, else the link; when no text message may leave, what is left."""
    if prefers_text(account):
        with contextlib.suppress(sms.UnreachableNumberError, sms.NoMessagesLeftError):
            sms_reset.send_reset_code(account, number, now=now)
            return
    if confirmed_email(account):
        reset_links.send_link(account, now=now)
    else:
        helpdesk_queue.ask_helpdesk(account, Reason.NO_TEXT, number=number, now=now)


def needs_a_person(account: Account, now: datetime) -> ResetRequest.Reason | None:
    """Why a link or a code to the rescue contact would be useless or dangerous; None when it is the right answer."""
    if account.locked_at is not None:
        return Reason.LOCKED
    if account.frozen_at is not None or (account.mail_blocked_until and account.mail_blocked_until > now):
        return Reason.STOLEN  # the attacker may have changed the rescue contact
    if account.password_kind != Account.PasswordKind.OWN:
        return Reason.NOT_BEGUN
    if account.method == Account.Method.OTP_KEY:
        return Reason.OTP_KEY
    return None if confirmed_email(account) or confirmed_phone(account) else Reason.NO_CONTACT


def _may_have_a_link(account: Account, now: datetime) -> bool:
    return rate_limit.take_one(
        "reset-link-day", account.key, limit=LINKS_A_DAY, per=A_DAY, now=now
    ) and rate_limit.take_one("reset-link-hour", account.key, limit=LINKS_AN_HOUR, per=AN_HOUR, now=now)
