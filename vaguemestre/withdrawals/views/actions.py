"""Look for it, take it out, put it back, give it up."""

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast
from vaguemestre.withdrawals import reports, withdrawal_jobs
from vaguemestre.withdrawals.access import administrators_only, freshly_proved, withdrawal_named
from vaguemestre.withdrawals.forms import SearchForm, criteria_of_report
from vaguemestre.withdrawals.models import Withdrawal

type Act = Callable[[StaffRequest, Withdrawal], None]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@administrators_only
@freshly_proved(gettext_lazy("Look for a message in all mailboxes"))
def search(request: StaffRequest) -> HttpResponse:
    """From what people reported (`?signalement=`), from the message's file, or typed. Nothing is taken out yet."""
    now, digest = timezone.now(), request.GET.get("signalement", "")[:32]
    report = reports.reported_message(digest) if digest else None
    if request.method != "POST":
        return _form(request, SearchForm(initial=criteria_of_report(report, now) if report else None))
    form = SearchForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=422)
    reason = form.cleaned_data["reason"]
    found = withdrawal_jobs.begin_withdrawal(form.criteria(now), by=request.account.key, reason=reason, now=now)
    if report:
        reports.judge_report(report.digest, now)
    return redirect("withdrawals:withdrawal", key=found.key)


def _act(what: Promise, act: Act) -> Callable[..., HttpResponseBase]:
    """A POST without a form, back to the page of the withdrawal, whose state says the rest."""

    @require_POST
    @signed_in
    @administrators_only
    @freshly_proved(what)
    def view(request: StaffRequest, key: str) -> HttpResponse:
        found = withdrawal_named(key)
        page = reverse("withdrawals:withdrawal", args=[key])
        try:
            act(request, found)
        except withdrawal_jobs.TooLateError:
            return toasts.redirect(page, Toast(_("Somebody else was quicker: this is how it stands now."), tone="warn"))
        return redirect(page)

    return view


take = _act(
    gettext_lazy("Take a message out of all mailboxes"),
    lambda request, found: withdrawal_jobs.withdraw_messages(found, by=request.account.key, now=timezone.now()),
)
put_back = _act(
    gettext_lazy("Put a message back into all mailboxes"),
    lambda request, found: withdrawal_jobs.undo_withdrawal(found, by=request.account.key),
)
drop = _act(
    gettext_lazy("Give up the search of a message"),
    lambda request, found: withdrawal_jobs.drop_withdrawal(found, by=request.account.key),
)


def _form(request: StaffRequest, form: SearchForm, status: int = 200) -> HttpResponse:
    return render(request, "withdrawals/search.html", {"section": "withdrawals", "form": form}, status=status)
