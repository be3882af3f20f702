"""What is open ends when the right to it does, for that application alone: at the act, and by the clock for dates."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.arrivals import feed_effects
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.people.models import Person, Posting
from vaguemestre.people.ports import feed_followers
from vaguemestre.sso import application_sessions
from vaguemestre.sso.arena import delegations
from vaguemestre.sso.logout import access_revocation
from vaguemestre.sso.models import Application, ApplicationSession, Audience, Delegation, Farewell, Protocol
from vaguemestre.sso.openid import grant_validity
from vaguemestre.sso.registry import applications
from vaguemestre.sso.registry.applications import Registration, RegistrationRow
from vaguemestre.sso.testing import RelyingParty, make_application
from vaguemestre.testing import Cast, make_account, make_person, make_school

pytestmark = pytest.mark.django_db
TOLD = "https://appli.example.fr/fin"
KEEP_UP, OVER = access_revocation.KEEP_UP.name, access_revocation.DELEGATION_OVER.name


@pytest.fixture
def onde() -> Application:
    return make_application(
        "ONDE", seen_by={"category": "CHEF"}, delegable=True, slug="onde", own=True, backchannel_logout_uri=TOLD
    )


@pytest.fixture
def iprof() -> Application:
    return make_application("I-Prof", own=True, backchannel_logout_uri=TOLD)


@pytest.fixture
def lent(cast: Cast, onde: Application) -> Delegation:
    now = timezone.now()
    return delegations.delegate(cast.head, cast.teacher, onde, make_school(), ends=now + timedelta(minutes=90), now=now)


def opened(account: Account, application: Application, protocol: Protocol = Protocol.OIDC) -> ApplicationSession:
    sign_in(Client(), account)
    session = Session.objects.filter(account=account).latest("created_at")
    return application_sessions.note_application_session(account, session.pk, application, protocol, now=timezone.now())


def is_over(visit: ApplicationSession) -> bool:
    """It has ended, and the application is being told."""
    visit.refresh_from_db()
    told = Farewell.objects.filter(visit=visit).exists()
    assert told == (visit.ended_at is not None)
    return told


def look(now: datetime | None = None) -> None:
    access_revocation.end_revoked_due("", now or timezone.now())


def test_taken_back_it_is_told_at_once_and_nothing_else_is(
    cast: Cast, onde: Application, iprof: Application, lent: Delegation
) -> None:
    there, beside, head = opened(cast.teacher, onde), opened(cast.teacher, iprof), opened(cast.head, onde)
    delegations.withdraw_delegation(lent, by=cast.head, now=timezone.now())
    assert is_over(there)
    assert not is_over(beside)
    assert not is_over(head)
    assert Session.objects.filter(account=cast.teacher).exists()
    entry = Entry.objects.get(act="sso.right-ended")
    assert (entry.actor, entry.subject, entry.details) == ("system", cast.teacher.key, {"application": "onde"})
    assert not Due.objects.filter(job=OVER).exists()


def test_a_delegation_that_is_over_is_told_by_the_clock_at_its_second(
    cast: Cast, onde: Application, lent: Delegation
) -> None:
    there = opened(cast.teacher, onde)
    Due.objects.exclude(job=OVER).delete()
    due.run(lent.ends - timedelta(seconds=1))
    assert not is_over(there)
    assert due.run(lent.ends) == 1
    assert is_over(there)


def test_whoever_may_be_there_otherwise_stays(cast: Cast, onde: Application, lent: Delegation) -> None:
    there = opened(cast.teacher, onde)
    Audience.objects.create(application=onde, uai="0801234A", function="ENS")
    delegations.withdraw_delegation(lent, by=cast.head, now=timezone.now())
    assert not is_over(there)


def test_a_delegation_put_off_keeps_what_is_open(cast: Cast, onde: Application, lent: Delegation) -> None:
    there, now = opened(cast.teacher, onde), timezone.now()
    delegations.delegate(cast.head, cast.teacher, onde, make_school(), ends=now + timedelta(days=2), now=now)
    due.run(lent.ends)
    assert not is_over(there)
    due.run(now + timedelta(days=2))
    assert is_over(there)


@pytest.mark.parametrize("who", ["head", "teacher"])
def test_a_post_ends_with_its_day(cast: Cast, onde: Application, lent: Delegation, who: str) -> None:
    there, today = opened(cast.teacher, onde), timezone.localdate()
    Delegation.objects.update(ends=timezone.now() + timedelta(days=9))
    Posting.objects.filter(person=getattr(cast, who).person).update(ends=today)
    look(midnight(today + timedelta(days=1)) - timedelta(seconds=1))
    assert not is_over(there)
    look(midnight(today + timedelta(days=1)))
    assert is_over(there)


def test_the_clock_comes_each_hour_and_at_midnight() -> None:
    for hour, again in ((9, midnight(date(2026, 6, 3)) + timedelta(hours=10)), (23.5, midnight(date(2026, 6, 4)))):
        moment = midnight(date(2026, 6, 3)) + timedelta(hours=hour)
        due.at(moment, access_revocation.KEEP_UP, "")
        due.run(moment)
        assert Due.objects.get(job=KEEP_UP).at == again


def test_an_hr_feed_is_followed_at_once(cast: Cast, onde: Application) -> None:
    there, stays = opened(cast.head, onde), opened(cast.head, make_application(own=True, backchannel_logout_uri=TOLD))
    Person.objects.filter(pk=cast.head.person.pk).update(category="CERT")
    now = timezone.now()
    with feed_followers.replaced(access_revocation.KEEP_UP):
        feed_effects.tell_followers(now)
    due.run(now)
    assert is_over(there)
    assert not is_over(stays)


@pytest.mark.parametrize("change", [{"department": "02"}, {"category": "AESH"}], ids=str)
def test_what_hr_says_of_the_person(cast: Cast, iprof: Application, change: dict[str, str]) -> None:
    Audience.objects.filter(application=iprof).update(department="80", category="CERT")
    there = opened(cast.teacher, iprof)
    look()
    assert not is_over(there)
    Person.objects.filter(pk=cast.teacher.person.pk).update(**change)
    look()
    assert is_over(there)


@pytest.mark.parametrize("change", [{"function": "ADJ"}, {"uai": "0021111B"}], ids=str)
def test_what_hr_says_of_the_post(cast: Cast, iprof: Application, change: dict[str, str]) -> None:
    make_school("0021111B")
    Audience.objects.filter(application=iprof).update(function="ENS", uai="0801234A")
    there = opened(cast.teacher, iprof)
    look()
    assert not is_over(there)
    facts = {"school" if name == "uai" else name: value for name, value in change.items()}
    Posting.objects.filter(person=cast.teacher.person_id).update(
        **{"school_id" if name == "school" else name: value for name, value in facts.items()}
    )
    look()
    assert is_over(there)


FACTS = Registration(
    slug="notes", name="Notes", summary="Notes.", domain="scolarite-2d", protocol=Protocol.OIDC,
    home="https://notes.example/", redirects=["https://notes.example/retour"], backchannel=TOLD, delegable=True,
    audience=[RegistrationRow(department="80")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ({"audience": [RegistrationRow(department="02")]}, True), ({"audience": []}, True),
        ({"protocol": Protocol.CAS}, True),
        ({"audience": [RegistrationRow()]}, False), ({"name": "Notes 2"}, False),
    ],
    ids=str,
)  # fmt: skip
def test_the_registry_ends_what_it_takes_away(cast: Cast, change: dict[str, Any], ends: bool) -> None:
    notes, _secret = applications.register_application(FACTS, by="a")
    there = opened(cast.teacher, notes)
    applications.change_application(notes, replace(FACTS, **change), by="a")
    assert is_over(there) == ends


def test_an_application_that_asks_for_two_factors_from_now_on(cast: Cast) -> None:
    """Whoever came in with a password alone leaves it, and shows the other one to come back."""
    notes, _secret = applications.register_application(FACTS, by="a")
    there = opened(cast.teacher, notes)
    sign_in(Client(), cast.teacher, strong=True)
    session = Session.objects.get(account=cast.teacher, strong=True)
    stays = application_sessions.note_application_session(
        cast.teacher, session.pk, notes, Protocol.OIDC, now=timezone.now()
    )
    applications.change_application(notes, replace(FACTS, needs_key=True), by="a")
    assert is_over(there)
    assert not is_over(stays)
    Session.objects.filter(pk=session.pk).update(by_text=True)
    look()
    assert is_over(stays)


def test_no_token_stands_on_a_session_that_owes_a_factor(cast: Cast, iprof: Application) -> None:
    there, now = opened(cast.teacher, iprof), timezone.now()
    assert grant_validity.session_behind(there, now)
    Application.objects.filter(pk=iprof.pk).update(needs_key=True)
    assert not grant_validity.session_behind(ApplicationSession.objects.get(pk=there.pk), now)
    Application.objects.filter(pk=iprof.pk).update(needs_key=False)
    Session.objects.update(factor_due=True)
    assert not grant_validity.session_behind(ApplicationSession.objects.get(pk=there.pk), now)


def test_no_longer_delegated_to_anybody(cast: Cast) -> None:
    facts = replace(FACTS, audience=[RegistrationRow(category="CHEF")])
    notes, _secret = applications.register_application(facts, by="a")
    now = timezone.now()
    delegations.delegate(cast.head, cast.teacher, notes, make_school(), ends=now + timedelta(days=1), now=now)
    there, head = opened(cast.teacher, notes), opened(cast.head, notes)
    applications.change_application(notes, replace(facts, delegable=False), by="a")
    assert is_over(there)
    assert not is_over(head)


def test_withdrawn_it_is_left_by_everybody(cast: Cast, onde: Application, iprof: Application) -> None:
    there, beside = opened(cast.head, onde), opened(cast.head, iprof)
    applications.close_application(onde, by="a")
    assert is_over(there)
    assert not is_over(beside)


def test_under_maintenance_nobody_is_sent_away(cast: Cast, onde: Application) -> None:
    there = opened(cast.head, onde)
    applications.begin_maintenance(onde, "Mise à jour", None, by="a")
    look()
    assert not is_over(there)


def test_its_tokens_end_with_it(cast: Cast) -> None:
    relying, browser, outside = RelyingParty(make_application(own=True)), Client(), Client()
    sign_in(browser, cast.teacher)
    given = relying.tokens(browser)
    applications.close_application(relying.application, by="a")
    applications.reopen_application(relying.application, by="a")
    assert relying.refresh(outside, given["refresh_token"]).status_code == 400


def test_however_many_are_open_the_queries_are_the_same(
    cast: Cast, onde: Application, iprof: Application, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        account = make_account(make_person("Agathe", f"Essai{number}"))
        opened(account, iprof)
        opened(account, onde)
    with django_assert_max_num_queries(25):
        look()
    assert ApplicationSession.objects.filter(ended_at=None).count() == 12
    assert Farewell.objects.count() == 12
