"""The past of the demo's I-Prof: told once, by the room's own functions, and never to a mailbox."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from seeds import careers
from seeds.careers import OFFICER, SEEDS
from vaguemestre.accounts.models import Account
from vaguemestre.career.hr_office import topics
from vaguemestre.career.models import Campaign, RequestDocument, ServiceRequest, Topic
from vaguemestre.career.requests import campaigns
from vaguemestre.clock.models import Due
from vaguemestre.courier.models import Parcel
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.people.models import Person, Posting, School
from vaguemestre.testing import make_account

# In both halves of a school year, and on a Sunday.
MOMENTS = [
    datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Europe/Paris")),
    datetime(2027, 3, 7, 0, 5, tzinfo=ZoneInfo("Europe/Paris")),
]
State = ServiceRequest.State


@pytest.fixture
def story(db: None, settings: Settings, tmp_path: Path) -> careers.Story:
    """Those whom it names, as the demo's feed tells them."""
    settings.CAREER = {**settings.CAREER, "files": tmp_path}
    told = careers.read()
    named = {OFFICER, told.absence.of, *(one.of for one in told.request), *(one.of for one in told.thread)}
    with (SEEDS / "hr-feed-2.csv").open(encoding="utf-8", newline="") as lines:
        next(lines)
        for row in csv.DictReader(lines, delimiter=";"):
            if row["posting1_uai"]:
                place(row)
            if row["hr_key"] in named:
                engage(row)
    return told


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would have been asked of Dovecot."""
    asked: list[Any] = []
    monkeypatch.setattr(
        "vaguemestre.webmail.rules.absence_reply.begin_absence",
        lambda access, absence, **_more: asked.append((access.mailbox, absence)),
    )
    return asked


def place(row: dict[str, str]) -> None:
    facts = {"name": row["posting1_school"], "kind": row["posting1_kind"], "city": row["posting1_city"]}
    School.objects.get_or_create(uai=row["posting1_uai"], defaults={**facts, "department": row["department"]})


def engage(row: dict[str, str]) -> None:
    columns = ("hr_key", "civility", "first_name", "last_name", "category", "department")
    person = Person.objects.create(
        **{name: row[name] for name in columns}, usual_name=row["usual_name"] or None, corps=row["corps"] or None,
        grade=row["grade"], officer=row["officer"], birth_date=row["birth_date"], duty_start=date(2015, 9, 1),
    )  # fmt: skip
    Posting.objects.create(
        person=person, school_id=row["posting1_uai"], rank=1, function=row["posting1_function"] or "ENS",
        discipline=row["posting1_discipline"], share=100, starts=date(2015, 9, 1),
    )  # fmt: skip
    make_account(person, password=None)


@pytest.mark.parametrize("now", MOMENTS)
def test_told_twice_it_is_the_same(story: careers.Story, away: list[Any], now: datetime) -> None:
    for _time in range(2):
        careers.write_guides(now)
        careers.tell(story, now)
    assert Campaign.objects.count() == len(story.campaign)
    assert ServiceRequest.objects.count() == len(story.request)
    assert Topic.objects.count() == len(story.thread)
    assert RequestDocument.objects.count() == sum(len(one.documents) for one in story.request)


def test_something_stands_at_every_point(story: careers.Story, away: list[Any]) -> None:
    now = MOMENTS[0]
    careers.tell(story, now)
    states = set(ServiceRequest.objects.values_list("state", flat=True))
    assert states == set(State.values) - {State.DRAFT}
    moments = {"open" if campaigns.is_open(one, now) else "over" if one.closes_at < now else "to come"
               for one in Campaign.objects.all()}  # fmt: skip
    assert moments == {"open", "over", "to come"}
    assert "{" not in "".join(Campaign.objects.values_list("title", flat=True))
    assert not ServiceRequest.objects.filter(changed_at__gte=now).exists(), "nothing is told of later than now"
    teacher = Account.objects.get(person__hr_key="RH100001")
    assert topics.count_unread(teacher) == 1
    [(absent, absence)] = away
    assert absent.person.hr_key == story.absence.of
    assert absence.starts < now < absence.ends


def test_no_mail_of_it_leaves(story: careers.Story, away: list[Any]) -> None:
    before = set(Parcel.objects.values_list("pk", flat=True))
    careers.tell(story, MOMENTS[0])
    assert set(Parcel.objects.values_list("pk", flat=True)) == before
    assert not Due.objects.filter(job__startswith="courier").exclude(key__in=map(str, before)).exists()


def test_a_production_has_no_past_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(careers, "read_instance", lambda: type("Instance", (), {"mode": "production"})())
    with pytest.raises(LauncherError):
        careers.run()
