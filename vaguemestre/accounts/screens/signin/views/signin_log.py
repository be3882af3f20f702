"""Every sign-in of a year, in pages."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.accounts.signin import attempt_log_text

A_PAGE = 50


@require_safe
@signed_in
def sign_ins(request: StaffRequest) -> HttpResponse:
    lines = request.account.sign_ins.order_by("-at", "-id")
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": "account",
        "lines": [attempt_log_text.attempt_line(sign_in) for sign_in in page],
        "page_of": page,
        "now": timezone.now(),
    }
    return render(request, "accounts/signin/attempt_log.html", context)
