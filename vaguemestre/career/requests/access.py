"""From somebody and an id to a request, a document or a campaign. "Not yours" and "does not exist" are the same 404."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Campaign, RequestDocument, ServiceRequest
from vaguemestre.career.requests import campaigns

_State = ServiceRequest.State


def own_requests(account: Account) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(account=account).select_related("campaign", "follows")


def own_request(account: Account, key: UUID) -> ServiceRequest:
    return _found(own_requests(account).select_related("account__person").filter(pk=key).first())


def requests_served(officer: HrOfficer) -> QuerySet[ServiceRequest]:
    """A draft is the person's own: no officer sees it."""
    served = ServiceRequest.objects.filter(officer.served("account__")).exclude(state=_State.DRAFT)
    return served.exclude(sent_at=None).select_related("account__person", "campaign", "follows")


def request_served(officer: HrOfficer, key: UUID) -> ServiceRequest:
    return _found(requests_served(officer).filter(pk=key).first())


def own_document(account: Account, key: UUID) -> RequestDocument:
    own = RequestDocument.objects.select_related("request").filter(request__account=account, pk=key)
    return _found(own.first())


def document_served(officer: HrOfficer, key: UUID) -> RequestDocument:
    served = RequestDocument.objects.select_related("request").filter(
        officer.served("request__account__"), request__sent_at__isnull=False, pk=key
    )
    return _found(served.exclude(request__state=_State.DRAFT).first())


def campaign_for(officer: HrOfficer, pk: int) -> Campaign:
    found = _found(campaigns.campaigns_known_to(officer).filter(pk=pk).first())
    if not campaigns.may_change(officer, found):
        raise Http404("career")
    return found


def _found[T](found: T | None) -> T:
    if found is None:
        raise Http404("career")
    return found
