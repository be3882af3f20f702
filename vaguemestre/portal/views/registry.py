"""The administrators' screens of the registry of applications."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.portal import arena
from vaguemestre.portal.access import administrators_only
from vaguemestre.portal.page_messages import render_with_message
from vaguemestre.portal.registry_form import ApplicationForm, Rows, ShutForm, initial_rows, rows_of
from vaguemestre.portal.views.maintenance import fresh
from vaguemestre.sso.access import registered_application, registered_applications, registered_by_hand
from vaguemestre.sso.models import Application
from vaguemestre.sso.registry import applications, connection_probe
from vaguemestre.web.toasts import Toast, say

LONGEST_SEARCH = 100


@require_safe
@signed_in
@administrators_only
def page(request: StaffRequest) -> HttpResponse:
    now, typed = timezone.now(), request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    rows = list(registered_applications())
    rows.sort(key=lambda row: (not row.active, arena.place_of(row.domain), row.name.casefold()))
    listed = [
        (row, heading, arena.closed_text(row.shut_until, now))
        for row in rows
        if (heading := arena.heading_of(row.domain))
        and (not typed or arena.matches_tile(typed, row.name, row.slug, row.summary, heading))
    ]
    context = {"section": "registry", "listed": listed, "typed": typed, "count": len(rows)}
    return render_with_message(request, "portal/registry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@administrators_only
@fresh(gettext_lazy("Register an application"))
def registration(request: StaffRequest) -> HttpResponse:
    """The secret is in the answer to the registration, and nowhere afterwards."""
    form = ApplicationForm(request.POST or None)
    rows = Rows(request.POST or None, prefix="audience")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        facts = form.registration(rows_of(rows))
        application, secret = applications.register_application(facts, by=request.account.key)
        if secret:
            return _secret(request, application, secret)
        return _done(application, _("%(name)s is registered.") % {"name": application.name})
    context = {"section": "registry", "form": form, "rows": rows}
    return render(request, "portal/registry-new.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@signed_in
@administrators_only
def application(request: StaffRequest, slug: str) -> HttpResponse:
    return _screen(request, registered_application(slug))


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Change an application"))
def change(request: StaffRequest, slug: str) -> HttpResponse:
    row = registered_by_hand(slug)
    form, rows = ApplicationForm(request.POST, application=row), Rows(request.POST, prefix="audience")
    if not (form.is_valid() and rows.is_valid()):
        return _screen(request, row, form=form, rows=rows, status=422)
    changed = applications.change_application(row, form.registration(rows_of(rows)), by=request.account.key)
    return _done(row, _("Changes kept.") if changed else _("Nothing was changed."))


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Replace the secret of an application"))
def secret(request: StaffRequest, slug: str) -> HttpResponse:
    row = registered_by_hand(slug)
    return _secret(request, row, applications.replace_secret(row, by=request.account.key))


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Begin the maintenance of an application"))
def maintenance(request: StaffRequest, slug: str) -> HttpResponse:
    row, form = registered_by_hand(slug), ShutForm(request.POST)
    if not form.is_valid():
        return _screen(request, row, shutting=form, status=422)
    until = form.until(form.cleaned_data)
    applications.begin_maintenance(row, form.cleaned_data["reason"], until, by=request.account.key)
    return _done(row, _("%(name)s is under maintenance: ARENA says so to everybody.") % {"name": row.name})


def _act(what: Any, act: Callable[..., None], said: Any) -> Callable[..., Any]:
    """A POST without a form: done, said, back to the page of the application."""

    @require_POST
    @signed_in
    @administrators_only
    @fresh(what)
    def view(request: StaffRequest, slug: str) -> HttpResponse:
        row = registered_application(slug)
        act(row, by=request.account.key)
        return _done(row, said % {"name": row.name})

    return view


maintenance_end = _act(
    gettext_lazy("End the maintenance of an application"), applications.end_maintenance,
    gettext_lazy("%(name)s is open again."),
)  # fmt: skip
closing = _act(
    gettext_lazy("Close an application"), applications.close_application,
    gettext_lazy("%(name)s is closed: nobody finds it in ARENA, and it signs nobody in."),
)  # fmt: skip
closing_end = _act(
    gettext_lazy("Open an application again"), applications.reopen_application, gettext_lazy("%(name)s is open again.")
)


@require_POST
@signed_in
@administrators_only
def trying(request: StaffRequest, slug: str) -> HttpResponse:
    """Some seconds: the answers of the servers are the page."""
    row = registered_by_hand(slug)
    return _screen(request, row, answers=connection_probe.probe_connection(row))


def _screen(
    request: StaffRequest, row: Application, *,
    form: ApplicationForm | None = None, rows: Any = None, shutting: ShutForm | None = None,
    answers: list[connection_probe.ConnectionAnswer] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "section": "registry", "application": row, "answers": answers,
        "shut": arena.closed_text(row.shut_until, timezone.now()) if row.shut_reason else "",
        "form": form or ApplicationForm(application=row),
        "rows": rows or Rows(initial=initial_rows(row), prefix="audience"), "shutting": shutting or ShutForm(),
    }  # fmt: skip
    return render_with_message(request, "portal/registry-application.html", context, status=status)


def _secret(request: StaffRequest, row: Application, clear: str) -> HttpResponse:
    context = {"section": "registry", "application": row, "secret": clear}
    return render(request, "portal/registry-secret.html", context)


def _done(row: Application, said: str) -> HttpResponse:
    response = redirect("portal:registry-application", row.slug)
    say(response, Toast(said))
    return response
