"""What the HR officer does with a request: look, take in charge, decide, one by one or many at once.

Of two decisions at the same moment the second finds another version, is refused, and sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.audit import journal
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import RequestDocument, ServiceRequest
from vaguemestre.career.requests import access, iban, status_changes, step_mails
from vaguemestre.career.requests.status_changes import PENDING, OvertakenError, State

MOST_AT_ONCE = 200
_ACTS = {
    State.ACCEPTED: "career.request-accepted",
    State.REFUSED: "career.request-refused",
    State.ASKED: "career.documents-asked",
}
EFFECTS: dict[str, Promise] = {
    State.ACCEPTED: gettext_lazy("will be accepted; a mail tells the person"),
    State.REFUSED: gettext_lazy("will be refused with this reason; a mail tells the person"),
    State.ASKED: gettext_lazy("will wait for documents; a mail tells the person"),
}


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a decision in bulk will do to one request. Where it leaves it alone, `said` says why."""

    request: ServiceRequest
    happens: bool
    said: str


def looked_at(request: ServiceRequest, officer: HrOfficer) -> None:
    with transaction.atomic():
        journal.record(officer.account.key, "career.request-seen", request.account_id, request=str(request.key))


def document_looked_at(document: RequestDocument, officer: HrOfficer) -> None:
    with transaction.atomic():
        about = document.request.account_id
        journal.record(officer.account.key, "career.document-seen", about, document=str(document.key))


def iban_in_clear(request: ServiceRequest, officer: HrOfficer) -> str:
    """Empty where there is none."""
    if not request.iban_sealed:
        return ""
    with transaction.atomic():
        journal.record(officer.account.key, "career.iban-seen", request.account_id, request=str(request.key))
    return iban.clear(request.iban_sealed)


def take_charge(request: ServiceRequest, officer: HrOfficer, *, version: int, now: datetime) -> None:
    """In charge: the person learns that somebody is at it. Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, {State.SENT}, version=version)
        status_changes.change_status(found, State.RECEIVED, officer.account, from_office=True, now=now)
        journal.record(officer.account.key, "career.request-taken", found.account_id, request=str(found.key))
        step_mails.mail_step(found, now=now)


def decide_request(
    request: ServiceRequest, officer: HrOfficer, decision: State, reason: str, *, version: int, now: datetime
) -> None:
    """Raises OvertakenError."""
    with transaction.atomic():
        found = status_changes.lock_request(request, PENDING, version=version)
        status_changes.change_status(found, decision, officer.account, from_office=True, text=reason, now=now)
        journal.record(officer.account.key, _ACTS[decision], found.account_id, request=str(found.key))
        step_mails.mail_step(found, now=now)


def foresee_decisions(officer: HrOfficer, keys: Sequence[UUID], decision: State) -> list[Foreseen]:
    """Without changing anything. What this officer does not serve is not there."""
    found = access.requests_served(officer).filter(pk__in=keys[:MOST_AT_ONCE]).order_by("sent_at", "pk")
    return [_foreseen(request, decision) for request in found]


def decide_many(
    officer: HrOfficer, tokens: Sequence[tuple[UUID, int]], decision: State, reason: str, *, now: datetime
) -> tuple[list[ServiceRequest], list[ServiceRequest]]:
    """Those decided, and those that somebody else has changed since the preview: they are left alone."""
    versions = dict(tokens[:MOST_AT_ONCE])
    done: list[ServiceRequest] = []
    left: list[ServiceRequest] = []
    for request in access.requests_served(officer).filter(pk__in=versions).order_by("sent_at", "pk"):
        try:
            decide_request(request, officer, decision, reason, version=versions[request.pk], now=now)
        except OvertakenError:
            left.append(request)
        else:
            done.append(request)
    return done, left


def _foreseen(request: ServiceRequest, decision: State) -> Foreseen:
    if request.state not in PENDING:
        return Foreseen(request, False, _("stays as it is: %(state)s already") % {"state": request.get_state_display()})
    if request.state == decision:
        return Foreseen(request, False, _("stays as it is: documents are asked for already"))
    return Foreseen(request, True, str(EFFECTS[decision]))
