"""The administrator's page of what applications have not heard."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.sso import application_sessions
from vaguemestre.sso.models import Application, Farewell, Protocol
from vaguemestre.sso.testing import make_application
from vaguemestre.testing import make_account as make_posted, make_person, make_school

pytestmark = pytest.mark.django_db
PAGE = "/sso/deconnexions/"


def administrator(*, strong: bool = True) -> Client:
    desk, browser = make_school("0809001Z", kind="rectorat"), Client()
    account = make_posted(make_person("Ada", "Ministre", category="ADMR", function="ADMIN", school=desk))
    sign_in(browser, account, strong=strong)
    return browser


def late(application: Application, account: Account, count: int, *, given_up: bool = False) -> None:
    now = timezone.now()
    for number in range(count):
        session = f"{application.pk}-{number}"
        visit = application_sessions.note_application_session(account, session, application, Protocol.OIDC, now=now)
        again = None if given_up else now + timedelta(minutes=10)
        Farewell.objects.create(visit=visit, asked_at=now, tries=4, next_at=again, last_error="ConnectionRefusedError")


def test_which_and_why(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    account, browser = make_account(), administrator()
    late(make_application("Cahier"), account, 12)
    late(make_application("Notes"), account, 1, given_up=True)
    with django_assert_max_num_queries(5):
        page = browser.get(PAGE).content.decode()
    assert "Cahier" in page
    assert "12 sessions, la première depuis le" in page
    assert "Abandonné après un jour." in page
    assert page.count("ConnectionRefusedError") == 2
    assert account.identifier not in page


def test_now_means_now() -> None:
    account, browser = make_account(), administrator()
    cahier, notes = make_application("Cahier"), make_application("Notes")
    late(cahier, account, 2, given_up=True)
    late(notes, account, 1)
    assert browser.post(f"{PAGE}{cahier.slug}/essai/").headers["Location"] == PAGE
    due = Farewell.objects.filter(next_at__lte=timezone.now())
    assert {one.visit.application for one in due} == {cahier}
    assert Entry.objects.filter(act="sso.farewells-again", subject=cahier.slug).exists()
    assert browser.post(f"{PAGE}nulle-part/essai/").status_code == 404


def test_nothing_waits() -> None:
    assert "Chaque application a appris chaque déconnexion." in administrator().get(PAGE).content.decode()


def test_nobody_else(client: Client) -> None:
    sign_in(client, make_account(), strong=True)
    application = make_application()
    for browser, status in ((client, 404), (administrator(strong=False), 302)):
        assert browser.get(PAGE).status_code == status
        assert browser.post(f"{PAGE}{application.slug}/essai/").status_code == status
