"""What an administrator types about an application, checked before it is kept."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import Function
from vaguemestre.people.uai import InvalidUaiError, Uai
from vaguemestre.portal.forms import choose
from vaguemestre.sso.claims import SCOPES
from vaguemestre.sso.models import Application, Protocol
from vaguemestre.sso.registry import applications
from vaguemestre.sso.registry.applications import Registration, RegistrationRow
from vaguemestre.sso.registry.redirect_uris import AddressRefusedError, parse_home, parse_redirect_uri, parse_service

PROTOCOLS = (
    (Protocol.LINK, _("Link: it signs people in by itself")),
    (Protocol.OIDC, _("OpenID Connect")),
    (Protocol.CAS, _("CAS 3.0")),
)
FUNCTIONS = {
    Function.TEACHING: _("teaching"), Function.HEAD: _("head of an establishment or school"),
    Function.DEPUTY: _("deputy head"), Function.INSPECTION: _("inspection"), Function.SCHOOL_LIFE: _("school life"),
    Function.SUPERVISION: _("supervision"), Function.SUPPORT: _("support of pupils"),
    Function.PSYCHOLOGY: _("psychology"), Function.HEALTH: _("health"), Function.SOCIAL: _("social service"),
    Function.OFFICE: _("administration"), Function.HR_OFFICER: _("management of staff"),
    Function.HELP_DESK: _("help desk"), Function.ADMINISTRATOR: _("administrator of the service"),
}  # fmt: skip
RESERVED = {"nouvelle"}
MOST_ADDRESSES = 20
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Addresses(forms.CharField):
    """One a line; each is judged by itself, and named when it is refused."""

    def __init__(self, judge: Callable[[str], str], **kwargs: Any) -> None:
        self.judge = judge
        rows = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(required=False, widget=rows, max_length=8000, **kwargs)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > MOST_ADDRESSES:
            raise ValidationError(_("Twenty addresses at most."))
        return list(dict.fromkeys(_judged(line, self.judge) for line in lines))


class ApplicationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As people call it: ONDE, Chorus-DT."))
    slug = forms.CharField(
        label=_("Word in addresses"), max_length=40,
        help_text=_("Small letters, digits and hyphens. It does not change afterwards."),
    )  # fmt: skip
    summary = forms.CharField(
        label=_("What it does"),
        max_length=120,
        help_text=_("In clear words: “Pupils enrolled, admissions, departures.”"),
    )
    domain = forms.ChoiceField(label=_("Heading in ARENA"))
    protocol = forms.ChoiceField(label=_("How it signs people in"), choices=PROTOCOLS)
    home = forms.CharField(label=_("Address that ARENA opens"), max_length=500)
    redirects = Addresses(
        parse_redirect_uri, label=_("Return addresses (OpenID Connect)"),
        help_text=_("One a line, exactly as the application sends them: https, no “*”, no “#”."),
    )  # fmt: skip
    after_sign_out = Addresses(
        parse_redirect_uri,
        label=_("Addresses after signing out (OpenID Connect)"),
        help_text=_("One a line. May stay empty."),
    )
    services = Addresses(
        parse_service, label=_("Service addresses (CAS)"),
        help_text=_("One a line; “/*” at the end means whatever comes after it."),
    )  # fmt: skip
    backchannel = forms.CharField(
        label=_("Sign-out address"), max_length=500, required=False,
        help_text=_("Where we tell the application that somebody has signed out (OpenID Back-Channel Logout)."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What it may learn of a person"), required=False, widget=forms.CheckboxSelectMultiple
    )
    own = forms.BooleanField(label=_("Of the authority: consent is not asked"), required=False)
    delegable = forms.BooleanField(label=_("A head of an establishment may delegate it"), required=False)
    needs_key = forms.BooleanField(label=_("Opens with an OTP key or a second factor only"), required=False)
    everybody = forms.BooleanField(label=_("All staff see it"), required=False)

    def __init__(self, data: Any = None, *, application: Application | None = None) -> None:
        self.application = application
        super().__init__(data, initial=_initial(application) if application else {"protocol": Protocol.LINK})
        choose(self, "domain", ((one.key, one.name) for one in academy().arena.domains))
        choose(self, "scopes", SCOPES.items())
        if application:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if not SLUG.fullmatch(slug) or slug in RESERVED:
            raise ValidationError(_("Small letters, digits and hyphens only, for example chorus-dt."))
        if Application.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another application has this word. Choose a different one."))
        return slug

    def clean_home(self) -> str:
        return _judged(self.cleaned_data["home"], parse_home)

    def clean_backchannel(self) -> str:
        typed = self.cleaned_data["backchannel"].strip()
        return _judged(typed, parse_redirect_uri) if typed else ""

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("protocol") == Protocol.OIDC and not facts.get("redirects") and "redirects" not in self.errors:
            self.add_error("redirects", _("OpenID Connect wants one return address at least."))
        if facts.get("protocol") == Protocol.CAS and not facts.get("services") and "services" not in self.errors:
            self.add_error("services", _("CAS wants one service address at least."))
        return facts

    def registration(self, rows: Iterable[RegistrationRow]) -> Registration:
        facts = self.cleaned_data
        kept = {name: facts[name] for name in _KEPT}
        slug = self.application.slug if self.application else facts["slug"]
        audience = (RegistrationRow(),) if facts["everybody"] else tuple(rows)
        return Registration(slug=slug, audience=audience, **kept)


_KEPT = (
    "name", "summary", "domain", "protocol", "home", "redirects", "after_sign_out", "services", "scopes",
    "backchannel", "own", "delegable", "needs_key",
)  # fmt: skip


class RowForm(forms.Form):
    """One line of “who sees it”: every box that is filled must be true of the person."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    function = forms.ChoiceField(label=_("Function"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    uai = forms.CharField(label=_("UAI"), required=False, max_length=8, widget=forms.TextInput({"size": 9}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = [("", _("any"))]
        choose(self, "category", [*empty, *((code, f"{one.masculine}") for code, one in CATEGORIES.items())])
        choose(self, "function", [*empty, *((one.value, words) for one, words in FUNCTIONS.items())])
        choose(self, "department", [*empty, *((one.code, one.name) for one in academy().departments)])

    def clean_uai(self) -> str:
        typed = self.cleaned_data["uai"].strip().upper()
        try:
            return str(Uai(typed)) if typed else ""
        except InvalidUaiError:
            raise ValidationError(_("This is no UAI: seven digits and the letter that goes with them.")) from None


Rows = forms.formset_factory(RowForm, extra=3, max_num=60, validate_max=True)


def rows_of(formset: Any) -> list[RegistrationRow]:
    """Lines left empty are no lines: whoever means everybody ticks the box."""
    typed = (RegistrationRow(**form.cleaned_data) for form in formset if form.cleaned_data)
    return [row for row in typed if row != RegistrationRow()]


def initial_rows(application: Application) -> list[dict[str, str]]:
    rows = [
        {
            "category": one.category or "",
            "function": one.function or "",
            "department": one.department or "",
            "uai": one.uai or "",
        }
        for one in application.audiences.order_by("pk")
    ]
    return [row for row in rows if any(row.values())]


class ShutForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason, in French"), max_length=200, help_text=_("A short sentence, which people read in ARENA."),
        error_messages={"required": _("Say why: people read it.")},
    )  # fmt: skip
    day = forms.DateField(
        label=_("Expected back: day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    hour = forms.TimeField(
        label=_("Expected back: hour"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if bool(facts.get("day")) != bool(facts.get("hour")):
            self.add_error("hour", _("A day and an hour, or neither."))
        elif (until := self.until(facts)) and until <= timezone.now():
            self.add_error("day", _("This moment has passed."))
        return facts

    def until(self, facts: dict[str, Any]) -> datetime | None:
        if not facts.get("day") or not facts.get("hour"):
            return None
        return timezone.make_aware(datetime.combine(facts["day"], facts["hour"]))


def _judged(line: str, judge: Callable[[str], str]) -> str:
    try:
        return judge(line)
    except AddressRefusedError as refused:
        raise ValidationError(f"{line[:80]} : {refused}") from None


def _initial(application: Application) -> dict[str, Any]:
    return {
        "name": application.name, "summary": application.summary, "domain": application.domain,
        "protocol": application.protocol, "home": application.home,
        "redirects": "\n".join(application.redirect_uris.split()),
        "after_sign_out": "\n".join(application.post_logout_redirect_uris.split()),
        "services": "\n".join(application.cas_services), "scopes": application.scopes,
        "backchannel": application.backchannel_logout_uri, "own": application.own,
        "delegable": application.delegable, "needs_key": application.needs_key,
        "everybody": applications.seen_by_everybody(application),
    }  # fmt: skip
