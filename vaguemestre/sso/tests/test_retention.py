"""What is kept no longer than it serves, each kind at its hour; and what goes with an account."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Model
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import make_account
from vaguemestre.sso import application_sessions, purge, retention
from vaguemestre.sso.arena import tile_queries
from vaguemestre.sso.models import (
    AccessToken,
    ApplicationSession,
    Code,
    Consent,
    Farewell,
    Favourite,
    Opening,
    Protocol,
    QuickLink,
    RefreshToken,
    ServiceTicket,
    Subject,
)
from vaguemestre.sso.openid import consents, tokens
from vaguemestre.sso.subject_identifiers import subject_of
from vaguemestre.sso.testing import make_application

pytestmark = pytest.mark.django_db
NOW = timezone.now()
A_SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)
GIVEN = (Code, AccessToken, RefreshToken, Farewell, ServiceTicket)


def a_visit(account: Account, session: str = "s", *, opened_at: datetime = NOW) -> ApplicationSession:
    """An application was opened, was given everything there is, and has not been told yet that it is over."""
    application = make_application()
    visit = application_sessions.note_application_session(account, session, application, Protocol.OIDC, now=opened_at)
    facts = {"visit": visit, "scope": "openid"}
    Code.objects.create(digest=f"code {session}", redirect_uri="x", challenge="x", expires_at=NOW, **facts)
    tokens.give_access(f"access {session}", visit, Code.objects.get(visit=visit).family, "openid", now=NOW)
    tokens.give_refresh(f"refresh {session}", visit, Code.objects.get(visit=visit).family, "openid", now=NOW)
    Farewell.objects.create(visit=visit, asked_at=NOW, next_at=NOW)
    a_ticket(visit, f"used {session}", visit=visit, used_at=NOW)
    return visit


def a_ticket(opened: ApplicationSession, digest: str, **facts: object) -> None:
    ServiceTicket.objects.create(
        digest=digest, account=opened.account, session=opened.session, application=opened.application,
        service="https://x.example/", fresh=False, expires_at=NOW, **facts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "life"),
    [
        (Code, A_DAY), (AccessToken, tokens.ACCESS_LIFE), (RefreshToken, A_DAY),
        (ApplicationSession, timedelta(days=90)), (Farewell, timedelta(days=90)), (ServiceTicket, timedelta(days=90)),
    ],
)  # fmt: skip
def test_each_kind_at_its_hour(account: Account, table: type[Model], life: timedelta) -> None:
    a_visit(account)
    retention.sweep("", NOW + life)
    assert table._default_manager.count() == 1
    retention.sweep("", NOW + life + A_SECOND)
    assert not table._default_manager.exists()


def test_a_ticket_that_opened_nothing_goes_after_a_day(account: Account) -> None:
    visit = a_visit(account)
    a_ticket(visit, "never shown")
    a_ticket(visit, "shown wrongly", used_at=NOW)
    retention.sweep("", NOW + A_DAY)
    assert ServiceTicket.objects.count() == 3
    retention.sweep("", NOW + A_DAY + A_SECOND)
    assert ServiceTicket.objects.get().visit == visit  # single logout names it


def test_what_the_next_one_still_has_stays(account: Account) -> None:
    a_visit(account, "old", opened_at=NOW - timedelta(days=91))
    a_visit(account, "new")
    retention.sweep("", NOW)
    assert ApplicationSession.objects.get().session == "new"
    assert [table.objects.count() for table in GIVEN] == [1, 1, 1, 1, 1]


def test_with_an_account_goes_all_but_its_name(account: Account) -> None:
    """Nobody else may ever be called so by an application; a colleague keeps what is theirs."""
    stays = make_account("Karim", "Reste")
    for one in (account, stays):
        visit = a_visit(one, one.key)
        a_ticket(visit, f"spare {one.key}")
        subject_of(one)
        consents.give_consent(one, visit.application, ["profile"], now=NOW)
        tile_queries.note_opening(one, visit.application, NOW)
        tile_queries.add_favourite(one, visit.application)
        QuickLink.objects.create(account=one, application=visit.application, place=1)
    purge.forget_account(account.key, NOW)
    tile_queries.purge(account.key, NOW)
    mine = (ApplicationSession, Consent, ServiceTicket, Opening, Favourite, QuickLink)
    assert [table.objects.filter(account=account).count() for table in mine] == [0] * 6
    assert [table.objects.filter(account=stays).count() for table in mine] == [1, 1, 2, 1, 1, 1]
    assert [table.objects.count() for table in GIVEN] == [1, 1, 1, 1, 2]
    assert Subject.objects.filter(account=account).exists()
