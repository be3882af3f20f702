"""The HR feed from the screen: drop, check, apply, take back."""

import csv
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import (
    StaffView,
    administrators_only,
    freshly_proved_keeping,
    signed_in,
)
from vaguemestre.arrivals import feed_drops, rollback as import_rollback
from vaguemestre.arrivals.feed_drops import PendingDropError
from vaguemestre.operations.access import pending_drop_numbered
from vaguemestre.operations.feed_page import feed_page, rollback_page
from vaguemestre.people.import_lock import ImportRunningError, my_turn, refuse_to_wait
from vaguemestre.people.import_rollback import NothingToUndoError
from vaguemestre.web import toasts
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.separated_values import harmless_cell
from vaguemestre.web.toasts import Toast

REFRESH = "live"  # in the query: the page asks how far it is


def fresh[**P](what: Promise) -> Callable[[StaffView[P]], StaffView[P]]:
    return lambda view: freshly_proved_keeping(view, lambda _request: str(what))


@require_safe
@signed_in
@administrators_only
def feed(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@signed_in
@administrators_only
def drop(request: StaffRequest) -> HttpResponse:
    upload = request.FILES.get("flux")
    if upload is None or not upload.size:
        return _page(request, _("Choose the file of the HR office first."), status=422)
    try:
        feed_drops.drop_feed(upload, by=request.account.key, now=timezone.now())
    except PendingDropError:
        return _page(request, _("Another feed waits already: decide about it first."), status=409)
    return redirect("operations:feed")


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Apply the HR feed"))
def agreement(request: StaffRequest, pk: int) -> HttpResponse:
    found = pending_drop_numbered(pk)
    if not found.too_many_closures:
        feed_drops.decide(found, by=request.account.key, now=timezone.now())
    return redirect("operations:feed")


@require_POST
@signed_in
@administrators_only
def withdrawal(request: StaffRequest, pk: int) -> HttpResponse:
    feed_drops.withdraw(pending_drop_numbered(pk), by=request.account.key, now=timezone.now())
    return toasts.redirect(reverse("operations:feed"), Toast(_("Feed left: nothing was changed.")))


@require_safe
@signed_in
@administrators_only
def refused_lines(_request: StaffRequest, pk: int) -> HttpResponse:
    """CSV for a spreadsheet: BOM, semicolons. No NUMEN: values are masked where the feed is read."""
    found = pending_drop_numbered(pk)
    name = f"refus-{found.dated.isoformat() if found.dated else found.pk}.csv"
    response = HttpResponse("\N{ZERO WIDTH NO-BREAK SPACE}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Line"), _("Column"), _("Value"), _("Reason"), _("Effect")])
    for line, column, value, reason, kept in feed_drops.shown_changes(found)["refused"]:
        effect = _("line taken") if kept else _("line refused")
        writer.writerow([line, column, harmless_cell(value), reason, effect])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@administrators_only
@fresh(gettext_lazy("Take the last HR feed back"))
def rollback(request: StaffRequest) -> HttpResponse:
    try:
        plan = import_rollback.plan_rollback()
        page = rollback_page(plan)
        if request.method == "POST" and plan.possible and not page.large:
            with my_turn(waiting=refuse_to_wait):
                import_rollback.rollback(now=timezone.now(), by=request.account.key)
            said = ngettext("Feed taken back: %(n)d person.", "Feed taken back: %(n)d people.", page.count)
            return toasts.redirect(reverse("operations:feed"), Toast(said % {"n": page.count}))
    except NothingToUndoError:
        return redirect("operations:feed")
    except import_rollback.ObstacleError as refused:
        page = rollback_page(refused.plan)
    except ImportRunningError:
        return _page(request, _("Another import is running. Try again in a moment."), status=409)
    return render(request, "operations/rollback.html", {"section": "feed", "rollback": page})


def _page(request: StaffRequest, problem: str = "", status: int = 200) -> HttpResponse:
    part = "#state" if is_htmx(request) and REFRESH in request.GET else ""
    shown, toast = feed_page(request.GET.get("liste", "")), toasts.read(request)
    context = {"section": "feed", "feed": shown, "problem": problem, "toast": toast}
    response = render(request, f"operations/feed.html{part}", context, status=status)
    if toast:
        toasts.forget(response)
    return response
