"""Giving, changing and withdrawing a rescue contact: the one way back that does not go through the mailbox."""

import contextlib
import re
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import factor_state, sms_codes
from vaguemestre.accounts.models import Account, Code, Notice, RescueContact, TextFactor
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.rescue.contact import confirmed_email, contact_of, mask_email, mask_phone
from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry
from vaguemestre.courier import sms

TOLD_WITHIN = timedelta(hours=1)


def is_ours(email: str) -> bool:
    """An address of the académie is shut together with the account: it rescues nobody."""
    domain = email.rpartition("@")[2].lower().rstrip(".")
    return domain == academy().domain or domain.endswith(f".{academy().domain}")


def propose(account: Account, email: str, *, now: datetime) -> None:
    """A code leaves for this address; the present contact stays until it is typed. Raises
    `confirmation_codes.TooSoonError`."""
    confirmation_codes.send_confirmation(account, Code.Purpose.RESCUE, email, now=now)


def proposed(account: Account, *, now: datetime) -> Code | None:
    return confirmation_codes.waiting_code(account, Code.Purpose.RESCUE, now=now)


def confirm(account: Account, typed: str, *, now: datetime) -> bool:
    """False: this is not the code that was sent, or it is too late."""
    with transaction.atomic():
        email = confirmation_codes.check_confirmation(account, Code.Purpose.RESCUE, typed, now=now)
        if email is None:
            return False
        replaces = confirmed_email(account) is not None
        _replace(account, email, now)
        journal.record(account.key, "rescue.confirmed", account.key, contact=mask_email(email))
        if account.welcomed_at or replaces:  # giving the first one is a step of the first sign-in
            _tell(account, "confirmed", email, now)
        return True


def record(account: Account, email: str, *, by: str, now: datetime) -> None:
    """At the help desk's hand: the person proved who they are, and read back a code sent to this address."""
    with transaction.atomic():
        _replace(account, email, now)
        journal.record(by, "rescue.recorded", account.key, contact=mask_email(email))
        notices.tell_owner(
            account, Notice.Kind.RESCUE_CONTACT, now=now, by=by, change="confirmed", contact=mask_email(email)
        )


def withdraw(account: Account, *, now: datetime) -> None:
    """No address any more: a lost password then goes through the help desk. Doing it twice does nothing."""
    with transaction.atomic():
        email = confirmed_email(account)
        if email is None:
            return
        _replace(account, "", now)
        journal.record(account.key, "rescue.withdrawn", account.key, contact=mask_email(email))
        _tell(account, "withdrawn", email, now)


def keep_phone(account: Account, phone: str, *, now: datetime) -> None:
    """`phone` in its form of `french_phone`, or empty: for the help desk. In the place of one that was confirmed, it
    ends what hung on that one."""
    with transaction.atomic():
        contact = contact_of(account)
        if contact.phone == phone:
            return
        confirmed = contact.phone_confirmed_at is not None
        if confirmed:
            _leave_phone(account, contact, now)
        contact.phone, contact.phone_confirmed_at, contact.by_text = phone, None, False
        contact.save()
        journal.record(account.key, "rescue.phone", account.key, given=bool(phone))
        if account.welcomed_at or contact.confirmed_at:
            to_rescue = confirmed and confirmed_email(account) is not None
            notices.tell_owner(account, Notice.Kind.RESCUE_CONTACT, now=now, change="phone", to_rescue=to_rescue)


def propose_phone(account: Account, phone: str, *, now: datetime) -> None:
    """A code leaves for this number; a confirmed one stays until it is typed, any other is the help desk's at once.
    Raises `confirmation_codes.TooSoonError`, `sms.UnreachableNumberError` and `sms.NoMessagesLeftError`."""
    with transaction.atomic():
        if not contact_of(account).phone_confirmed_at:
            keep_phone(account, phone, now=now)
        confirmation_codes.send_confirmation(account, Code.Purpose.PHONE, phone, now=now)


def proposed_phone(account: Account, *, now: datetime) -> Code | None:
    return confirmation_codes.waiting_code(account, Code.Purpose.PHONE, now=now) if sms.is_sms_offered() else None


def confirm_phone(account: Account, typed: str, *, now: datetime) -> bool:
    """False: this is not the code that was sent, or it is too late. Codes of sign-ins follow to the new number."""
    with transaction.atomic():
        phone = confirmation_codes.check_confirmation(account, Code.Purpose.PHONE, typed, now=now)
        if phone is None:
            return False
        contact = contact_of(account)
        if contact.phone_confirmed_at and contact.phone != phone:
            _tell_former(account, contact.phone, now)
        contact.phone, contact.phone_confirmed_at, contact.put_off_at = phone, now, None
        contact.save()
        journal.record(account.key, "rescue.phone-confirmed", account.key, contact=mask_phone(phone))
        notices.tell_owner(
            account, Notice.Kind.RESCUE_CONTACT, now=now, change="phone-confirmed", contact=mask_phone(phone),
            to_rescue=confirmed_email(account) is not None,
        )  # fmt: skip
        return True


def prefer_text(account: Account, wanted: bool) -> None:
    """For a lost password: the code on the phone, rather than the link by mail."""
    with transaction.atomic():
        contact = contact_of(account)
        if contact.by_text != wanted:
            contact.by_text = wanted
            contact.save()
            journal.record(account.key, "rescue.way", account.key, by_text=wanted)


def put_off(account: Account, *, now: datetime) -> None:
    with transaction.atomic():
        contact = contact_of(account)
        contact.put_off_at = now
        contact.save()
        journal.record(account.key, "rescue.put-off", account.key)


def void_since(account: Account, since: datetime, *, by: str, now: datetime) -> int:
    """A stolen account: an address confirmed or withdrawn since then may be the attacker's doing. The one before it
    comes back where it is known; the attacker's hears of nothing more. The notice is that of the act."""
    phones = _void_phone_since(account, since, by=by)
    contact = contact_of(account)
    if not _changed_since(contact, since):
        return phones
    with transaction.atomic():
        gone, former = contact.email, _before(contact, since)
        contact.email, contact.confirmed_at = former, since if former else None
        contact.former_email, contact.former_since = "", None
        contact.put_off_at = None if former else now
        contact.save()
        journal.record(
            by, "rescue.voided", account.key, contact=gone and mask_email(gone), restored=former and mask_email(former)
        )
    return 1 + phones


def french_phone(typed: str) -> str | None:
    """`+33 6.12.34.56.78` → `06 12 34 56 78`; another country's keeps its +; None when it is no number."""
    digits = re.sub(r"[\s.()/\N{NO-BREAK SPACE}-]", "", typed)
    digits = re.sub(r"^(?:\+|00)33(?:0?)", "0", digits)
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return " ".join(digits[start : start + 2] for start in range(0, 10, 2))
    return digits if re.fullmatch(r"\+[1-9]\d{7,14}", digits) else None


def _leave_phone(account: Account, contact: RescueContact, now: datetime) -> None:
    """The number that was confirmed rescues nobody any more."""
    _tell_former(account, contact.phone, now)
    journal.record(account.key, "rescue.phone-withdrawn", account.key, contact=mask_phone(contact.phone))
    sms_codes.withdraw_sms(account, now)


def _tell_former(account: Account, phone: str, now: datetime) -> None:
    """Whoever takes an account begins here. Best done, not owed: the mails of the notice say it too."""
    office = notices.office_of(account)
    with (
        translation.override(account.language),
        contextlib.suppress(sms.UnreachableNumberError, sms.NoMessagesLeftError),
    ):
        text = _("%(academy)s: this number no longer rescues your account. Not your doing? Call %(phone)s.")
        words = text % {"academy": academy().title, "phone": office.phone}
        sms.send_sms(phone, words, now=now, about=account.key, until=now + TOLD_WITHIN)


def _void_phone_since(account: Account, since: datetime, *, by: str) -> int:
    """A number of those days may be the attacker's; which one was there before is not known."""
    contact = contact_of(account)
    if contact.phone_confirmed_at is None or contact.phone_confirmed_at < since:
        return 0
    with transaction.atomic():
        gone = mask_phone(contact.phone)
        contact.phone, contact.phone_confirmed_at, contact.by_text = "", None, False
        contact.save()
        TextFactor.objects.filter(account=account).delete()
        factor_state.refresh_method(account)
        journal.record(by, "rescue.phone-voided", account.key, contact=gone)
    return 1


def _replace(account: Account, email: str, now: datetime) -> None:
    contact = contact_of(account)
    if contact.email and contact.email != email:
        contact.former_email, contact.former_since = contact.email, now
    contact.email, contact.confirmed_at = email, now if email else None
    contact.put_off_at = None if email else now
    contact.save()


def _changed_since(contact: RescueContact, since: datetime) -> bool:
    withdrawn = not contact.email and contact.former_since is not None and contact.former_since >= since
    return withdrawn or (contact.confirmed_at is not None and contact.confirmed_at >= since)


def _before(contact: RescueContact, since: datetime) -> str:
    """Empty when there was none, or when it may itself be one of those days': an attacker may have changed it twice."""
    if contact.former_since is None or contact.former_since < since:
        return ""
    lines = Entry.objects.filter(
        subject=contact.account_id, act__in=["rescue.confirmed", "rescue.recorded"], at__gte=since
    )
    lately = {line.details.get("contact") for line in lines}
    return "" if mask_email(contact.former_email) in lately else contact.former_email


def _tell(account: Account, change: str, email: str, now: datetime) -> None:
    notices.tell_owner(account, Notice.Kind.RESCUE_CONTACT, now=now, change=change, contact=mask_email(email))
