"""A mail program is let in by its owner, who has just proved who they are; what it gets opens the mailbox and nothing
else, outlives the session, and ends as an application password does."""

import subprocess
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lifecycle import closure, lock
from vaguemestre.accounts.mail_access import app_passwords, portal_clients
from vaguemestre.accounts.models import Account, AppPassword, Notice, Session
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.engine import projection
from vaguemestre.sso import audience, retention
from vaguemestre.sso.logout import logout_notifications
from vaguemestre.sso.models import AccessToken, Application, Code, Consent, ProgramToken, RefreshToken
from vaguemestre.sso.openid import mail_clients, own_applications
from vaguemestre.sso.testing import MailProgram, RelyingParty, came_back, make_application, userinfo
from vaguemestre.testing import deliver, letter, make_mail_account, wait_for_mail


@pytest.fixture
def program(db: None) -> MailProgram:
    own_applications.keep_mail_programs()
    return MailProgram(Application.objects.get(slug=own_applications.THUNDERBIRD))


@pytest.fixture
def given(browser: Client, program: MailProgram) -> dict[str, Any]:
    return program.tokens(browser)


def refused(program: MailProgram, token: str, error: str = "invalid_grant") -> None:
    response: Any = program.refresh(Client(), token)
    assert (response.status_code, response.json()["error"]) == (400, error)


def test_through_the_portal_curl_reads_the_inbox(client: Client, program: MailProgram, daemons: None) -> None:
    person = make_mail_account()
    sign_in(client, person.account)
    given = program.tokens(client)
    projection.project([person.key])
    deliver(letter(person.address, subject="Conseil de classe"), person.address)
    wait_for_mail(person)
    host, port = settings.MAIL["imaps"]
    command = ["curl", "--silent", "--show-error", "--cacert", str(settings.MAIL["ca"]), "--user", f"{person.address}:"]
    command += [
        "--oauth2-bearer",
        given["access_token"],
        f"imaps://{host}:{port}/INBOX",
        "-X",
        "STATUS INBOX (MESSAGES)",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "MESSAGES 1" in done.stdout


def test_it_is_asked_in_words_each_time(browser: Client, program: MailProgram, account: Account) -> None:
    for _time in range(2):
        page = browser.get(program.request())
        assert page.status_code == 200
        for words in ("Thunderbird", account.address, "envoyer des messages en votre nom"):
            assert words in page.text
        program.tokens(browser)
    assert not Consent.objects.exists()
    assert came_back(browser.get(program.request(prompt="none")), program.redirect_uri)["error"] == "consent_required"


def test_what_it_gets(given: dict[str, Any], account: Account) -> None:
    assert (given["scope"], given["expires_in"], given["token_type"]) == ("mail", 3600, "Bearer")
    assert "id_token" not in given
    told = jwt.decode(given["access_token"], options={"verify_signature": False})
    row = AppPassword.objects.get()
    assert (told["aud"], told["scope"], told["app"], told["client_id"]) == (
        "dovecot",
        "mail",
        str(row.pk),
        "thunderbird",
    )
    assert account.key not in str(told)
    assert (row.name, row.by_portal, row.scope) == ("Thunderbird", True, "both")
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.exists()
    assert given["refresh_token"] not in str(ProgramToken.objects.values())


def test_its_owner_is_told(given: dict[str, Any], account: Account) -> None:
    assert Notice.objects.filter(account=account, details__change="program-let-in").exists()
    assert Entry.objects.filter(act="mail-program.let-in", subject=account.key).exists()


@pytest.mark.parametrize(("typed", "kept"), [
    ("  Thunderbird,\tbureau\n", "Thunderbird, bureau"), ("", "Thunderbird"), ("\u202e\u0000", "Thunderbird"),
    ("x" * 200, "x" * 60),
])  # fmt: skip
def test_the_name_that_its_owner_gives_it(browser: Client, program: MailProgram, typed: str, kept: str) -> None:
    code = came_back(program.let_in(browser, typed), program.redirect_uri)["code"]
    assert program.redeem(Client(), code).status_code == 200
    assert AppPassword.objects.get().name == kept


def test_refused_it_is_nothing(browser: Client, program: MailProgram) -> None:
    told = came_back(program.let_in(browser, answer="non"), program.redirect_uri)
    assert told["error"] == "access_denied"
    assert not Code.objects.exists()


def test_an_old_proof_is_renewed_first(browser: Client, program: MailProgram) -> None:
    Session.objects.update(proved_at=timezone.now() - timedelta(hours=1))
    for response in (browser.get(program.request()), program.let_in(browser)):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/session/confirmation/")
    silent = browser.get(program.request(prompt="none"))
    assert came_back(silent, program.redirect_uri)["error"] == "login_required"
    assert not Code.objects.exists()


def test_twenty_are_enough(browser: Client, program: MailProgram, account: Account) -> None:
    for number in range(app_passwords.MOST):
        portal_clients.admit_program(account, f"Programme {number}", now=timezone.now())
    for response in (browser.get(program.request()), program.let_in(browser)):
        assert response.status_code == 409
    assert not Code.objects.exists()


LOOPBACK = [
    "http://127.0.0.1",
    "http://127.0.0.1/",
    "http://127.0.0.1:8080/",
    "http://[::1]:65535/",
    "http://127.0.0.1:1/oauth/back",
]
NOT_LOOPBACK = [
    "https://127.0.0.1:8080/", "http://localhost:8080/", "http://127.0.0.1:65536/", "http://127.0.0.1:0/", "http://127.0.0.1:08/",
    "http://127.0.0.1:8080@mal.example/", "http://moi@127.0.0.1:8080/", "http://127.0.0.1.mal.example/", "http://127.0.0.2/",
    "http://127.0.0.1:8080/?a=1", "http://127.0.0.1:8080/#f", "http://127.0.0.1:8080/..", "http://127.0.0.1:8080\\@mal.example/",
    "http://127.0.0.1:8080//mal.example", "http://[::1%25lo]/", "HTTP://127.0.0.1/",
    "http://127.0.0.1:٨٠/", "http://127.1/",
    "",
    "urn:ietf:wg:oauth:2.0:oob", "javascript:alert(1)", "http://0.0.0.0:8080/", "http://127.0.0.1:8080/ ",
]  # fmt: skip


@pytest.mark.parametrize("address", LOOPBACK)
def test_it_listens_at_a_port_of_its_own_machine(browser: Client, program: MailProgram, address: str) -> None:
    program.redirect_uri = address
    assert browser.get(program.request()).status_code == 200


@pytest.mark.parametrize("address", NOT_LOOPBACK)
def test_and_nowhere_else(browser: Client, program: MailProgram, address: str) -> None:
    response = browser.get(program.request(redirect_uri=address))
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_the_port_of_the_token_is_that_of_the_code(browser: Client, program: MailProgram) -> None:
    code = program.code(browser)
    assert program.redeem(Client(), code, redirect_uri="http://127.0.0.1:50124/").status_code == 400


@pytest.mark.parametrize("changed", [
    {"scope": "openid"}, {"scope": "openid mail"}, {"scope": "mail profile"},
    {"code_challenge": None},
    {"code_challenge_method": "plain"},
])  # fmt: skip
def test_mail_alone_and_never_without_a_verifier(
    browser: Client, program: MailProgram, changed: dict[str, Any]
) -> None:
    assert "error" in came_back(browser.get(program.request(**changed)), program.redirect_uri)


def test_the_wrong_verifier(browser: Client, program: MailProgram) -> None:
    code = program.code(browser)
    assert program.redeem(Client(), code, code_verifier="x" * 60).status_code == 400
    assert not AppPassword.objects.exists()


def test_no_other_application_may_ask_for_mail(browser: Client) -> None:
    other = RelyingParty(make_application(own=True, scopes=["profile", "mail"]))
    other.application.scopes = ["profile"]
    other.application.save()
    assert came_back(browser.get(other.request(scope="openid mail")))["error"] == "invalid_scope"


def test_it_opens_no_application_and_no_application_s_token_is_its(
    browser: Client, given: dict[str, Any], program: MailProgram
) -> None:
    assert userinfo(Client(), given["access_token"]).status_code == 401
    other = RelyingParty(make_application(own=True))
    assert other.refresh(Client(), given["refresh_token"]).status_code == 400
    refused(program, other.tokens(browser)["refresh_token"])
    generic = MailProgram(Application.objects.get(slug=own_applications.ANY_PROGRAM))
    refused(generic, given["refresh_token"])
    assert program.refresh(Client(), given["refresh_token"]).status_code == 200


def test_a_new_refresh_token_each_time_and_the_same_program(given: dict[str, Any], program: MailProgram) -> None:
    for _time in range(3):
        response: Any = program.refresh(Client(), given["refresh_token"])
        before, given = given, response.json()
        assert given["refresh_token"] != before["refresh_token"]
    assert AppPassword.objects.count() == 1


def test_shown_twice_it_is_cut_off_and_its_owner_told(
    given: dict[str, Any], program: MailProgram, account: Account
) -> None:
    response: Any = program.refresh(Client(), given["refresh_token"])
    refused(program, given["refresh_token"])
    refused(program, response.json()["refresh_token"])
    assert AppPassword.objects.get().withdrawn_at is not None
    assert Notice.objects.filter(account=account, details__change="program-stolen").count() == 1


def test_so_is_a_code_shown_twice(browser: Client, program: MailProgram) -> None:
    code = program.code(browser)
    response: Any = program.redeem(Client(), code)
    assert program.redeem(Client(), code).status_code == 400
    refused(program, response.json()["refresh_token"])
    assert AppPassword.objects.get().withdrawn_at is not None


def test_signing_out_leaves_it_alone(
    browser: Client, given: dict[str, Any], program: MailProgram, account: Account
) -> None:
    assert browser.post("/session/fin/").status_code == 302
    sessions.end_sessions(account)
    assert program.refresh(Client(), given["refresh_token"]).status_code == 200
    assert "Thunderbird" not in browser.get("/sso/deconnexion/", follow=True).text


def test_but_a_code_that_waits_ends_with_the_session(browser: Client, program: MailProgram) -> None:
    code = program.code(browser)
    browser.post("/session/fin/")
    assert program.redeem(Client(), code).status_code == 400
    assert not AppPassword.objects.exists()


def test_nothing_is_told_to_a_program_when_a_session_ends(given: dict[str, Any], account: Account) -> None:
    hashes = list(Session.objects.filter(account=account).values_list("pk", flat=True))
    assert logout_notifications.sessions_ended(hashes) == 0


def test_withdrawn(given: dict[str, Any], program: MailProgram) -> None:
    app_passwords.withdraw_app_password(AppPassword.objects.get(), timezone.now())
    refused(program, given["refresh_token"])


def test_all_withdrawn_at_once(given: dict[str, Any], program: MailProgram, account: Account) -> None:
    """A stolen account, a lost password whose owner asks for it: what ends application passwords ends it."""
    assert app_passwords.withdraw_all(account, by="system", now=timezone.now()) == 1
    refused(program, given["refresh_token"])


def test_a_new_password_leaves_it_as_it_leaves_application_passwords(
    given: dict[str, Any], program: MailProgram, account: Account
) -> None:
    passwords.set_password(account, "un autre, plus long encore", now=timezone.now())
    assert program.refresh(Client(), given["refresh_token"]).status_code == 200


def test_the_account_is_closed(given: dict[str, Any], program: MailProgram, account: Account) -> None:
    closure.close_accounts([account], on=timezone.localdate(), now=timezone.now())
    refused(program, given["refresh_token"])


def test_locked_it_keeps_what_it_has_and_the_mail_servers_say_why(
    given: dict[str, Any], program: MailProgram, account: Account
) -> None:
    lock.lock(account, by="system", reason="essai", now=timezone.now())
    assert program.refresh(Client(), given["refresh_token"]).status_code == 200


def test_the_program_is_closed_in_the_registry(given: dict[str, Any], program: MailProgram) -> None:
    program.application.active = False
    program.application.save()
    refused_code: Any = program.refresh(Client(), given["refresh_token"])
    assert refused_code.status_code in {400, 401}
    own_applications.keep_mail_programs()
    assert not Application.objects.get(slug=own_applications.THUNDERBIRD).active


def test_ninety_days_without_use(given: dict[str, Any], program: MailProgram) -> None:
    long_ago = timezone.now() - timedelta(days=91)
    ProgramToken.objects.update(made_at=long_ago)
    refused(program, given["refresh_token"])
    AppPassword.objects.update(made_at=long_ago, last_used_at=timezone.now() - timedelta(days=89))
    assert program.refresh(Client(), given["refresh_token"]).status_code == 200


def test_what_is_idle_is_swept_away(given: dict[str, Any], program: MailProgram, account: Account) -> None:
    password, _clear = app_passwords.make_app_password(account, "iPhone", "both", timezone.now())
    AppPassword.objects.update(made_at=timezone.now() - timedelta(days=91))
    retention.sweep("", timezone.now())
    assert AppPassword.objects.filter(withdrawn_at=None).count() == 2  # it came for a token lately
    ProgramToken.objects.update(made_at=timezone.now() - timedelta(days=91))
    retention.sweep("", timezone.now())
    assert list(AppPassword.objects.filter(withdrawn_at=None)) == [password]
    assert not ProgramToken.objects.exists()


def test_used_ones_are_kept_for_a_day(given: dict[str, Any], program: MailProgram) -> None:
    program.refresh(Client(), given["refresh_token"])
    retention.sweep("", timezone.now())
    assert ProgramToken.objects.count() == 2
    ProgramToken.objects.exclude(used_at=None).update(used_at=timezone.now() - timedelta(days=2))
    retention.sweep("", timezone.now())
    assert ProgramToken.objects.count() == 1


def test_given_back_by_the_program(given: dict[str, Any], program: MailProgram) -> None:
    assert program.post(Client(), "/sso/revocation/", token="another").status_code == 200
    assert AppPassword.objects.get().withdrawn_at is None
    assert program.post(Client(), "/sso/revocation/", token=given["refresh_token"]).status_code == 200
    assert AppPassword.objects.get().withdrawn_at is not None


def test_arena_does_not_show_it(browser: Client, account: Account, program: MailProgram) -> None:
    assert browser.get("/arena/ouvrir/thunderbird/").status_code == 404
    assert program.application.pk not in audience.keys_seen_by(account, timezone.now())
    assert audience.seen_by(account, timezone.now()) == []


def test_discovery_says_the_scope(client: Client) -> None:
    told: Any = client.get("/.well-known/openid-configuration")
    assert mail_clients.MAIL in told.json()["scopes_supported"]
    assert "none" in told.json()["token_endpoint_auth_methods_supported"]


def test_a_refresh_is_few_questions(
    given: dict[str, Any], program: MailProgram, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(6):  # a transaction (2), client, token; the new one kept, the old one marked
        assert program.refresh(Client(), given["refresh_token"]).status_code == 200
