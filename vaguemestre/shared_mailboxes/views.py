"""Mailboxes of services, for administrators."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import (
    administrators_only,
    freshly_proved,
    freshly_proved_keeping,
    signed_in,
)
from vaguemestre.shared_mailboxes.access import service_at
from vaguemestre.shared_mailboxes.service_form import FUNCTIONS, ServiceForm, refusal_text
from vaguemestre.shared_mailboxes.service_mailboxes import (
    ServiceRefusal,
    ServiceRefusedError,
    close_service,
    make_service,
    reopen_service,
    services,
)
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@administrators_only
def page(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        return _making(request)
    return _page(request, ServiceForm())


@require_POST
@signed_in
@administrators_only
@freshly_proved
def closure(request: StaffRequest, local_part: str) -> HttpResponse:
    box = service_at(local_part)
    close_service(box, now=timezone.now(), by=request.account.key)
    said = _("%s is closed. It can be opened again below.") % box.account.address
    return toasts.redirect(reverse("shared_mailboxes:services"), Toast(said))


@require_POST
@signed_in
@administrators_only
@freshly_proved
def reopening(request: StaffRequest, local_part: str) -> HttpResponse:
    box = service_at(local_part)
    reopen_service(box, now=timezone.now(), by=request.account.key)
    return toasts.redirect(reverse("shared_mailboxes:services"), Toast(_("%s is there.") % box.account.address))


def _make(request: StaffRequest) -> HttpResponse:
    form = ServiceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        box = make_service(
            form.cleaned_data["local_part"], form.cleaned_data["name"], form.wanted,
            now=timezone.now(), by=request.account.key,
        )  # fmt: skip
    except ServiceRefusedError as refused:
        form.add_error(
            "owners" if refused.reason == ServiceRefusal.NOBODY else "local_part", refusal_text(refused.reason)
        )
        return _page(request, form, status=422)
    return toasts.redirect(reverse("shared_mailboxes:services"), Toast(_("%s is there.") % box.account.address))


_making = freshly_proved_keeping(_make, lambda _request: _("The mailbox of a service"))


def _page(request: StaffRequest, form: ServiceForm, *, status: int = 200) -> HttpResponse:
    today, toast = timezone.localdate(), toasts.read(request)
    lines = [
        (
            box.account,
            [one.member.person.full_name for one in box.memberships.all() if one.holds(today)],
            [_rule_text(rule.function, rule.place.name if rule.place else "") for rule in box.rules.all()],
        )
        for box in services()
    ]
    response = render(
        request,
        "shared_mailboxes/service_mailboxes.html",
        {
            "form": form,
            "services": lines,
            "closed": [box.account for box in services(Account.State.STOPPED)],
            "toast": toast,
            "section": "services",
        },
        status=status,
    )
    if toast:
        toasts.forget(response)
    return response


def _rule_text(function: str, place: str) -> str:
    words = str(FUNCTIONS.get(function, function))  # type: ignore[call-overload]  # a code of the feed
    return f"{words}, {place}" if place else words
