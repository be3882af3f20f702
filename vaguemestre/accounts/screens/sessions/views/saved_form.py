"""What a form held when its session had ended, or a proof had grown old: offered again, to be sent with one press."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import saved_forms
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.accounts.signin.next_page import on_this_site


@require_safe
@signed_in
def kept_form(request: StaffRequest, key: str) -> HttpResponse:
    form = saved_forms.find_saved_form(request.account, key, now=timezone.now())
    if form is None:
        raise Http404("kept form")
    context = {
        "form": form,
        "key": key,
        "field": saved_forms.SENT_AGAIN,
        "late": "onglet" in request.GET,
        "back": on_this_site(request.GET.get("page", "")),
    }
    return render(request, "accounts/sessions/saved_form.html", context)
