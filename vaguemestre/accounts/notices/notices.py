"""What happened to an account, told to its owner: in the account until it is read, and by mail."""

import contextlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import Office
from vaguemestre.accounts.models import Account, Notice
from vaguemestre.accounts.notices.notice_text import notice_advice, notice_sentence
from vaguemestre.accounts.rescue import contact
from vaguemestre.courier import mail, sms
from vaguemestre.people import offices
from vaguemestre.web.date_text import full_date_text

TOLD_WITHIN = timedelta(hours=1)
LONGEST_TEXT = 300

type Detail = str | int | bool | None
Kind = Notice.Kind

# Whoever takes an account begins with these: the former rescue contact hears of them too, and of what the help
# desk does that shuts the mailbox (`to_rescue`).
TAKEOVER = {Kind.PASSWORD, Kind.RESCUE_CONTACT, Kind.OTP_KEY, Kind.FACTOR, Kind.STOLEN}


def tell_owner(
    account: Account, kind: Notice.Kind, *,
    now: datetime, by: str | None = None, to_rescue: bool = False, **details: Detail,
) -> Notice:  # fmt: skip
    """Call it inside the act's transaction. `change` and the other details are what `notice_text` makes a sentence of;
    `by` is the actor's key when it is not the person."""
    if by and by != account.key:
        details["by"] = by
    with transaction.atomic():
        notice = Notice.objects.create(account=account, kind=kind, at=now, details=details)
        with translation.override(account.language):
            text = _letter(notice)
            for address in _addresses(account, kind, to_rescue, now):
                mail.send_mail(address, _subject(notice), text, now=now, about=account.key)
            if to_rescue and not contact.confirmed_email(account):
                _text_to_rescue(notice, now)
    return notice


def notice_text(notice: Notice) -> str:
    return notice_sentence(notice)


def advice_text(notice: Notice) -> str:
    return notice_advice(notice)


def unread_notices(account: Account) -> "QuerySet[Notice]":
    return account.notices.filter(read_at=None).order_by("-at", "-id")


def mark_read(account: Account, notice_id: int, *, now: datetime) -> bool:
    """False when this notice is not theirs, or is none."""
    mine = Notice.objects.filter(account=account, pk=notice_id)
    mine.filter(read_at=None).update(read_at=now)
    return mine.exists()


def mark_all_read(account: Account, newest: int, *, now: datetime) -> None:
    """Those that were shown: what has come since `newest` is still to be read."""
    account.notices.filter(read_at=None, pk__lte=newest).update(read_at=now)


def office_of(account: Account) -> Office:
    return offices.office_of(account.person)


def _addresses(account: Account, kind: Notice.Kind, to_rescue: bool, now: datetime) -> list[str]:
    wanted = [
        account.address if account.delivers else None,
        contact.confirmed_email(account) if to_rescue else None,
        contact.former_email(account, now) if kind in TAKEOVER or (kind == Kind.HELP_DESK and to_rescue) else None,
    ]
    return list(dict.fromkeys(address for address in wanted if address))


def _text_to_rescue(notice: Notice, now: datetime) -> None:
    """Whose rescue contact is a phone hears of it there, as far as text messages go."""
    phone = contact.confirmed_phone(notice.account)
    if phone is None:
        return
    told = {"what": notice_sentence(notice), "phone": office_of(notice.account).phone}
    words = _("%(what)s If it was not you, call %(phone)s.") % told
    with contextlib.suppress(sms.NoMessagesLeftError):
        sms.send_sms(phone, words[:LONGEST_TEXT], now=now, until=now + TOLD_WITHIN, about=notice.account.key)


def _subject(notice: Notice) -> str:
    return _("Your account %(address)s: %(what)s") % {
        "address": notice.account.address,
        "what": notice.get_kind_display(),
    }


def _letter(notice: Notice) -> str:
    account, office = notice.account, office_of(notice.account)
    lines = (
        _("Good day %(name)s,") % {"name": account.display_name},
        f"{notice_sentence(notice)}\n{_('It was %(when)s.') % {'when': full_date_text(notice.at)}}",
        notice_advice(notice),
        _("Everything about your account is on the page My account:")
        + f"\n{settings.ORIGIN}{reverse('accounts:account')}",
        _("Your help desk: %(name)s, %(phone)s, %(hours)s.")
        % {"name": office.name, "phone": office.phone, "hours": office.hours},
    )
    return "\n\n".join(lines)
