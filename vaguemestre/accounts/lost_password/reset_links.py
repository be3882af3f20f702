"""Reset links: one living a person, thirty minutes, one use, and only while the account is as it was."""

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.lost_password import helpdesk_queue
from vaguemestre.accounts.lost_password.account_fingerprint import account_fingerprint
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import Account, Notice, ResetLink, ResetText
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.passwords.passwords import set_password
from vaguemestre.accounts.rescue import contact
from vaguemestre.audit import journal
from vaguemestre.courier import mail

LASTS = timedelta(minutes=30)
FIELD = "lien"


def send_link(account: Account, *, now: datetime) -> None:
    """To the confirmed rescue contact; the former link is dead. Without such a contact nothing happens."""
    email = contact.confirmed_email(account)
    if email is None:
        return
    with transaction.atomic():
        token = make_link(account, now=now)
        with translation.override(account.language):
            mail.send_mail(
                email, _("Your link to choose a new password"), _letter(account, token), now=now, about=account.key,
                until=now + LASTS,
            )  # fmt: skip
        journal.record("system", "reset.link-sent", account.key, contact=contact.mask_email(email))


def make_link(account: Account, *, by_text: bool = False, now: datetime) -> str:
    """The token of the one link that lives from here on, for whoever proved to be reached."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        void_links(account, now=now)
        ResetLink.objects.create(
            token_hash=_hash(token),
            account=account,
            foundation=account_fingerprint(account),
            by_text=by_text,
            made_at=now,
            expires_at=now + LASTS,
        )
    return token


def read_link(token: str, *, now: datetime) -> ResetLink | None:
    """None for a link that was used, replaced, is too old, or whose account has changed."""
    link = ResetLink.objects.select_related("account__person").filter(token_hash=_hash(token)).first()
    return link if link is not None and _alive(link, link.account, now) else None


def use_link(link: ResetLink, raw: str, *, with_programs: bool, now: datetime) -> bool:
    """Sets the password, which `passwords.policy` has judged; False when the link died meanwhile. Second factors stay,
    every session ends, and mail programs' own passwords go by choice."""
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=link.account_id)
        link.refresh_from_db(fields=["ended_at"])
        if not _alive(link, account, now) or not _end(link, now):
            return False
        set_password(account, raw, now=now)
        account.half_sign_ins.all().delete()
        if with_programs:
            app_passwords.withdraw_all(account, by=account.key, now=now)
        void_links(account, now=now)
        helpdesk_queue.withdraw_open(account, now=now)
        journal.record(account.key, "reset.done", account.key, programs=with_programs)
        change = ("text-reset" if link.by_text else "reset") + ("-with-programs" if with_programs else "")
        notices.tell_owner(account, Notice.Kind.PASSWORD, now=now, change=change, to_rescue=True)
    return True


def void_links(account: Account, *, now: datetime) -> int:
    """Every link and every code on its way is dead; how many."""
    alive = {"account": account, "ended_at": None, "expires_at__gt": now}
    return sum(table.objects.filter(**alive).update(ended_at=now) for table in (ResetLink, ResetText))


def _alive(link: ResetLink, account: Account, now: datetime) -> bool:
    if link.ended_at is not None or link.expires_at <= now or account.portal_refusal(today(now)):
        return False
    return constant_time_compare(link.foundation, account_fingerprint(account))


def _end(link: ResetLink, now: datetime) -> bool:
    return ResetLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=now) == 1


def _letter(account: Account, token: str) -> str:
    """Nothing in it was typed by anybody, and its address is this installation's, not the request's."""
    office = notices.office_of(account)
    lines = [
        _("Somebody, probably you, asked for a new password for the account %(address)s.")
        % {"address": account.address},
        _("To choose it, open this link within 30 minutes. It works once.") + f"\n{_address(token)}",
        _("Then sign in with your new password.")
        + (" " + _("Your second factor stays: you will be asked for it.") if account.second_factor else ""),
        _("If you asked for nothing, there is nothing to do: without this link, nothing changes. Do not forward it."),
        _("In doubt, call: %(name)s, %(phone)s.") % {"name": office.name, "phone": office.phone},
    ]
    return "\n\n".join(lines)


def _address(token: str) -> str:
    """In the query string, which no log keeps; the page that it opens puts it away at once."""
    return f"{settings.ORIGIN}{reverse('accounts:new-password')}?{urlencode({FIELD: token})}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
