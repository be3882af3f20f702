"""A draft that is forgotten, and an end that is said in days."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from vaguemestre.career.models import Campaign, Kind, ServiceRequest
from vaguemestre.career.requests import draft_reminders, status_text
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.career.tests.requesting import begin, fill, make_campaign, send
from vaguemestre.clock.models import Due
from vaguemestre.courier.models import Parcel


def planned(one: ServiceRequest) -> Any:
    row = Due.objects.filter(job=draft_reminders.REMIND.name, key=str(one.pk)).first()
    return row.at if row else None


def mails_at(one: ServiceRequest, now: Any) -> list[str]:
    before = list(Parcel.objects.values_list("pk", flat=True))
    draft_reminders.send_reminder(str(one.pk), now)
    return list(Parcel.objects.exclude(pk__in=before).values_list("text", flat=True))


@pytest.fixture
def campaign(db: None) -> Campaign:
    return make_campaign(Kind.PART_TIME, title="Temps partiel 2027")


def test_a_draft_is_recalled_two_days_before_the_end(office: Office, enter: Enter, campaign: Campaign) -> None:
    one = begin(enter(office.teacher), Kind.PART_TIME, campaign)
    assert planned(one) == campaign.closes_at - timedelta(days=2)
    [text] = mails_at(one, planned(one))
    assert f"/iprof/services/{one.pk}/" in text
    assert "emps partiel" not in text, "a mail does not say what is asked"


def test_what_is_sent_or_deleted_is_not_recalled(office: Office, enter: Enter, campaign: Campaign) -> None:
    browser = enter(office.teacher)
    one = begin(browser, Kind.PART_TIME, campaign)
    fill(browser, one)
    assert send(browser, one).status_code == 302
    assert mails_at(one, planned(one)) == []
    key = str(one.pk)
    one.delete()
    draft_reminders.send_reminder(key, campaign.closes_at)


def test_other_dates_move_it(office: Office, enter: Enter, campaign: Campaign) -> None:
    one = begin(enter(office.teacher), Kind.PART_TIME, campaign)
    first, later = planned(one), campaign.closes_at + timedelta(days=30)
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=later)
    assert mails_at(one, first) == []
    assert planned(one) == later - timedelta(days=2)
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=first - timedelta(hours=1))
    assert mails_at(one, first) == [], "it is over"


def test_whoever_begins_on_the_last_day_is_not_recalled(office: Office, enter: Enter) -> None:
    ending = make_campaign(Kind.PART_TIME, closes_at=timezone.now() + timedelta(hours=20))
    assert planned(begin(enter(office.teacher), Kind.PART_TIME, ending)) is None


@pytest.mark.parametrize(
    ("days", "words"), [(0, "C’est le dernier jour."), (1, "Il reste 1 jour."), (9, "Il reste 9 jours."), (40, "")]
)
def test_the_end_is_said_in_days_as_it_comes_near(campaign: Campaign, days: int, words: str) -> None:
    at = timezone.localtime(campaign.closes_at).replace(hour=18, minute=0)
    campaign.closes_at = at
    now = at.replace(hour=9) - timedelta(days=days)
    campaign.opens_at = now - timedelta(days=1)
    told = status_text.deadline_text(campaign, now)
    assert told.endswith(words or "18 h 00.".replace(" ", "\N{NO-BREAK SPACE}"))
    assert ("reste" in told or "dernier" in told) == bool(words)
