"""The steps of a draft, in order, and which of them are done; and what may be asked at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.career.models import Campaign, Kind, ServiceRequest
from vaguemestre.career.requests import access, campaigns, drafts, status_text, wishes
from vaguemestre.career.requests.kinds import SERVICES, Service
from vaguemestre.career.requests.status_changes import OVER, State


@dataclass(frozen=True, slots=True)
class DraftStep:
    name: str
    title: str
    asks: str
    url: str
    done: bool


def draft_steps(request: ServiceRequest) -> list[DraftStep]:
    """Two queries, three for a transfer."""
    path = [_step(request, "request-facts", _("Your situation"), "", bool(request.facts))]
    if request.kind == Kind.TRANSFER:
        count, most = request.wishes.count(), wishes.most_wishes(request)
        asks = _("%(count)d of %(most)d at most") % {"count": count, "most": most}
        path.append(_step(request, "request-wishes", _("Your wishes"), asks, bool(count)))
    lacking, there = drafts.missing_documents(request), request.documents.count()
    if lacking:
        asks = ngettext("%(count)d required is missing", "%(count)d required are missing", len(lacking))
        asks %= {"count": len(lacking)}
    else:
        asks = ngettext("%(count)d brought", "%(count)d brought", there) % {"count": there}
    path.append(_step(request, "request-documents", _("Your documents"), asks, bool(there) and not lacking))
    asks = _("A mail acknowledges receipt")
    path.append(_step(request, "request-review", _("Read again and send"), asks, False))
    return path


def next_after(request: ServiceRequest, name: str) -> str:
    path = draft_steps(request)
    here = next(place for place, step in enumerate(path) if step.name == name)
    return path[min(here + 1, len(path) - 1)].url


def first_open(request: ServiceRequest) -> str:
    path = draft_steps(request)
    return next((step.url for step in path if not step.done), path[-1].url)


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of « Les services ». `begun`: what this person has of it already, a draft or one of this campaign."""

    service: Service
    campaign: Campaign | None
    begun: ServiceRequest | None
    can_begin: bool
    sentence: str
    again: bool = False  # one was refused in this campaign

    @property
    def title(self) -> str:
        return self.campaign.title if self.campaign else self.service.label


def offers(account: Account, own: Sequence[ServiceRequest], now: datetime) -> list[Offer]:
    """One query. First the campaigns, by their end; then what may be asked all year."""
    found = []
    running = campaigns.campaigns_for_person(account.person, now)
    for campaign in running:
        of_this = [r for r in own if r.campaign_id == campaign.pk]
        begun = next((r for r in of_this if r.state not in OVER), None)
        can = begun is None and campaigns.is_open(campaign, now)
        again = can and any(r.state == State.REFUSED for r in of_this)
        found.append(
            Offer(SERVICES[campaign.kind], campaign, begun, can, status_text.deadline_text(campaign, now), again)
        )
    for service in SERVICES.values():
        if service.by_campaign:
            if not any(campaign.kind == service.kind for campaign in running):
                found.append(Offer(service, None, None, False, _("No campaign is open to you now.")))
        else:
            draft = next((r for r in own if r.kind == service.kind and r.state == State.DRAFT), None)
            found.append(Offer(service, None, draft, draft is None, _("All year.")))
    return found


def own_requests(account: Account) -> list[ServiceRequest]:
    return list(access.own_requests(account).order_by("-changed_at", "pk")[:100])


def _step(request: ServiceRequest, name: str, title: str, asks: str, done: bool) -> DraftStep:
    return DraftStep(name, title, asks, reverse(f"career:{name}", args=[request.pk]), done)
