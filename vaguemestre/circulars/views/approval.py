"""The second person reads what will leave, approves it or hands it back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.circulars.access import circular_to_approve, where_lists_are_on
from vaguemestre.circulars.approval import ApprovalFaultError, approve, hand_back
from vaguemestre.circulars.checks import checks_of
from vaguemestre.circulars.message import foot_text
from vaguemestre.circulars.models import Circular, Dispatch
from vaguemestre.circulars.recipients import perimeter_from_data, question_of, without_mailbox
from vaguemestre.lists.question_text import place_names, question_text
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast

LONGEST_REMARK = 500


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
def approval(request: StaffRequest, key: str) -> HttpResponse:
    circular = circular_to_approve(request.account, key, timezone.localdate())
    return _decide(request, circular) if request.method == "POST" else _page(request, circular)


def _decide(request: StaffRequest, circular: Circular) -> HttpResponse:
    now, remark = timezone.now(), " ".join(request.POST.get("remark", "").split())[:LONGEST_REMARK]
    try:
        if request.POST.get("act") == "approve":
            approve(circular, request.account, request.POST.get("digest", ""), now=now)
            scheduled = circular.leaves_at is not None and circular.leaves_at > now
            said = _("Approved: it leaves at the chosen time.") if scheduled else _("Approved: the circular leaves.")
        elif not remark:
            return _page(request, circular, fault=_("Write in a sentence what is to be corrected."))
        else:
            hand_back(circular, request.account, remark, now=now)
            said = _("Handed back to %s, who is told by mail.") % circular.author_name
    except ApprovalFaultError:
        return _page(request, circular, fault=_("It has changed meanwhile: read it again."))
    return toasts.redirect(reverse("circulars:circulars"), Toast(said))


def _page(request: StaffRequest, circular: Circular, *, fault: str = "") -> HttpResponse:
    question = question_of(circular.question)
    left_out = without_mailbox(question, perimeter_from_data(circular.perimeter), timezone.localdate())
    first = circular.mailings.get(kind=Dispatch.Kind.FIRST)
    context = {
        "circular": circular,
        "files": circular.files.all(),
        "question": question_text(question, place_names(question.places)),
        "recipients": first.deliveries.count(),
        "checks": checks_of(circular, left_out),
        "foot": foot_text(),
        "fault": fault,
        "section": "circulars",
    }
    return render(request, "circulars/approval.html", context, status=422 if fault else 200)
