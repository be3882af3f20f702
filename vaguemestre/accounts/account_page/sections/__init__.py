"""The sheets of the page My account, in their order. One line a sheet: what is not here is not on the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _, pgettext_lazy

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
class PageSection:
    """`name` is the template's and the module's, `anchor` its place on the page. No context: not for this person."""

    name: str
    anchor: str
    title: str | Promise
    context: Making


@dataclass(frozen=True)
class SectionView:
    section: PageSection
    content: SafeString


# What one signs in with: lines of one sheet.
SIGNING_IN = (
    PageSection("otp", "cle-otp", pgettext_lazy("title", "OTP key"), otp.context),
    PageSection("factors", "second-facteur", _("Second factor"), factors.context),
    PageSection("password", "mot-de-passe", _("Password"), password.context),
)


def signing_in(request: StaffRequest, now: datetime) -> Context:
    return {"lines": [sheet.content for sheet in _made(SIGNING_IN, request, now)]}


SECTIONS = (
    PageSection("notices", "avis", _("Notices"), notices.context),
    PageSection("identity", "identite", _("Identity"), identity.context),
    PageSection("signing_in", "connexion", _("Signing in"), signing_in),
    PageSection("sessions", "sessions", _("Open sessions"), sessions.context),
    PageSection("app_passwords", "logiciels", _("Other programs"), app_passwords.context),
    PageSection("applications", "applications", _("Applications allowed"), applications.context),
    PageSection("signins", "connexions", _("Last sign-ins"), signins.context),
    PageSection("rescue", "secours", _("Rescue contact"), rescue.context),
    PageSection("correspondence", "courrier", _("Mail"), correspondence.context),
    PageSection("departure", "depart", _("Leaving and taking my mail along"), departure.context),
    PageSection("journal", "assistance", _("What the help desk did"), journal.context),
)


def sheets(request: StaffRequest, now: datetime) -> list[SectionView]:
    return _made(SECTIONS, request, now)


def _made(sections: tuple[PageSection, ...], request: StaffRequest, now: datetime) -> list[SectionView]:
    made = []
    for section in sections:
        context = section.context(request, now)
        if context is not None:
            template = f"accounts/account_page/sections/{section.name}.html"
            content = render_to_string(template, {"now": now, **context, "sheet": section}, request)
            made.append(SectionView(section, content))
    return made
