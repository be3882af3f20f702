"""The administrators' screen: announce a maintenance, begin it, end it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import StaffView, freshly_proved_keeping, signed_in
from vaguemestre.maintenance import acts, state
from vaguemestre.maintenance.acts import MaintenanceRefusedError
from vaguemestre.maintenance.models import Maintenance, Part
from vaguemestre.maintenance.words import MaintenanceState
from vaguemestre.portal.access import administrators_only
from vaguemestre.portal.forms import MaintenanceForm
from vaguemestre.sso.logout import logout_monitoring

SHOWN = 10


def fresh[**P](what: Promise) -> Callable[[StaffView[P]], StaffView[P]]:
    """Nobody closes or opens the pages at an open screen; what was typed is kept meanwhile."""
    return lambda view: freshly_proved_keeping(view, lambda _request: str(what))


@require_safe
@signed_in
@administrators_only
def maintenance(request: StaffRequest) -> HttpResponse:
    return _screen(request, MaintenanceForm(initial=_usual(timezone.now())))


@require_POST
@signed_in
@administrators_only
@fresh(_("Announce a maintenance"))
def announcement(request: StaffRequest) -> HttpResponse:
    form = MaintenanceForm(request.POST)
    if not form.is_valid():
        return _screen(request, form, status=422)
    now = timezone.now()
    row = acts.announce(form.plan(), by=request.account.key, now=now)
    if "begin" in request.POST:
        return _begun(request, row, now)
    return redirect("portal:maintenance")


@require_POST
@signed_in
@administrators_only
@fresh(_("Close the pages now"))
def beginning(request: StaffRequest, pk: int) -> HttpResponse:
    return _begun(request, _row(pk), timezone.now())


@require_POST
@signed_in
@administrators_only
@fresh(_("Open the pages again"))
def ending(request: StaffRequest, pk: int) -> HttpResponse:
    """Ends what is under way, withdraws what is only announced."""
    acts.end(_row(pk), by=request.account.key, now=timezone.now())
    return redirect("portal:maintenance")


def _begun(request: StaffRequest, row: Maintenance, now: datetime) -> HttpResponse:
    try:
        acts.begin(row, by=request.account.key, now=now)
    except MaintenanceRefusedError as refused:
        return _screen(request, MaintenanceForm(initial=_usual(now)), said=str(refused), status=409)
    return redirect("portal:maintenance")


def _screen(request: StaffRequest, form: MaintenanceForm, *, said: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    state.forget()  # whoever has just acted sees it, whichever process answers
    under_way = state.current(now)
    waiting = [MaintenanceState(row, now) for row in _waiting(now)]
    past = Maintenance.objects.exclude(ended_at=None).filter(withdrawn=False).order_by("-ended_at")[:SHOWN]
    context = {
        "section": "maintenance", "form": form, "said": said, "now": now, "waiting": waiting, "past": past,
        "standing": MaintenanceState(under_way, now) if under_way else None, "maintenance": None,
        "overdue": logout_monitoring.count_late_applications(now),
    }  # fmt: skip
    return render(request, "portal/maintenance.html", context, status=status)


def _waiting(now: datetime) -> list[Maintenance]:
    rows = Maintenance.objects.filter(begun_at=None, ended_at=None, ends_at__gt=now)
    return list(rows.order_by("starts_at"))


def _row(pk: int) -> Maintenance:
    row = Maintenance.objects.filter(pk=pk).first()
    if row is None:
        raise Http404("maintenance")
    return row


def _usual(now: datetime) -> dict[str, object]:
    """This evening, two hours, mail on the web."""
    start = timezone.localtime(now).replace(hour=21, minute=0, second=0, microsecond=0)
    if start <= now:
        start += timedelta(days=1)
    end = start + timedelta(hours=2)
    return {
        "starts_day": start.date(), "starts_hour": start.time(), "ends_day": end.date(), "ends_hour": end.time(),
        "closes": [Part.WEBMAIL],
    }  # fmt: skip
