"""How HR officers hear of new requests: gathered, to those concerned, as they wish, and without a name."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account
from vaguemestre.career.models import DeskNews, Kind, RequestEvent, ServiceRequest
from vaguemestre.career.requests import officer_digests
from vaguemestre.career.testing.offices import DESK, Enter, Office, make_officer
from vaguemestre.courier.models import Parcel
from vaguemestre.people.models import Person
from vaguemestre.testing import make_account, make_person

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=PARIS)
State, Manner = ServiceRequest.State, DeskNews.Manner


def arrives(account: Account, at: datetime, kind: str = Kind.LEAVE) -> ServiceRequest:
    one = ServiceRequest.objects.create(account=account, kind=kind, state=State.SENT, changed_at=at, sent_at=at)
    RequestEvent.objects.create(
        request=one, state=State.SENT, at=at, author=account, signed=account.display_name, from_office=False
    )
    return one


def look(now: datetime) -> list[tuple[str, str, str]]:
    """Looks, and what left by it: to whom, subject, text."""
    before = list(Parcel.objects.values_list("pk", flat=True))
    officer_digests.send_digests("", now)
    return list(Parcel.objects.exclude(pk__in=before).order_by("pk").values_list("about", "subject", "text"))


def told(now: datetime) -> set[str]:
    return {about for about, _subject, _text in look(now)}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_one_mail_counts_what_has_arrived_and_names_nobody(office: Office) -> None:
    for _time in range(3):
        arrives(office.teacher, FRIDAY)
    arrives(office.teacher, FRIDAY, Kind.ALLOWANCE)
    [(about, subject, text)] = look(FRIDAY + minutes(3))
    assert about == office.rectorat.key, "the desk that the feed names, and no other"
    assert subject == "I-Prof : 4 demandes sont arrivées"
    assert "Congé\N{NO-BREAK SPACE}: 3" in text
    assert "Indemnité\N{NO-BREAK SPACE}: 1" in text
    assert f"{reverse('career:desk-requests')}?demande=conge" in text
    assert reverse("career:desk-news") in text
    assert "4 demandes attendent une décision." in text
    for secret in (office.teacher.person.last_name, office.teacher.person.first_name, office.teacher.address):
        assert secret not in text + subject


def test_half_an_hour_is_gathered(office: Office) -> None:
    arrives(office.teacher, FRIDAY)
    assert told(FRIDAY + minutes(2)) == {office.rectorat.key}
    assert told(FRIDAY + minutes(7)) == set(), "nothing new"
    arrives(office.teacher, FRIDAY + minutes(8))
    arrives(office.teacher, FRIDAY + minutes(20))
    assert told(FRIDAY + minutes(22)) == set(), "too early"
    [(_about, subject, _text)] = look(FRIDAY + minutes(33))
    assert subject == "I-Prof : 2 demandes sont arrivées"
    assert told(FRIDAY + minutes(90)) == set()


def test_what_was_sent_a_moment_ago_waits_and_is_not_lost(office: Office) -> None:
    """Its row may bear an hour at which another look has passed already."""
    arrives(office.teacher, FRIDAY)
    assert told(FRIDAY + timedelta(seconds=20)) == set()
    assert told(FRIDAY + minutes(5)) == {office.rectorat.key}


def test_what_is_withdrawn_or_decided_meanwhile_is_not_told(office: Office) -> None:
    for state in (State.WITHDRAWN, State.ACCEPTED, State.ASKED):
        one = arrives(office.teacher, FRIDAY)
        ServiceRequest.objects.filter(pk=one.pk).update(state=state)
    assert look(FRIDAY + minutes(3)) == []


def test_each_morning_once_on_working_days(office: Office) -> None:
    officer_digests.save_manner(office.rectorat, Manner.MORNING, now=FRIDAY)
    arrives(office.teacher, FRIDAY + minutes(60))
    assert told(FRIDAY + minutes(65)) == set()
    saturday, monday = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)
    assert told(saturday) == set()
    arrives(office.teacher, saturday)
    assert told(monday.replace(hour=6, minute=55)) == set()
    [(_about, subject, _text)] = look(monday.replace(hour=7, minute=2))
    assert subject == "I-Prof : 2 demandes sont arrivées"
    arrives(office.teacher, monday)
    assert told(monday + minutes(30)) == set(), "once a day"
    assert told(monday.replace(hour=7, minute=2) + timedelta(days=1)) == {office.rectorat.key}


def test_a_morning_without_news_brings_no_mail(office: Office) -> None:
    officer_digests.save_manner(office.rectorat, Manner.MORNING, now=FRIDAY)
    assert look(FRIDAY.replace(hour=7, minute=2) + timedelta(days=3)) == []


def test_whoever_wants_none_has_none_and_later_only_what_is_new(office: Office) -> None:
    officer_digests.save_manner(office.rectorat, Manner.NEVER, now=FRIDAY)
    arrives(office.teacher, FRIDAY + minutes(1))
    assert look(FRIDAY + minutes(10)) == []
    officer_digests.save_manner(office.rectorat, Manner.SOON, now=FRIDAY + minutes(20))
    assert look(FRIDAY + minutes(25)) == [], "it is in the queue already"


def test_without_a_desk_the_departments_officers_hear_of_it(office: Office) -> None:
    Person.objects.filter(pk=office.teacher.person.pk).update(officer="Bureau que personne ne tient")
    arrives(office.teacher, FRIDAY)
    assert told(FRIDAY + minutes(3)) == {office.somme.key}


def test_where_nobody_of_the_department_is_there_the_rectorat_hears(office: Office) -> None:
    elsewhere = make_account(make_person("Karim", "Belkacem"))
    Person.objects.filter(pk=elsewhere.person.pk).update(department="02", officer=None)
    arrives(elsewhere, FRIDAY)
    assert told(FRIDAY + minutes(3)) == {office.rectorat.key}


def test_nobody_hears_of_their_own_request(office: Office) -> None:
    Person.objects.filter(pk=office.rectorat.person.pk).update(officer=DESK)
    arrives(office.rectorat, FRIDAY)
    assert told(FRIDAY + minutes(3)) == {office.somme.key}


def test_two_looks_at_once_would_tell_once(office: Office) -> None:
    arrives(office.teacher, FRIDAY)
    assert len(look(FRIDAY + minutes(3))) == 1
    assert look(FRIDAY + minutes(3)) == []


def test_questions_do_not_grow_with_requests(office: Office, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_account(make_officer("Paule", "Roger", "0801001F", "rectorat", "80", "Autre bureau"))
    for number in range(40):
        arrives(office.teacher, FRIDAY + timedelta(seconds=number))
    with django_assert_num_queries(22):
        officer_digests.send_digests("", FRIDAY + minutes(3))


def test_the_preference_is_a_page_of_the_officers(office: Office, enter: Enter) -> None:
    page = reverse("career:desk-news")
    assert enter(office.teacher).get(page).status_code == 404
    browser = enter(office.rectorat)
    assert [chosen for _v, _l, _h, chosen in browser.get(page).context["choices"]] == [True, False, False]
    assert browser.post(page, {"manner": "hourly"}).status_code == 422
    assert browser.post(page, {"manner": "never"}).status_code == 302
    assert officer_digests.manner_of(office.rectorat) is Manner.NEVER
    assert [chosen for _v, _l, _h, chosen in browser.get(page).context["choices"]] == [False, False, True]
    assert officer_digests.manner_of(office.somme) is Manner.SOON, "of one's own alone"


@pytest.mark.parametrize("state", ["locked", "gone"])
def test_whose_mailbox_is_shut_gets_no_mail(office: Office, state: str) -> None:
    if state == "locked":
        Account.objects.filter(pk=office.rectorat.pk).update(locked_at=FRIDAY)
    else:
        Account.objects.filter(pk=office.rectorat.pk).update(state=Account.State.CLOSED)
    arrives(office.teacher, FRIDAY)
    assert told(FRIDAY + minutes(3)) == {office.somme.key}
