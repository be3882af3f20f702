"""A password for one mail program: made, shown once beside the program's settings, withdrawn."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts import projection
from vaguemestre.accounts.factors.forms import AppPasswordForm
from vaguemestre.accounts.identity.access import app_password_of
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import AppPassword
from vaguemestre.accounts.page_messages import account_page_url
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in

ANCHOR = "logiciels"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@freshly_proved
def making(request: StaffRequest) -> HttpResponse:
    """The password is in the answer to its making, and nowhere afterwards."""
    account = request.account
    form = AppPasswordForm(request.POST or None)
    context: dict[str, object] = {"section": "account", "form": form, "account": account}
    if request.method == "POST" and form.is_valid():
        if app_passwords.living_app_passwords(account).count() < app_passwords.MOST:
            facts = form.cleaned_data
            made, clear = app_passwords.make_app_password(account, facts["nom"], facts["portee"], timezone.now())
            context |= {"made": made, "groups": clear.split("-"), "known": projection.is_confirmed(account)}
            return render(request, "accounts/mail_access/made.html", context | _settings(made))
        form.refuse(_("You have 20 already. Withdraw one that serves no more, then start again."))
    return render(request, "accounts/mail_access/new.html", context)


@require_POST
@signed_in
@freshly_proved
def removal(request: StaffRequest, number: int) -> HttpResponse:
    """The mail servers have forgotten it when the page says so; else the page says that they are about to."""
    password = app_password_of(request.account, number)
    if password is None:
        raise Http404
    app_passwords.withdraw_app_password(password, timezone.now())
    known, what = projection.is_confirmed(request.account), "acces" if password.by_portal else "mdp"
    return HttpResponseRedirect(account_page_url(f"{what}-retire" if known else f"{what}-bientot-retire", ANCHOR))


def _settings(made: AppPassword) -> dict[str, object]:
    reading, sending = settings.MAIL["imaps"], settings.MAIL["smtps"]
    return {
        "imap": reading if made.scope != AppPassword.Scope.SMTP else None,
        "smtp": sending if made.scope != AppPassword.Scope.IMAP else None,
    }
