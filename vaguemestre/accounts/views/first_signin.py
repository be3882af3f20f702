"""The first sign-in: the letter's password is replaced before anything else opens. Left and taken up again freely."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.forms.new_password import NewPasswordForm
from vaguemestre.accounts.guards import staff_request
from vaguemestre.accounts.next_page import after_signin, wanted_page
from vaguemestre.accounts.password_policy import PolicyFailure
from vaguemestre.accounts.passwords import set_password
from vaguemestre.accounts.request import StaffRequest


@sensitive_post_parameters("neuf", "encore")
@require_http_methods(["GET", "HEAD", "POST"])
def first_signin(request: HttpRequest) -> HttpResponse:
    """The letter sends people here: a stranger signs in first, with what the letter says."""
    staff = staff_request(request)
    if staff is None:
        here = reverse("accounts:first-signin")
        return HttpResponseRedirect(f"{reverse('accounts:signin')}?{urlencode({'next': here})}")
    if not staff.account.first_signin_due:  # done already, perhaps in another tab
        return HttpResponseRedirect(_then(staff))
    form = NewPasswordForm(staff.account, staff.POST or None)
    if staff.method == "POST" and form.is_valid():
        set_password(staff.account, form.cleaned_data["neuf"], now=timezone.now(), keep=staff.session_record)
        return HttpResponseRedirect(_then(staff))
    return render(staff, "accounts/first-signin.html", _context(staff, form))


def _then(request: StaffRequest) -> str:
    target = after_signin(request)
    return reverse("portal:home") if target == reverse("accounts:first-signin") else target


def _context(request: StaffRequest, form: NewPasswordForm) -> dict[str, object]:
    department = academy().department(request.account.person.department)
    return {
        "form": form,
        "next": wanted_page(request),
        "rules": list(PolicyFailure),
        "least": academy().passwords.minimum_length,
        "office": department.office if department else academy().rectorat,
    }
