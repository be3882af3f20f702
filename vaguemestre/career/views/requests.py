"""« Les services », as the person sees them: what may be asked, the steps of a draft, and what became of the rest."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.career.decorators import career_session_required
from vaguemestre.career.hr_office import attached_files
from vaguemestre.career.hr_office.attached_files import FileRefusedError
from vaguemestre.career.models import Campaign, Kind, ServiceRequest
from vaguemestre.career.request import CareerRequest
from vaguemestre.career.requests import access, draft_steps, drafts, forms, status_text, wishes
from vaguemestre.career.requests.drafts import NotOpenError, NotReadyError
from vaguemestre.career.requests.kinds import DOCUMENTS, OTHER, SERVICES, document
from vaguemestre.career.requests.status_changes import PENDING, TAKES_DOCUMENTS, OvertakenError, State
from vaguemestre.career.requests.wishes import WishRefusedError

HEADING = "requests"


@require_safe
@career_session_required
def services(request: CareerRequest) -> HttpResponse:
    return _services(request)


@require_POST
@career_session_required
def begin(request: CareerRequest) -> HttpResponse:
    kind, said_pk = request.POST.get("demande", ""), request.POST.get("campagne", "")
    if kind not in SERVICES:
        return _services(request, refused=_("There is no such request."), status=422)
    number = int(said_pk) if said_pk.isascii() and said_pk.isdigit() and len(said_pk) < 10 else 0
    campaign = Campaign.objects.filter(pk=number).first()
    try:
        made = drafts.begin_draft(request.account, Kind(kind), campaign, now=timezone.now())
    except NotOpenError:
        return _services(request, refused=_("This request is not open to you now. Nothing was begun."), status=422)
    return redirect("career:request", key=made.pk)


@require_safe
@career_session_required
def service(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    if found.state == State.DRAFT:
        return redirect(draft_steps.first_open(found))
    return _show(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def facts(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    if found.state != State.DRAFT:
        return _gone_on(request, found)
    kind = forms.FORMS[found.kind]
    more: dict[str, Any] = {"known": bool(found.iban_sealed)} if found.kind == Kind.BANK else {}
    form = kind(request.POST if request.method == "POST" else None, initial=kind.read(found.facts), **more)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.fill_draft(found, form, now=timezone.now())
        except OvertakenError:
            return _gone_on(request, found)
        found.refresh_from_db()
        return redirect(draft_steps.next_after(found, "request-facts"))
    masked = dict(forms.lines(found)).get("IBAN", "")
    context = {"form": form, "question": SERVICES[found.kind].question, "masked": masked}
    return _step(request, found, "request-facts", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def wish_list(request: CareerRequest, key: UUID) -> HttpResponse:
    """A POST adds one: a school by its UAI, or a wide one."""
    found = access.own_request(request.account, key)
    if request.method != "POST":
        return _wishes(request, found)
    typed = request.POST
    if "departement" in typed:
        where = typed["departement"][:3], typed.get("commune", "")[:100], typed.get("nature", "")[:20]
        return _change_wishes(request, found, lambda locked: wishes.add_wide_wish(locked, *where))
    return _change_wishes(request, found, lambda locked: wishes.add_wish(locked, typed.get("uai", "")[:40]))


@require_POST
@career_session_required
def wish_order(request: CareerRequest, key: UUID) -> HttpResponse:
    """By a button, one place; let fall by a mouse, to that place. One comes back to the line that was moved."""
    found, said = access.own_request(request.account, key), request.POST
    if place := said.get("place"):
        rank, here = _rank(said.get("voeu", "")), _rank(place)
        return _change_wishes(
            request, found, lambda locked: wishes.place_wish(locked, rank, here), line=here + 1, listed=True
        )
    up = "monter" in said
    rank, by = _rank(said.get("monter" if up else "descendre", "")), -1 if up else 1
    return _change_wishes(
        request, found, lambda locked: wishes.move_wish(locked, rank, by), line=rank + by, listed=True
    )


@require_POST
@career_session_required
def wish_removal(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    rank = _rank(request.POST.get("retirer", ""))
    return _change_wishes(request, found, lambda locked: wishes.remove_wish(locked, rank), listed=True)


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def documents(request: CareerRequest, key: UUID) -> HttpResponse:
    """A POST brings one file for one of the documents."""
    found = access.own_request(request.account, key)
    if found.state not in TAKES_DOCUMENTS:
        return _gone_on(request, found)
    if request.method != "POST":
        return _documents(request, found)
    slot = request.POST.get("piece", "")
    sent = [one for one in request.FILES.getlist("fichier") if isinstance(one, UploadedFile)]
    if not sent:
        return _documents(request, found, refused=_("Choose a file first."), at=slot, status=422)
    try:
        judged = attached_files.judge_files(sent[:1])
        drafts.add_document(found, slot if slot in DOCUMENTS else OTHER, judged[0], now=timezone.now())
    except FileRefusedError as failed:
        return _documents(request, found, refused=str(failed), at=slot, status=422)
    except OvertakenError:
        return _gone_on(request, found)
    return redirect("career:request-documents", key=found.pk)


@require_safe
@career_session_required
def document_file(request: CareerRequest, key: UUID) -> HttpResponseBase:
    return attached_files.file_response(access.own_document(request.account, key))


@require_POST
@career_session_required
def document_removal(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_document(request.account, key)
    try:
        drafts.remove_document(found)
    except OvertakenError:
        return _gone_on(request, found.request)
    return redirect("career:request-documents", key=found.request_id)


@require_safe
@career_session_required
def review(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    return _review(request, found) if found.state == State.DRAFT else redirect("career:request", key=found.pk)


@require_POST
@career_session_required
def sending(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    try:
        drafts.send_request(found, now=timezone.now())
    except OvertakenError:
        return _gone_on(request, found)
    except NotOpenError:
        ended = status_text.deadline_text(found.campaign, timezone.now()) if found.campaign else ""
        why = _("The campaign does not take your request now. %(deadline)s Nothing was sent.") % {"deadline": ended}
        return _review(request, found, refused=why, status=422)
    except NotReadyError as lacking:
        if found.state == State.ASKED:
            return _documents(request, found, refused=str(lacking), status=422)
        return _review(request, found, refused=str(lacking), status=422)
    return redirect("career:request", key=found.pk)


@require_POST
@career_session_required
def withdrawal(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    try:
        drafts.withdraw_request(found, now=timezone.now())
    except OvertakenError:
        return _gone_on(request, found)
    return redirect("career:request", key=found.pk)


@require_POST
@career_session_required
def draft_removal(request: CareerRequest, key: UUID) -> HttpResponse:
    found = access.own_request(request.account, key)
    try:
        drafts.discard_draft(found)
    except OvertakenError:
        return _gone_on(request, found)
    return redirect("career:requests")


def _services(request: CareerRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    own = draft_steps.own_requests(request.account)
    rows = [(one, status_text.standing_text(one, now)) for one in own]
    context = {"offers": draft_steps.offers(request.account, own, now), "rows": rows, "refused": refused}
    return render(request, "career/requests.html", {**_around(), **context}, status=status)


def _show(request: CareerRequest, found: ServiceRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "found": found, "standing": status_text.standing_text(found, now), "refused": refused, **told(found),
        "may_ask_again": drafts.may_ask_again(found, now=now),
        "withdrawable": found.state in PENDING, "asked": found.state == State.ASKED,
        "answer": found.reason if found.state in {State.ACCEPTED, State.REFUSED, State.ASKED} else "",
    }  # fmt: skip
    return render(request, "career/request.html", {**_around(), **context}, status=status)


def _gone_on(request: CareerRequest, found: ServiceRequest) -> HttpResponse:
    """An older page, or a second window: what became of it is shown."""
    fresh = access.own_request(request.account, found.pk)
    if request.method in {"GET", "HEAD"}:
        return redirect("career:request", key=fresh.pk)
    why = _("This request has changed meanwhile: here is how it stands. Nothing was done twice.")
    return _show(request, fresh, refused=why, status=409)


def _step(
    request: CareerRequest, found: ServiceRequest, name: str, context: dict[str, object], *, status: int = 200
) -> HttpResponse:
    steps = draft_steps.draft_steps(found)
    number = next(place for place, step in enumerate(steps, 1) if step.name == name)
    around = {
        **_around(), "found": found, "steps": steps, "current": steps[number - 1], "number": number,
        # What the office has asked for may come later.
        "deadline": (
            status_text.deadline_text(found.campaign, timezone.now()) if found.campaign and not found.sent_at else ""
        ),
    }  # fmt: skip
    return render(request, f"career/{name}.html", {**around, **context}, status=status)


def _wishes(
    request: CareerRequest, found: ServiceRequest, *, refused: WishRefusedError | None = None, status: int = 200
) -> HttpResponse:
    if found.state != State.DRAFT or found.kind != Kind.TRANSFER:
        return _gone_on(request, found)
    asked = request.GET.get("lieu", "")[:80]
    there = wishes.load_wishes(found)
    context: dict[str, object] = {
        "wishes": wishes.wish_lines(there),
        "mark": wishes.wishes_mark(there),
        "most": wishes.most_wishes(found),
        "asked": asked,
        "answer": wishes.search_schools(asked, there),
        "departments": academy().departments,
        "sorts": wishes.SORTS.items(),
        "typed": request.POST if refused else {"departement": request.account.person.department},
        "refused": str(refused or ""),
        "about": refused.about if refused else (),
    }
    return _step(request, found, "request-wishes", context, status=status)


def _change_wishes(
    request: CareerRequest, found: ServiceRequest, act: Callable[[ServiceRequest], None], *, line: int = 0,
    listed: bool = False,
) -> HttpResponse:  # fmt: skip
    """`listed`: by a rank, which means something in the list that the page showed."""
    try:
        with drafts.changing_wishes(found, now=timezone.now()) as locked:
            wishes.check_mark(locked, request.POST.get("liste") if listed else None)
            act(locked)
    except WishRefusedError as failed:
        return _wishes(request, found, refused=failed, status=422)
    except OvertakenError:
        return _gone_on(request, found)
    page = reverse("career:request-wishes", args=[found.pk])
    return redirect(f"{page}#voeu-{line}" if line > 0 else page)


def _documents(
    request: CareerRequest, found: ServiceRequest, *, refused: str = "", at: str = "", status: int = 200
) -> HttpResponse:
    """`at`: the document that was refused."""
    there = [(one, drafts.is_removable(found, one)) for one in found.documents.order_by("at", "pk")]
    required = drafts.required_documents(found)
    wanted = {*required, OTHER, *(one.slot for one, _removable in there)}
    slots = [
        (slot, document(slot), slot in required, [pair for pair in there if pair[0].slot == slot])
        for slot in DOCUMENTS
        if slot in wanted
    ]
    context: dict[str, object] = {"slots": slots, "refused": refused, "at": at, "again": found.state == State.ASKED}
    return _step(request, found, "request-documents", context, status=status)


def _review(request: CareerRequest, found: ServiceRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    context = {
        **told(found),
        "refused": refused,
        "missing": [document(slot) for slot in drafts.missing_documents(found)],
    }
    return _step(request, found, "request-review", context, status=status)


def told(found: ServiceRequest) -> dict[str, object]:
    """What a request says, for either side."""
    return {
        "lines": forms.lines(found),
        "wishes": wishes.wish_lines(wishes.load_wishes(found)) if found.kind == Kind.TRANSFER else [],
        "documents": [(one, document(one.slot)) for one in found.documents.order_by("at", "pk")],
        "events": [(one, status_text.event_text(one.state)) for one in found.events.order_by("-pk")],
        "corrects": status_text.correction_text(found),
    }


def _around() -> dict[str, object]:
    return {"heading": HEADING}


def _rank(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
