"""Sign-out everywhere: each application hears at once, none waits for another, and who was down hears later."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from django.conf import settings as live
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.lifecycle import closure
from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.ports import mail_holders, rules_rollback, sent_list
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.clock import urgent_jobs
from vaguemestre.sso import application_sessions
from vaguemestre.sso.logout import delivery_queues, logout_message, logout_notifications, outbound_http
from vaguemestre.sso.models import ApplicationSession, Farewell, Protocol, ServiceTicket
from vaguemestre.sso.subject_identifiers import subject_of
from vaguemestre.sso.testing import RelyingParty, make_application
from vaguemestre.sso.tests.listening import listening, nobody, silent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("daemons")]
SERVICE = "https://notes.example/entree"


def nothing_found(*_anything: object) -> list[Any]:
    return []


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


@pytest.fixture
def tasks() -> Iterator[None]:
    """What the tasks process runs."""
    stop = threading.Event()
    thread = threading.Thread(target=urgent_jobs.loop, args=(stop,))
    thread.start()
    yield
    stop.set()
    urgent_jobs.knock()
    thread.join()
    delivery_queues.wait_for_queues(20)


def session_of(account: Account) -> Session:
    sign_in(Client(), account)
    return Session.objects.filter(account=account).latest("created_at")


def visited(session: Session, told: str, **facts: Any) -> ApplicationSession:
    application = make_application(backchannel_logout_uri=told, own=True, **facts)
    return application_sessions.note_application_session(
        session.account, session.pk, application, Protocol.OIDC, now=timezone.now()
    )


def by_cas(session: Session, service: str, ticket: str) -> ApplicationSession:
    application = make_application(protocol=Protocol.CAS, cas_services=[service], own=True)
    visit = application_sessions.note_application_session(
        session.account, session.pk, application, Protocol.CAS, ticket, now=timezone.now()
    )
    ServiceTicket.objects.create(
        digest=ticket, account=session.account, session=session.pk, application=application, service=service,
        fresh=True, expires_at=timezone.now(), used_at=timezone.now(), visit=visit,
    )  # fmt: skip
    return visit


def send_waiting() -> None:
    logout_notifications.send_waiting(timezone.now())
    delivery_queues.wait_for_queues(20)


def in_the_end(truth: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_token_is_what_the_specification_asks_for(account: Account, client: Client) -> None:
    with listening() as application:
        visit = visited(session_of(account), f"{application.url}/fin?a=b")
        sessions.end_sessions(account)
        send_waiting()
    [(path, form)] = application.heard
    assert path == "/fin?a=b"
    token = form["logout_token"]
    head = jwt.get_unverified_header(token)
    assert (head["typ"], head["alg"]) == ("logout+jwt", "RS256")
    published = jwt.PyJWKSet.from_dict(client.get("/sso/keys/").json())
    told = jwt.decode(
        token, published[head["kid"]].key, algorithms=["RS256"], issuer=live.ORIGIN,
        audience=visit.application.client_id, options={"require": ["exp", "iat", "jti"]},
    )  # fmt: skip
    assert told["sub"] == subject_of(account)
    assert UUID(told["sid"]) == visit.sid
    assert told["events"] == {logout_message.EVENT: {}}
    assert "nonce" not in told
    assert told["exp"] - told["iat"] <= 120
    assert account.key not in str(told)


def test_no_token_is_the_same_as_another(account: Account) -> None:
    visit, now = visited(session_of(account), nobody()), timezone.now()
    first, second = (
        jwt.decode(logout_message.logout_token(visit, now=now), options={"verify_signature": False}) for _ in range(2)
    )
    assert first["jti"] != second["jti"]


def test_cas_hears_which_ticket(account: Account) -> None:
    with listening() as application:
        application.status, application.headers = 302, {"Location": f"{application.url}/ailleurs"}
        by_cas(session_of(account), f"{application.url}/entree?x=1", "ST-essai")
        sessions.end_sessions(account)
        send_waiting()
    [(path, form)] = application.heard
    assert path == "/entree?x=1"
    assert "<samlp:SessionIndex>ST-essai</samlp:SessionIndex>" in form["logoutRequest"]
    assert Farewell.objects.get().done_at is not None


def test_nobody_waits_for_one_that_is_silent(account: Account, tasks: None) -> None:
    """The worst way to be down: the connection is taken, and then nothing. How fast it is, is measured in `bench/`."""
    with silent() as dead, listening() as one, listening() as two:
        session = session_of(account)
        for address in (f"{dead}/fin", f"{one.url}/fin", nobody(), f"{two.url}/fin"):
            visited(session, address)
        by_cas(session, f"{two.url}/cas", "ST-essai")
        sessions.end_session(session)
        in_the_end(lambda: len(one.heard) == 1 and len(two.heard) == 2)
        in_the_end(lambda: Farewell.objects.filter(done_at=None).exclude(last_error="").count() == 2)
    assert not ApplicationSession.objects.filter(ended_at=None).exists()


def test_one_that_was_down_hears_when_it_is_back(account: Account) -> None:
    away = nobody()
    visited(session_of(account), f"{away}/fin")
    sessions.end_sessions(account)
    send_waiting()
    waits = Farewell.objects.get()
    assert (waits.tries, waits.done_at, waits.last_error) == (1, None, "ConnectionRefusedError")
    assert waits.next_at
    logout_notifications.send_waiting(waits.next_at - timedelta(seconds=1))
    delivery_queues.wait_for_queues(20)
    assert Farewell.objects.get().tries == 1
    Farewell.objects.update(next_at=timezone.now())
    with listening(int(away.rpartition(":")[2])) as back:
        send_waiting()
        assert len(back.heard) == 1
    told = Farewell.objects.get()
    assert told.done_at
    assert (told.next_at, told.last_error) == (None, "")


def test_pauses_grow_and_come_to_an_end(account: Account) -> None:
    visited(session_of(account), nobody())
    sessions.end_sessions(account)
    pauses = []
    for _try in range(9):
        send_waiting()
        waits = Farewell.objects.get()
        assert waits.next_at
        pauses.append((waits.next_at - timezone.now()).total_seconds())
        Farewell.objects.update(next_at=timezone.now())
    assert [round(pause) for pause in pauses] == [2, 5, 15, 60, 180, 600, 1800, 1800, 1800]
    Farewell.objects.update(asked_at=timezone.now() - delivery_queues.GIVE_UP)
    send_waiting()
    assert Farewell.objects.filter(done_at=None, next_at=None).exists()


def test_whoever_is_down_is_asked_once_for_all(account: Account) -> None:
    """A thousand people who leave at five o'clock are not a thousand connections to a server that is down."""
    session, away = session_of(account), nobody()
    visit = visited(session, away)
    for number in range(30):
        other = application_sessions.note_application_session(
            account, f"{number:064}", visit.application, Protocol.OIDC, now=timezone.now()
        )
        Farewell.objects.create(visit=other, asked_at=timezone.now(), next_at=timezone.now())
    send_waiting()
    assert sum(Farewell.objects.values_list("tries", flat=True)) <= 2 * delivery_queues.WIDTH
    assert not Farewell.objects.filter(next_at__lte=timezone.now()).exists()


def test_once_it_answers_all_that_wait_are_told(account: Account) -> None:
    with listening() as back:
        visit = visited(session_of(account), f"{back.url}/fin")
        later = timezone.now() + timedelta(minutes=30)
        for number in range(20):
            other = application_sessions.note_application_session(
                account, f"{number:064}", visit.application, Protocol.OIDC, now=timezone.now()
            )
            Farewell.objects.create(
                visit=other, asked_at=timezone.now(), next_at=later, tries=5, last_error="ConnectionRefusedError"
            )
        Farewell.objects.filter(pk=Farewell.objects.first().pk).update(next_at=timezone.now())  # type: ignore[union-attr]
        send_waiting()
        send_waiting()
    assert not Farewell.objects.filter(done_at=None).exists()


def test_an_answer_that_refuses_puts_only_that_one_off(account: Account) -> None:
    with listening() as odd:
        odd.status = 400
        session = session_of(account)
        visit = visited(session, f"{odd.url}/fin")
        application_sessions.note_application_session(
            account, "0" * 64, visit.application, Protocol.OIDC, now=timezone.now()
        )
        logout_notifications.end_application_sessions(ApplicationSession.objects.all(), now=timezone.now())
        send_waiting()
        assert len(odd.heard) == 2
    assert {waits.last_error for waits in Farewell.objects.all()} == {"status 400"}


def test_a_redirection_is_no_ear_for_openid(account: Account) -> None:
    with listening() as odd, listening() as elsewhere:
        odd.status, odd.headers = 307, {"Location": f"{elsewhere.url}/"}
        visited(session_of(account), f"{odd.url}/fin")
        sessions.end_sessions(account)
        send_waiting()
    assert elsewhere.heard == []
    assert Farewell.objects.get().last_error == "status 307"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/", "https://moi:mot@127.0.0.1:9/", "https://127.0.0.1:99999/", "ftp://127.0.0.1/", "https://",
        "https://127.0.0.1:9/#x", "nulle part",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_never_spoken_to(account: Account, address: str) -> None:
    visited(session_of(account), address)
    sessions.end_sessions(account)
    send_waiting()
    waits = Farewell.objects.get()
    assert waits.is_late
    assert waits.tries == 1


def test_a_demo_speaks_to_this_machine_and_production_to_the_others(settings: Settings) -> None:
    inside = ("127.0.0.1", "::1")
    outside = ("10.1.2.3", "192.0.2.7", "2001:db8::7")
    never = ("169.254.169.254", "fe80::1%eth0", "0.0.0.0", "224.0.0.1", *inside)  # noqa: S104 - refused, not bound
    assert all(outbound_http.is_reachable(address, "appli.example") for address in inside)
    assert not any(outbound_http.is_reachable(address, "appli.example") for address in outside)
    settings.APPLICATIONS = {"ca": None, "inside_only": False}
    assert all(outbound_http.is_reachable(address, "appli.example") for address in outside)
    assert not any(outbound_http.is_reachable(address, "appli.example") for address in never)
    settings.ORIGIN = "https://portail.example"
    assert outbound_http.is_reachable("127.0.0.1", "portail.example")


def test_a_certificate_of_nobody_is_not_spoken_to(account: Account, settings: Settings) -> None:
    outbound_http._trusted_authorities.cache_clear()
    settings.APPLICATIONS = {"ca": None, "inside_only": True}
    try:
        with listening() as stranger:
            visited(session_of(account), f"{stranger.url}/fin")
            sessions.end_sessions(account)
            send_waiting()
            assert stranger.heard == []
    finally:
        outbound_http._trusted_authorities.cache_clear()
    assert Farewell.objects.get().last_error.startswith("certificate")


def test_closing_an_account_and_the_shutdown_tell_applications(account: Account, rewired: ExitStack) -> None:
    rewired.enter_context(rules_rollback.replaced(nothing_found))
    rewired.enter_context(sent_list.replaced(nothing_found))
    rewired.enter_context(mail_holders.replaced())
    leaver = make_account("Pierre", "Parti")
    with listening() as application:
        stays = visited(session_of(make_account("Karim", "Reste")), f"{application.url}/fin")
        for one in (account, leaver):
            visited(session_of(one), f"{application.url}/fin")
        account_shutdown.shut_account_down(account, by="agent", office="DSDEN", reason="x", now=timezone.now())
        closure.close_accounts([leaver], on=timezone.localdate(), now=timezone.now())
        send_waiting()
        assert len(application.heard) == 2
    assert ApplicationSession.objects.filter(ended_at=None).get() == stays


def test_an_act_that_is_undone_ends_nothing(account: Account) -> None:
    session = session_of(account)
    visited(session, nobody())
    with transaction.atomic():
        sessions.end_session(session)
        transaction.set_rollback(True)
    assert not Farewell.objects.exists()
    assert ApplicationSession.objects.get().ended_at is None


def test_the_end_of_the_day_ends_applications_by_the_clock(account: Account) -> None:
    session, now = session_of(account), timezone.now()
    visited(session, nobody())
    logout_notifications.look_after("", now)
    assert ApplicationSession.objects.get().ended_at is None
    logout_notifications.look_after("", session.expires_at)
    assert ApplicationSession.objects.get().ended_at == session.expires_at


def test_what_was_missed_is_made_good_by_the_clock(account: Account) -> None:
    session = session_of(account)
    visited(session, nobody())
    Session.objects.all().delete()  # as an act of another version would
    logout_notifications.look_after("", timezone.now())
    assert Farewell.objects.count() == 1


def test_tokens_end_with_the_session(account: Account) -> None:
    browser = Client()
    sign_in(browser, account)
    relying = RelyingParty(make_application(own=True))
    given = relying.tokens(browser)
    browser.post("/session/fin/")
    assert relying.refresh(Client(), given["refresh_token"]).status_code == 400
    assert ApplicationSession.objects.get().ended_at


def test_the_page_says_which_could_not_be_told(account: Account) -> None:
    browser = Client()
    with listening() as well:
        sign_in(browser, account)
        session = Session.objects.get()
        visited(session, f"{well.url}/fin", name="Cahier de textes")
        visited(session, nobody(), name="Notes")
        visited(session, "", name="Bulletins")
        browser.post("/session/fin/")
        page = browser.get("/session/?fin=1").content.decode()
        assert "/sso/deconnexion/" in page
        under_way = browser.get("/sso/deconnexion/", headers={"HX-Request": "true"}).content.decode()
        assert "Nous fermons Cahier de textes, Notes" in under_way
        send_waiting()
    page = browser.get("/sso/deconnexion/").content.decode()
    assert "Cahier de textes" in page
    assert "Nous n’avons pas encore pu fermer Notes." in page
    assert "Quittez Bulletins vous-même." in page


def test_the_page_says_nothing_to_anybody_else(account: Account) -> None:
    visited(session_of(account), nobody(), name="Notes")
    sessions.end_sessions(account)
    stranger = Client()
    assert stranger.get("/sso/deconnexion/").status_code == 302
    assert stranger.get("/sso/deconnexion/", headers={"HX-Request": "true"}).content == b""
    stranger.cookies["__Host-ended"] = ApplicationSession.objects.get().session
    assert stranger.get("/sso/deconnexion/").status_code == 302


def test_who_left_without_applications_is_asked_nothing_more(account: Account) -> None:
    browser = Client()
    sign_in(browser, account)
    browser.post("/session/fin/")
    assert "/sso/deconnexion/" not in browser.get("/session/?fin=1").content.decode()


def test_an_operator_who_knows_it_is_back_need_not_wait(account: Account) -> None:
    visit = visited(session_of(account), nobody())
    sessions.end_sessions(account)
    send_waiting()
    [row] = logout_notifications.by_application()
    assert (row.application, row.sessions, row.error) == (visit.application, 1, "ConnectionRefusedError")
    Farewell.objects.update(next_at=None)
    assert logout_notifications.by_application()[0].next_at is None
    logout_notifications.try_now(visit.application_id, by="agent", now=timezone.now())
    send_waiting()
    assert Farewell.objects.get().tries == 2


def test_what_the_first_one_needs_is_there_before_it() -> None:
    """The tasks process looks each second: keys and authorities are read by a look at which nothing waits."""
    logout_message.load_keys.cache_clear()
    outbound_http._trusted_authorities.cache_clear()
    logout_notifications.send_waiting(timezone.now())
    assert outbound_http._trusted_authorities.cache_info().currsize == 1
