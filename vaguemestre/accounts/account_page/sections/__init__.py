"""The sheets of the page My account, in their order. One line a sheet: what is not here is not on the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vaguemestre.accounts.account_page.sections import (
    app_passwords,
    applications,
    correspondence,
    departure,
    factors,
    identity,
    journal,
    notices,
    otp,
    password,
    rescue,
    sessions,
    signins,
)
from vaguemestre.accounts.request import StaffRequest

type Context = dict[str, object]
type Making = Callable[[StaffRequest, datetime], Context | None]


@dataclass(frozen=True)
class Section:
    """`name` is the template's and the module's, `anchor` its place on the page. No context: not for this person."""

    name: str
    anchor: str
    title: str | Promise
    context: Making


@dataclass(frozen=True)
class Sheet:
    section: Section
    content: SafeString


# What one signs in with: lines of one sheet.
SIGNING_IN = (
    Section("otp", "cle-otp", pgettext_lazy("title", "OTP key"), otp.context),
    Section("factors", "second-facteur", _("Second factor"), factors.context),
    Section("password", "mot-de-passe", _("Password"), password.context),
)


def signing_in(request: StaffRequest, now: datetime) -> Context:
    return {"lines": [sheet.content for sheet in _made(SIGNING_IN, request, now)]}


SECTIONS = (
    Section("notices", "avis", _("Notices"), notices.context),
    Section("identity", "identite", _("Identity"), identity.context),
    Section("signing_in", "connexion", _("Signing in"), signing_in),
    Section("sessions", "sessions", _("Open sessions"), sessions.context),
    Section("app_passwords", "logiciels", _("Other programs"), app_passwords.context),
    Section("applications", "applications", _("Applications allowed"), applications.context),
    Section("signins", "connexions", _("Last sign-ins"), signins.context),
    Section("rescue", "secours", _("Rescue contact"), rescue.context),
    Section("correspondence", "courrier", _("Mail"), correspondence.context),
    Section("departure", "depart", _("Leaving and taking my mail along"), departure.context),
    Section("journal", "assistance", _("What the help desk did"), journal.context),
)


def sheets(request: StaffRequest, now: datetime) -> list[Sheet]:
    return _made(SECTIONS, request, now)


def _made(sections: tuple[Section, ...], request: StaffRequest, now: datetime) -> list[Sheet]:
    made = []
    for section in sections:
        context = section.context(request, now)
        if context is not None:
            template = f"accounts/account_page/sections/{section.name}.html"
            content = render_to_string(template, {"now": now, **context, "sheet": section}, request)
            made.append(Sheet(section, content))
    return made
