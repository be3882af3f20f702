"""Other programs: each with a password of its own, and when it was last seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.attempts.throttle import network_of
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import AppPassword
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.web import date_text


@dataclass(frozen=True)
class AppPasswordLine:
    password: AppPassword
    last_use: str


def context(request: StaffRequest, now: datetime) -> dict[str, object]:
    lines = [
        AppPasswordLine(password, _last_use(password, now))
        for password in app_passwords.living_app_passwords(request.account)
    ]
    return {"lines": lines, "needed": request.account.needs_app_passwords}


def _last_use(password: AppPassword, now: datetime) -> str:
    """“il y a 20 secondes, IMAP, réseau 192.0.2”."""
    if password.last_used_at is None:
        return _("never yet")
    facts = [_moment(password.last_used_at, now), password.last_used_for.upper()]
    if password.last_used_address:
        facts.append(network_text(network_of(password.last_used_address)))
    return ", ".join(facts)


def _moment(when: datetime, now: datetime) -> str:
    age = max(now - when, timedelta())
    if age < timedelta(minutes=1):
        seconds = int(age.total_seconds())
        return ngettext("%(count)d second ago", "%(count)d seconds ago", seconds) % {"count": seconds}
    return date_text.relative_date_text(when, now)
