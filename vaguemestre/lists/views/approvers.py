"""Who may approve mailings, for administrators."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import (
    administrators_only,
    freshly_proved,
    freshly_proved_keeping,
    signed_in,
)
from vaguemestre.lists.access import listed_right, where_lists_are_on
from vaguemestre.lists.approval_form import FIELDS, ApprovalForm, refusal_text
from vaguemestre.lists.approval_rights import (
    ApprovalRefusedError,
    confirm_right,
    end_right,
    give_right,
    listed_rights,
    rights_in_force,
)
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
@administrators_only
def approvers(request: StaffRequest) -> HttpResponseBase:
    return _giving(request) if request.method == "POST" else _page(request, ApprovalForm())


@require_POST
@signed_in
@where_lists_are_on
@administrators_only
@freshly_proved
def confirmation(request: StaffRequest, number: int) -> HttpResponse:
    now = timezone.now()
    right = listed_right(number, timezone.localdate(now))
    try:
        confirm_right(right, by=request.account, now=now)
    except ApprovalRefusedError as refused:
        return toasts.redirect(reverse("lists:approvers"), Toast(refusal_text(refused.reason), tone="bad"))
    said = _("%(name)s may approve mailings from %(day)s on.")
    return _told(said % {"name": right.holder.display_name, "day": f"{right.starts:%d/%m/%Y}"})


@require_POST
@signed_in
@where_lists_are_on
@administrators_only
@freshly_proved
def end(request: StaffRequest, number: int) -> HttpResponse:
    now = timezone.now()
    right = listed_right(number, timezone.localdate(now))
    end_right(right, by=request.account.key, now=now)
    return _told(_("%s may not approve mailings any more.") % right.holder.display_name)


def _give(request: StaffRequest) -> HttpResponse:
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    holder = form.cleaned_data["holder"]
    try:
        give_right(holder, *form.period, by=request.account, now=timezone.now())
    except ApprovalRefusedError as refused:
        form.add_error(FIELDS[refused.reason], refusal_text(refused.reason))
        return _page(request, form, status=422)
    return _told(_("The right of %s waits for another administrator to confirm it.") % holder.display_name)


_giving = freshly_proved_keeping(_give, lambda _request: _("Who may approve mailings"))


def _told(said: str) -> HttpResponse:
    return toasts.redirect(reverse("lists:approvers"), Toast(said))


def _page(request: StaffRequest, form: ApprovalForm, *, status: int = 200) -> HttpResponse:
    today, toast = timezone.localdate(), toasts.read(request)
    rights = list(listed_rights(today))
    tell_apart(one.holder.person for one in rights)
    givers = Account.objects.select_related("person").in_bulk({one.given_by for one in rights})
    in_force = set(rights_in_force(today).values_list("pk", flat=True))
    mine = {request.account.key}
    lines = [
        (one, givers.get(one.given_by), one.pk in in_force, not mine & {one.given_by, one.holder_id}) for one in rights
    ]
    response = render(
        request,
        "lists/approvers.html",
        {
            "form": form,
            "waiting": [line for line in lines if line[0].confirmed_at is None],
            "confirmed": [line for line in lines if line[0].confirmed_at],
            "today": today,
            "toast": toast,
            "section": "approvers",
        },
        status=status,
    )
    if toast:
        toasts.forget(response)
    return response
