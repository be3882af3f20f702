"""A circular that has left is corrected by another one, or withdrawn."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.circulars.access import asker_of, freshly_proved, own_departed, where_lists_are_on
from vaguemestre.circulars.drafts import new_correction
from vaguemestre.circulars.withdrawal import withdraw
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast

LONGEST_REASON = 500


@require_POST
@signed_in
@where_lists_are_on
def correction(request: StaffRequest, key: str) -> HttpResponse:
    asker = asker_of(request.account, timezone.localdate())
    return redirect("circulars:writing", new_correction(own_departed(asker, key), asker, now=timezone.now()).key)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
@freshly_proved(gettext_lazy("Withdraw the circular"))
def withdrawal(request: StaffRequest, key: str) -> HttpResponse:
    circular = own_departed(asker_of(request.account, timezone.localdate()), key)
    reason = " ".join(request.POST.get("reason", "").split())[:LONGEST_REASON]
    if request.method != "POST" or not reason:
        fault = _("Write in a sentence why: its readers see it.") if request.method == "POST" else ""
        context = {"circular": circular, "fault": fault, "section": "circulars"}
        return render(request, "circulars/withdrawal.html", context, status=422 if fault else 200)
    done = withdraw(circular, request.account, reason, now=timezone.now())
    said = _("Withdrawn: it goes out of the mailboxes.") if done else _("A colleague has withdrawn it already.")
    return toasts.redirect(reverse("circulars:following", args=[circular.key]), Toast(said))
