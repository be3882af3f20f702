"""A copy for somebody who can no longer sign in: a link to their rescue contact, bound to one export.

It opens a page that sends a code to the rescue contact as it is then; the code, typed there, gives the file to that
browser for two hours, and the link is spent. At no point is there a session, nor anything else of the account.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.rescue import contact as rescue_contact
from vaguemestre.audit import journal
from vaguemestre.courier import mail
from vaguemestre.exports.models import Export, ExportLink
from vaguemestre.web.date_text import full_date

FIELD = "lien"
CODE_LASTS = timedelta(minutes=15)
CODE_AGAIN_AFTER = timedelta(minutes=1)
CODES, TRIES = 5, 5  # 25 tries among a million
OPEN_FOR = timedelta(hours=2)  # a large archive on a slow line, begun again
DIGITS = 6


class CodeNotSentError(Exception):
    """One left a moment ago, or this link has had all of its codes."""


def is_link_wanted(export: Export, now: datetime) -> bool:
    """An access request about somebody who has left: they may no longer sign in for it, or soon no more. Not about
    an account that is locked: whoever took it may have given the rescue contact."""
    account = export.account
    return export.ordered_by != account.key and account.has_left(today(now)) and account.state != Account.State.PURGED


def send_link(export: Export, *, by: str, now: datetime) -> bool:
    """For an export that is ready; the former link is dead. False without a rescue contact: nothing happens."""
    account = export.account
    email = rescue_contact.confirmed_email(account)
    if email is None or export.expires_at is None:
        return False
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        void_link(export, now=now)
        ExportLink.objects.create(token_hash=_hash(token), export=export, made_at=now, expires_at=export.expires_at)
        with translation.override(account.language):
            mail.send_mail(
                email, _("The copy of your mailbox"), _letter(export, token), now=now, about=account.key,
                until=export.expires_at,
            )  # fmt: skip
        journal.record(
            by, "export.link-sent", account.key, export=export.key[:8], contact=rescue_contact.mask_email(email)
        )
    return True


def void_link(export: Export, *, now: datetime) -> None:
    """Passes too."""
    export.links.filter(ended_at=None).update(ended_at=now)
    export.links.filter(pass_until__gt=now).update(pass_until=now)


def living_link(export: Export, now: datetime) -> ExportLink | None:
    return export.links.filter(ended_at=None, expires_at__gt=now).first()


def read_link(token: str, *, now: datetime) -> ExportLink | None:
    """None for a link that is spent, replaced or too old, or whose copy or account is not as it was."""
    link = ExportLink.objects.select_related("export__account__person").filter(token_hash=_hash(token)).first()
    return link if link is not None and link.alive(now) and _still_theirs(link.export, now) else None


def link_contact(link: ExportLink) -> str | None:
    """Where the code goes: the rescue contact of now, not the one that the link went to."""
    return rescue_contact.confirmed_email(link.export.account)


def is_code_waiting(link: ExportLink, now: datetime) -> bool:
    return bool(link.code_hash and link.code_sent_at and link.code_sent_at + CODE_LASTS > now and link.tries < TRIES)


def send_code(link: ExportLink, *, now: datetime) -> None:
    """Raises CodeNotSentError. The former code works no more."""
    email, account = link_contact(link), link.export.account
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    if email is None:
        raise CodeNotSentError
    with transaction.atomic():
        mine = ExportLink.objects.filter(pk=link.pk, ended_at=None, codes_sent__lt=CODES)
        sent = mine.exclude(code_sent_at__gt=now - CODE_AGAIN_AFTER).update(
            code_hash=_code_hash(link, email, digits), code_sent_at=now, codes_sent=F("codes_sent") + 1, tries=0
        )
        if not sent:
            raise CodeNotSentError
        with translation.override(account.language):
            subject, text = _("Code to fetch the copy of your mailbox"), _code_letter(account, digits)
            mail.send_mail(email, subject, text, now=now, about=account.key, until=now + CODE_LASTS)


def prove_link(link: ExportLink, typed: str, *, now: datetime) -> str | None:
    """The pass of this browser; None for a wrong, old or five times missed code. Right, code and link are spent."""
    email = link_contact(link)
    mine = ExportLink.objects.filter(pk=link.pk, ended_at=None)
    counted = mine.exclude(code_hash="").filter(code_sent_at__gt=now - CODE_LASTS, tries__lt=TRIES)
    if email is None or not counted.update(tries=F("tries") + 1):
        return None
    digits = "".join(sign for sign in typed if sign.isdecimal())
    wanted_hash = mine.values_list("code_hash", flat=True).first() or ""
    if not hmac.compare_digest(wanted_hash, _code_hash(link, email, digits)):
        return None
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        spent = mine.filter(code_hash=wanted_hash).update(
            code_hash="", ended_at=now, pass_hash=_hash(token), pass_until=now + OPEN_FOR
        )
        if not spent:
            return None  # the other of two at the same moment
        account = link.export.account
        journal.record(account.key, "export.link-used", account.key, export=link.export_id[:8])
    return token


def read_pass(token: str, *, now: datetime) -> ExportLink | None:
    passes = ExportLink.objects.select_related("export__account__person").filter(pass_until__gt=now)
    link = passes.filter(pass_hash=_hash(token)).first() if token else None
    return link if link is not None and _still_theirs(link.export, now) else None


def _still_theirs(export: Export, now: datetime) -> bool:
    ready = export.state == Export.State.READY and export.expires_at is not None and export.expires_at > now
    return ready and is_link_wanted(export, now)


def _letter(export: Export, token: str) -> str:
    account, office = export.account, notices.office_of(export.account)
    until = full_date(timezone.localdate(export.expires_at)) if export.expires_at else ""
    lines = [
        _("The help desk had a copy of your mailbox %(address)s made, for you.") % {"address": account.address},
        _("To fetch it, open this link by %(day)s. A code is then sent to you here; it works once.") % {"day": until}
        + f"\n{_address(token)}",
        _("It opens this copy and nothing else: your account stays closed. Do not forward it."),
        _("If you asked for nothing, call: %(name)s, %(phone)s.") % {"name": office.name, "phone": office.phone},
    ]
    return "\n\n".join(lines)


def _code_letter(account: Account, digits: str) -> str:
    office = notices.office_of(account)
    lines = [
        _("Somebody, probably you, opened the link to the copy of the mailbox %(address)s.")
        % {"address": account.address},
        _("Code: %(digits)s") % {"digits": f"{digits[:3]}\N{NO-BREAK SPACE}{digits[3:]}"},
        _("It works once, for 15 minutes. Type it yourself, and give it to nobody."),
        _("If it was not you, call: %(name)s, %(phone)s.") % {"name": office.name, "phone": office.phone},
    ]
    return "\n\n".join(lines)


def _address(token: str) -> str:
    """In the query string, which no log keeps; the page that it opens puts it away at once."""
    return f"{settings.ORIGIN}{reverse('exports:link')}?{urlencode({FIELD: token})}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_hash(link: ExportLink, email: str, digits: str) -> str:
    """Keyed: a million codes are tried in a second by whoever reads the table. Of this address alone."""
    return salted_hmac("vaguemestre.exports.code", f"{link.pk} {email} {digits}", algorithm="sha256").hexdigest()
