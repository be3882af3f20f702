"""The HR officer's queue of requests: those of the people they serve, filtered as the address says."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Campaign, Kind, ServiceRequest
from vaguemestre.career.requests import campaigns
from vaguemestre.career.requests.access import requests_served
from vaguemestre.career.requests.status_changes import State

SIZES = (50, 200)  # rows of a page; the second one for decisions in bulk


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address says wrongly is not a filter."""

    STATES: ClassVar[dict[str, tuple[Promise, list[str]]]] = {
        "a-traiter": (_("to decide"), [State.SENT, State.RECEIVED]),
        "incompletes": (_("incomplete: documents asked for"), [State.ASKED]),
        "acceptees": (_("accepted"), [State.ACCEPTED]),
        "refusees": (pgettext_lazy("a request", "refused"), [State.REFUSED]),
        "retirees": (_("withdrawn"), [State.WITHDRAWN]),
        "toutes": (pgettext_lazy("requests", "all"), []),
    }

    state: str
    kind: str
    campaign: int | None
    department: str
    corps: str
    size: int = SIZES[0]

    @property
    def query(self) -> str:
        said = {
            "etat": self.state, "demande": self.kind, "campagne": self.campaign, "departement": self.department,
            "corps": self.corps, "par": self.size if self.size != SIZES[0] else None,
        }  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


def filters_of(asked: QueryDict, officer: HrOfficer) -> Filters:
    state, kind, department = asked.get("etat", ""), asked.get("demande", ""), asked.get("departement", "")
    campaign = asked.get("campagne", "")
    return Filters(
        state if state in Filters.STATES else "a-traiter",
        kind if kind in Kind.values else "",
        int(campaign) if campaign.isascii() and campaign.isdigit() and len(campaign) < 10 else None,
        department if department in dict(officer.places) else "",
        asked.get("corps", "")[:60],
        SIZES[1] if asked.get("par") == str(SIZES[1]) else SIZES[0],
    )


def queued_requests(officer: HrOfficer, filters: Filters) -> QuerySet[ServiceRequest]:
    """What is to decide: whoever has waited longest first; the others, latest first."""
    found = requests_served(officer)
    wanted = {
        "state__in": Filters.STATES[filters.state][1], "kind": filters.kind, "campaign": filters.campaign,
        "account__person__department": filters.department, "account__person__corps": filters.corps,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return found.order_by("sent_at", "pk") if filters.state == "a-traiter" else found.order_by("-changed_at", "pk")


def page_of(officer: HrOfficer, filters: Filters, number: str) -> Page[ServiceRequest]:
    """Two queries."""
    return Paginator(queued_requests(officer, filters), filters.size).get_page(number)


def next_request(officer: HrOfficer, filters: Filters, request: ServiceRequest) -> ServiceRequest | None:
    """Of those to decide, the one that comes after it in the list."""
    if filters.state != "a-traiter":
        return None
    later = Q(sent_at__gt=request.sent_at) | Q(sent_at=request.sent_at, pk__gt=request.pk)
    return queued_requests(officer, filters).filter(later).first()


def corps_known(officer: HrOfficer) -> list[str]:
    names = requests_served(officer).order_by().values_list("account__person__corps", flat=True).distinct()
    return sorted({name for name in names if name})


def campaigns_known(officer: HrOfficer) -> list[Campaign]:
    return list(campaigns.campaigns_known_to(officer)[:50])
