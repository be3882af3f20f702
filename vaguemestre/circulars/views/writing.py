"""A circular is written, and submitted to a second person."""

from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.circulars.access import asker_of, own_circular, own_draft, where_lists_are_on
from vaguemestre.circulars.approval import (
    ApprovalFault,
    ApprovalFaultError,
    ask_approval,
    possible_approvers,
    take_back,
)
from vaguemestre.circulars.departure import DepartureError
from vaguemestre.circulars.drafts import (
    LARGEST_FILE,
    FileFaultError,
    add_files,
    answer_boxes,
    delete_circular,
    drop_file,
    new_circular as make_circular,
    save_draft,
    usable_lists,
)
from vaguemestre.circulars.models import Circular
from vaguemestre.circulars.recipients import question_of
from vaguemestre.lists import preview_text
from vaguemestre.lists.access import Asker
from vaguemestre.lists.list_draft import sent_draft
from vaguemestre.lists.preview import TooManyQuestionsError, preview_question
from vaguemestre.lists.question import Question, QuestionError
from vaguemestre.lists.question_text import place_names, question_text
from vaguemestre.web import toasts
from vaguemestre.web.toasts import Toast

State = Circular.State


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
def new_circular(request: StaffRequest) -> HttpResponse:
    """A POST brings the sentence of the page of a list."""
    asker, now = asker_of(request.account, timezone.localdate()), timezone.now()
    if request.method != "POST":
        return _page(request, asker, None)
    try:
        draft = sent_draft(asker, request.POST, None)
    except QuestionError as error:
        raise BadRequest(str(error)) from error
    name = draft.name or question_text(draft.question, place_names(draft.question.places))
    circular = make_circular(asker, draft.question, name, now=now)
    if "subject" not in request.POST:
        return redirect("circulars:writing", circular.key)
    return _save(request, asker, circular)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@where_lists_are_on
def writing(request: StaffRequest, key: str) -> HttpResponse:
    asker = asker_of(request.account, timezone.localdate())
    if request.method != "POST":
        circular = own_circular(asker, key)
        if circular.state in (State.ASKED, State.APPROVED):
            return redirect("circulars:following", key)
        return _page(request, asker, circular)
    circular = own_draft(asker, key)
    take_back(circular)
    if circular.state == State.APPROVED:  # it has left meanwhile
        return redirect("circulars:following", key)
    if request.POST.get("act") == "take-back":
        return redirect("circulars:writing", key)
    return _save(request, asker, circular)


@require_POST
@signed_in
@where_lists_are_on
def deletion(request: StaffRequest, key: str) -> HttpResponse:
    circular = own_draft(asker_of(request.account, timezone.localdate()), key)
    take_back(circular)
    if circular.state == State.APPROVED:  # it has left meanwhile
        return redirect("circulars:following", key)
    delete_circular(circular)
    return toasts.redirect(reverse("circulars:sendings"), Toast(_("The draft is deleted.")))


def _save(request: StaffRequest, asker: Asker, circular: Circular) -> HttpResponse:
    now, act = timezone.now(), request.POST.get("act", "")
    faults = {}
    try:
        save_draft(circular, request.POST, asker, now=now)
    except DepartureError:
        faults["departure"] = _fault_text(ApprovalFault.DEPARTURE)
    try:
        add_files(circular, [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)])
    except FileFaultError:
        said = _("A file is empty, or larger than %s MB, or there are more than ten.") % (LARGEST_FILE // 1024 // 1024)
        faults["files"] = said
    if faults:
        return _page(request, asker, circular, faults=faults)
    if act.startswith("remove-") and act[7:].isdigit():
        drop_file(circular, int(act[7:]))
    if act != "ask":
        url = reverse("circulars:writing", args=[circular.key])
        return toasts.redirect(url, Toast(_("The draft is saved.")))
    try:
        ask_approval(circular, request.POST.get("approver", ""), request.account, now=now)
    except ApprovalFaultError as refused:
        return _page(request, asker, circular, faults={refused.fault.value: _fault_text(refused.fault)})
    said = _("%s is told by mail.") % circular.approver_name
    return toasts.redirect(reverse("circulars:following", args=[circular.key]), Toast(said))


def _fault_text(fault: ApprovalFault) -> str:
    return {
        ApprovalFault.SUBJECT: _("Give it a subject."),
        ApprovalFault.TEXT: _("Write its text."),
        ApprovalFault.NOBODY: _("Choose a list that holds somebody with an open mailbox."),
        ApprovalFault.APPROVER: _("Choose who approves it."),
        ApprovalFault.DEPARTURE: _("Choose a weekday to come, between 7 a.m. and 7 p.m."),
        ApprovalFault.CHANGED: _("It has changed meanwhile."),
    }[fault]


def _page(
    request: StaffRequest, asker: Asker, circular: Circular | None, *, faults: dict[str, str] | None = None
) -> HttpResponse:
    toast, approvers = toasts.read(request), possible_approvers(asker.account.key, asker.today)
    question = question_of(circular.question) if circular else Question()
    leaves_at = timezone.localtime(circular.leaves_at) if circular and circular.leaves_at else None
    context = {
        "circular": circular,
        "files": circular.files.all() if circular else (),
        "lists": usable_lists(asker),
        "boxes": answer_boxes(asker.account),
        "approvers": approvers,
        "chosen": request.POST.get("approver", "") or (approvers[0].key if len(approvers) == 1 else ""),
        "day": request.POST.get("day", f"{leaves_at:%Y-%m-%d}" if leaves_at else ""),
        "time": request.POST.get("time", f"{leaves_at:%H:%M}" if leaves_at else ""),
        "question": question_text(question, place_names(question.places)),
        "count": _count(asker, question),
        "faults": faults or {},
        "toast": toast,
        "section": "circulars" if circular else "circulars-new",
    }
    response = render(request, "circulars/writing.html", context, status=422 if faults else 200)
    if toast:
        toasts.forget(response)
    return response


def _count(asker: Asker, question: Question) -> dict[str, str]:
    """As text, like the page of a list: it counts as a question there."""
    if not question.asks_something and not question.added:
        return {}
    try:
        found = preview_question(asker.account, question, now=timezone.now())
    except TooManyQuestionsError:
        return {}
    return {one: getattr(preview_text, f"{one}_text")(found) for one in ("total", "groups", "inactive")}
