"""When something may be asked, and by whom; opened, changed and closed by the HR officers."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from vaguemestre.audit import journal
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Campaign
from vaguemestre.people.models import Person


def is_open(campaign: Campaign, now: datetime) -> bool:
    """At its last moment still; one second later no more."""
    return campaign.opens_at <= now <= campaign.closes_at


def concerns(campaign: Campaign, person: Person) -> bool:
    return campaign.department in {"", person.department} and campaign.corps in {"", person.corps}


def campaigns_for_person(person: Person, now: datetime) -> list[Campaign]:
    """Open ones, and those to come, first the one that closes first."""
    mine = Q(department__in=["", person.department]) & Q(corps__in=["", person.corps or ""])
    return list(Campaign.objects.filter(mine, closes_at__gte=now).order_by("closes_at", "pk"))


def campaigns_for_officer(officer: HrOfficer) -> QuerySet[Campaign]:
    return _of(officer).annotate(sent=Count("requests", filter=~Q(requests__state="draft")))


def campaigns_known_to(officer: HrOfficer) -> QuerySet[Campaign]:
    return _of(officer)


def may_change(officer: HrOfficer, campaign: Campaign) -> bool:
    """Who serves one department changes its own campaigns, not those of the académie."""
    return officer.departments is None or campaign.department in officer.departments


def open_campaign(officer: HrOfficer, said: dict[str, object]) -> Campaign:
    with transaction.atomic():
        made = Campaign.objects.create(**said, made_by=officer.account, signed=officer.account.display_name)
        _note(officer, "career.campaign-opened", made)
    return made


def change_campaign(campaign: Campaign, officer: HrOfficer, said: dict[str, object]) -> None:
    """What has been sent stays sent, whatever the new dates."""
    with transaction.atomic():
        for name, value in said.items():
            setattr(campaign, name, value)
        campaign.save(update_fields=list(said))
        _note(officer, "career.campaign-changed", campaign)


def close_campaign(campaign: Campaign, officer: HrOfficer, *, now: datetime) -> None:
    """At once. Twice is once."""
    with transaction.atomic():
        closed = Campaign.objects.filter(pk=campaign.pk, opens_at__lt=now, closes_at__gt=now).update(closes_at=now)
        if closed:
            _note(officer, "career.campaign-closed", campaign)


def missing_documents(documents: Iterable[str], has: Iterable[str]) -> list[str]:
    """Which of the required documents are not there."""
    there = set(has)
    return [slot for slot in documents if slot not in there]


def _note(officer: HrOfficer, act: str, campaign: Campaign) -> None:
    journal.record(officer.account.key, act, officer.account.key, campaign=campaign.pk, title=campaign.title)


def _of(officer: HrOfficer) -> QuerySet[Campaign]:
    if officer.departments is None:
        return Campaign.objects.order_by("-closes_at", "pk")
    return Campaign.objects.filter(department__in=["", *officer.departments]).order_by("-closes_at", "pk")
