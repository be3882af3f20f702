"""The HR officer's side of « Les services »: the queue, a request, decisions one by one or many at once."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.audit import journal
from vaguemestre.career.decorators import officers_only
from vaguemestre.career.hr_office import attached_files
from vaguemestre.career.models import Kind, ServiceRequest
from vaguemestre.career.request import OfficerRequest
from vaguemestre.career.requests import access, csv_export, decisions as request_decisions, queue
from vaguemestre.career.requests.decisions import EFFECTS
from vaguemestre.career.requests.forms import Decision
from vaguemestre.career.requests.queue import Filters
from vaguemestre.career.requests.status_changes import PENDING, OvertakenError, State
from vaguemestre.career.views.requests import told
from vaguemestre.people.namesakes import tell_apart
from vaguemestre.people.offices import office_of

HEADING = "desk-requests"


@require_safe
@officers_only
def requests(request: OfficerRequest) -> HttpResponse:
    return _queue(request)


@require_safe
@officers_only
def export(request: OfficerRequest) -> HttpResponseBase:
    """As filtered. The journal says who took it and how many rows."""
    filters = queue.filters_of(request.GET, request.officer)
    found = queue.queued_requests(request.officer, filters)
    with transaction.atomic():
        journal.record(request.account.key, "career.requests-exported", request.account.key, rows=found.count())
    response = StreamingHttpResponse(csv_export.csv_chunks(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="demandes.csv"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@officers_only
def service(request: OfficerRequest, key: UUID) -> HttpResponse:
    return _show(request, access.request_served(request.officer, key))


@require_safe
@officers_only
def document(request: OfficerRequest, key: UUID) -> HttpResponseBase:
    """The look is written down before the file leaves."""
    found = access.document_served(request.officer, key)
    request_decisions.document_looked_at(found, request.officer)
    return attached_files.file_response(found)


@require_POST
@officers_only
def account_number(request: OfficerRequest, key: UUID) -> HttpResponse:
    found = access.request_served(request.officer, key)
    return _show(request, found, number=request_decisions.iban_in_clear(found, request.officer))


@require_POST
@officers_only
def examination(request: OfficerRequest, key: UUID) -> HttpResponse:
    found = access.request_served(request.officer, key)
    try:
        request_decisions.take_charge(
            found, request.officer, version=_number(request.POST.get("version", "")), now=timezone.now()
        )
    except OvertakenError:
        return _overtaken(request, key)
    return _back(request, key)


@require_POST
@officers_only
def decision(request: OfficerRequest, key: UUID) -> HttpResponse:
    found, form = access.request_served(request.officer, key), Decision(request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    words = form.cleaned_data
    try:
        request_decisions.decide_request(
            found, request.officer, State(words["decision"]), words["reason"],
            version=_number(request.POST.get("version", "")), now=timezone.now(),
        )  # fmt: skip
    except OvertakenError:
        return _overtaken(request, key, typed=words["reason"])
    return _back(request, key)


@require_POST
@officers_only
def preview(request: OfficerRequest) -> HttpResponse:
    """Of a decision in bulk: what will happen to each, and nothing has happened yet."""
    keys, form = [key for key, _v in _tokens(request.POST.getlist("choix"))], Decision(request.POST)
    if not keys:
        return _queue(request, refused=_("Tick at least one request."), form=form, status=422)
    if not form.is_valid():
        return _queue(request, refused=" ".join(str(e[0]) for e in form.errors.values()), form=form, status=422)
    words = form.cleaned_data
    foreseen = request_decisions.foresee_decisions(request.officer, keys, State(words["decision"]))
    tell_apart(one.request.account.person for one in foreseen)
    happening = [one for one in foreseen if one.happens]
    context = {
        "heading": HEADING, "happening": happening, "left": [one for one in foreseen if not one.happens],
        "effect": EFFECTS[State(words["decision"])], "decision": words["decision"], "reason": words["reason"],
        "filters": queue.filters_of(request.GET, request.officer),
    }  # fmt: skip
    return render(request, "career/desk-preview.html", context)


@require_POST
@officers_only
def decisions(request: OfficerRequest) -> HttpResponse:
    """What the preview has shown, of the versions that it has shown."""
    tokens, form = _tokens(request.POST.getlist("choix")), Decision(request.POST)
    if not tokens or not form.is_valid():
        return _queue(request, refused=_("Nothing was decided. Tick requests and preview again."), status=422)
    words = form.cleaned_data
    done, left = request_decisions.decide_many(
        request.officer, tokens, State(words["decision"]), words["reason"], now=timezone.now()
    )
    tell_apart(one.account.person for one in (*done, *left))
    filters = queue.filters_of(request.GET, request.officer)
    context = {"heading": HEADING, "done": done, "left": left, "filters": filters}
    return render(request, "career/desk-decided.html", context)


def _queue(
    request: OfficerRequest, *, refused: str = "", form: Decision | None = None, status: int = 200
) -> HttpResponse:
    officer = request.officer
    filters = queue.filters_of(request.GET, officer)
    part = queue.page_of(officer, filters, request.GET.get("page", ""))
    tell_apart(one.account.person for one in part)
    context = {
        "heading": HEADING, "filters": filters, "states": [(key, one[0]) for key, one in Filters.STATES.items()],
        "kinds": Kind.choices, "campaigns": queue.campaigns_known(officer), "corps": queue.corps_known(officer),
        "sizes": queue.SIZES, "found": part, "refused": refused, "form": form or Decision(),
        "ticked": request.POST.getlist("choix"),
        "decidable": any(one.state in PENDING for one in part),
    }  # fmt: skip
    return render(request, "career/desk-requests.html", context, status=status)


def _show(
    request: OfficerRequest, found: ServiceRequest, *, form: Decision | None = None, refused: str = "",
    number: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Whatever was asked, the request is read: the journal says so."""
    request_decisions.looked_at(found, request.officer)
    person, filters = found.account.person, queue.filters_of(request.GET, request.officer)
    context = {
        "heading": HEADING, "found": found, "person": person, "office": office_of(person), "refused": refused,
        "form": form or Decision(), "number": number, **told(found), "decidable": found.state in PENDING,
        "takeable": found.state == State.SENT, "filters": filters,
        # Whoever works through a list continues with it; asked for only where one was left.
        "next": queue.next_request(request.officer, filters, found) if "etat" in request.GET else None,
    }  # fmt: skip
    return render(request, "career/desk-request.html", context, status=status)


def _back(request: OfficerRequest, key: UUID) -> HttpResponse:
    page = reverse("career:desk-request", args=[key])
    return redirect(f"{page}?{queue.filters_of(request.GET, request.officer).query}" if request.GET else page)


def _overtaken(request: OfficerRequest, key: UUID, *, typed: str = "") -> HttpResponse:
    fresh = access.request_served(request.officer, key)
    why = _(
        "This request has changed since you opened it: somebody else decided, or the person withdrew or sent again. "
        "Your decision was not recorded and no mail was sent."
    )
    form = Decision(initial={"reason": typed})
    return _show(request, fresh, form=form, refused=why, status=409)


def _tokens(said: list[str]) -> list[tuple[UUID, int]]:
    """« uuid:version »; what is not one is left out."""
    found = []
    for token in said[: request_decisions.MOST_AT_ONCE]:
        key, _colon, version = token.partition(":")
        try:
            found.append((UUID(key), _number(version)))
        except ValueError:
            continue
    return found


def _number(said: str) -> int:
    """-1, which no request has, for anything else."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else -1
