"""A lost password by text message: eight digits to the confirmed phone, for the browser that asked.

Code and number of the request together are worth a link, once. A number is given to everybody, so that trying codes at
one does the same work whether a message left or not.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts import rate_limit
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lost_password import helpdesk_queue, reset_links
from vaguemestre.accounts.lost_password.account_fingerprint import account_fingerprint
from vaguemestre.accounts.models import Account, ResetRequest, ResetText
from vaguemestre.accounts.rescue import contact
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.courier import sms

INSTEAD = due.Job("accounts.recovery.take_another_way")
LASTS = timedelta(minutes=10)
DIGITS, TRIES = 8, 5
A_DAY = timedelta(days=1)


def send_reset_code(account: Account, number: str, *, now: datetime) -> None:
    """Former links and codes are dead. Raises `sms.UnreachableNumberError` and `sms.NoMessagesLeftError`."""
    phone = contact.confirmed_phone(account)
    if phone is None:
        raise sms.UnreachableNumberError("no confirmed number")
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction.atomic(), translation.override(account.language):
        reset_links.void_links(account, now=now)
        ResetText.objects.create(
            number=number, code_hash=_hash(number, digits), account=account, foundation=account_fingerprint(account),
            made_at=now, expires_at=now + LASTS,
        )  # fmt: skip
        text = _("%(academy)s: code %(digits)s to choose a new password. 10 minutes. Tell it to nobody.")
        words = text % {"academy": academy().title, "digits": digits}
        sms.send_sms(phone, words, now=now, until=now + LASTS, about=account.key, instead=(INSTEAD, number))
        journal.record("system", "reset.text-sent", account.key, contact=contact.mask_phone(phone))


def exchange_code(number: str, typed: str, *, now: datetime) -> str | None:
    """The token of a link for a right code; None for a wrong, old, used or dead one, and after five tries at it."""
    if not rate_limit.take_one("reset-code", number, limit=TRIES, per=A_DAY, now=now):
        return None
    digits = "".join(sign for sign in typed if sign.isdecimal())
    alive = ResetText.objects.filter(number=number, code_hash=_hash(number, digits), ended_at=None, expires_at__gt=now)
    found = alive.first()
    return _taken(found, now) if found else None


@INSTEAD.register
def take_another_way(number: str, now: datetime) -> None:
    """The clock's call: the message did not leave. The address, if there is one; else a person of the DSDEN."""
    with transaction.atomic():
        found = ResetText.objects.select_related("account__person").filter(number=number).first()
        if found is None or not _end(found, now):
            return
        if contact.confirmed_email(found.account):
            reset_links.send_link(found.account, now=now)
        else:
            helpdesk_queue.ask_helpdesk(found.account, ResetRequest.Reason.NO_TEXT, number=number, now=now)


def _taken(found: ResetText, now: datetime) -> str | None:
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=found.account_id)
        if account.portal_refusal(today(now)) or not constant_time_compare(
            found.foundation, account_fingerprint(account)
        ):
            return None
        if not _end(found, now):
            return None
        journal.record(account.key, "reset.text-used", account.key)
        return reset_links.make_link(account, by_text=True, now=now)


def _end(found: ResetText, now: datetime) -> bool:
    return ResetText.objects.filter(pk=found.pk, ended_at=None).update(ended_at=now) == 1


def _hash(number: str, digits: str) -> str:
    """Keyed: a hundred million codes are tried in a minute by whoever reads the table."""
    return salted_hmac("vaguemestre.reset.code", f"{number} {digits}", algorithm="sha256").hexdigest()
