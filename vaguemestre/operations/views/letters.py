"""Printed letters: ordered, downloaded once."""

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import administrators_only, signed_in
from vaguemestre.letters import print_orders
from vaguemestre.operations.letters_page import letters_page, place_or_person
from vaguemestre.operations.views.feed import REFRESH, fresh
from vaguemestre.people.models import School
from vaguemestre.web import toasts
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast


@require_safe
@signed_in
@administrators_only
def letters(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Print letters"))
def order(request: StaffRequest) -> HttpResponse:
    """Those of a department, or of the place or person that was typed."""
    now, by = timezone.now(), request.account.key
    if department := request.POST.get("departement", ""):
        if department not in {one.code for one in academy().departments}:
            return _page(request, status=422)
        found = print_orders.order_batches(by=by, now=now, department=department)
    else:
        typed = request.POST.get("pour", "")
        about = place_or_person(typed) if typed.strip() else None
        if about is None:
            return _page(request, _("No place and no person has this name here."), typed=typed, status=422)
        school, account = (about, None) if isinstance(about, School) else (None, about)
        found = print_orders.order_batches(by=by, now=now, school=school, account=account)
    if not found.batches:
        return _page(request, _("No letter to print there: none is ready, or each is in a lot already."), status=409)
    return _back(
        ngettext("%(n)d lot is being set.", "%(n)d lots are being set.", len(found.batches)), len(found.batches)
    )


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Print letters"))
def again(request: StaffRequest, number: str) -> HttpResponse:
    if not print_orders.order_again(number, by=request.account.key, now=timezone.now()):
        return _page(request, _("This lot waits no longer."), status=409)
    return _back(ngettext("%(n)d lot is being set.", "%(n)d lots are being set.", 1), 1)


@require_POST
@signed_in
@administrators_only
@fresh(gettext_lazy("Download printed letters"))
def download(request: StaffRequest, number: str) -> HttpResponseBase:
    file = print_orders.printed_file(number)
    if file is None:
        return _page(request, _("This file was downloaded already, or its days are over."), status=410)
    response = StreamingHttpResponse(
        print_orders.read_once(file, by=request.account.key), content_type="application/pdf"
    )
    response["Content-Length"] = file.path.stat().st_size
    response["Content-Disposition"] = content_disposition_header(True, file.path.name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _back(words: str, count: int) -> HttpResponse:
    return toasts.redirect(reverse("operations:letters"), Toast(words % {"n": count}))


def _page(request: StaffRequest, problem: str = "", *, typed: str = "", status: int = 200) -> HttpResponse:
    part = "#state" if is_htmx(request) and REFRESH in request.GET else ""
    toast = toasts.read(request)
    context = {
        "section": "printing", "letters": letters_page(timezone.now()), "problem": problem, "typed": typed,
        "toast": toast, "days": academy().letter.kept_days,
    }  # fmt: skip
    response = render(request, f"operations/letters.html{part}", context, status=status)
    if toast:
        toasts.forget(response)
    return response
