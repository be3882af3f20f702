"""The lists of one's own account: open sessions, last sign-ins, and what closes them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.attempts.attempt_log import note_attempt
from vaguemestre.accounts.attempts.throttle import network_of
from vaguemestre.accounts.models import Account, Session, SignIn
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.signin.user_agent import user_agent_text
from vaguemestre.accounts.testing import make_account, sign_in
from vaguemestre.audit.models import Entry

pytestmark = pytest.mark.django_db
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 8) (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36"


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def another(account: Account, agent: str = PHONE) -> Session:
    before = set(account.sessions.values_list("pk", flat=True))
    sessions.open_session(account, shared_computer=False, address="198.51.100.7", agent=agent, now=timezone.now())
    return account.sessions.exclude(pk__in=before).get()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Ordinateur Windows, Firefox"),
        (PHONE, "Téléphone ou tablette Android, Chrome"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/605", "Ordinateur Mac, Safari"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604", "iPhone, Safari"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/141 Safari/537.36 Edg/141.0", "Ordinateur Windows, Edge"),
        ("curl/8", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert user_agent_text(agent) == words


def test_the_list_and_closing_one(client: Client, account: Account) -> None:
    sign_in(client, account)
    other = another(account)
    page = client.get("/mon-compte/").content.decode()
    assert "Téléphone ou tablette Android, Chrome" in page
    assert "Réseau 198.51.100" in page
    assert page.count("Cette session") == 1
    assert other.pk not in page
    assert client.post(f"/mon-compte/sessions/{sessions.session_mark(other)}/fermeture/").status_code == 302
    assert not Session.objects.filter(pk=other.pk).exists()
    assert Entry.objects.filter(act="session.closed", subject=account.key).count() == 1
    assert client.get("/mon-compte/").status_code == 200


def test_somebody_elses_session_is_not_there(client: Client, account: Account) -> None:
    sign_in(client, account)
    foreign = another(make_account("Luc", "Autre"))
    assert client.post(f"/mon-compte/sessions/{sessions.session_mark(foreign)}/fermeture/").status_code == 404
    assert Session.objects.filter(pk=foreign.pk).exists()


def test_the_session_one_is_in_ends_by_signing_out_only(client: Client, account: Account) -> None:
    sign_in(client, account)
    here = sessions.session_mark(Session.objects.get())
    assert client.post(f"/mon-compte/sessions/{here}/fermeture/").status_code == 404
    assert client.get("/mon-compte/").status_code == 200


def test_closing_all_the_others(client: Client, account: Account) -> None:
    sign_in(client, account)
    another(account)
    another(account, WINDOWS)
    client.post("/mon-compte/sessions/fermeture/")
    assert Session.objects.count() == 1
    assert client.get("/mon-compte/").status_code == 200


def test_an_ended_session_is_not_listed(client: Client, account: Account) -> None:
    sign_in(client, account)
    Session.objects.filter(pk=another(account).pk).update(last_used_at=timezone.now() - timedelta(hours=3))
    assert "Android" not in client.get("/mon-compte/").content.decode()


def fail(account: Account, result: SignIn.Result, address: str, channel: SignIn.Channel = SignIn.Channel.IMAP) -> None:
    note_attempt(account, result, channel=channel, address=address, agent="", now=timezone.now())


def test_a_failure_is_told_unless_it_is_ones_own_network(client: Client, account: Account) -> None:
    note_attempt(
        account, SignIn.Result.GOOD, channel=SignIn.Channel.WEB, address="192.0.2.10", agent="", now=timezone.now()
    )
    sign_in(client, account)
    fail(account, SignIn.Result.WRONG, "192.0.2.77")
    assert "quelqu’un a essayé" not in client.get("/mon-compte/").content.decode()
    fail(account, SignIn.Result.WRONG, "203.0.113.9")
    page = client.get("/mon-compte/").content.decode()
    assert "quelqu’un a essayé un mauvais mot de passe." in page
    fail(account, SignIn.Result.FACTOR, "203.0.113.9", SignIn.Channel.WEB)
    assert "quelqu’un avait le bon mot de passe" in client.get("/mon-compte/").content.decode()


def test_a_year_in_pages(client: Client, account: Account) -> None:
    sign_in(client, account)
    now = timezone.now()
    SignIn.objects.bulk_create(
        SignIn(at=now - timedelta(hours=n), account=account, channel="smtp", result="good", network=f"192.0.{n}.0/24")
        for n in range(120)
    )
    first = client.get("/mon-compte/connexions/").content.decode()
    assert "Page 1 sur 3" in first
    assert "réseau 192.0.0" in first
    assert "réseau 192.0.119" in client.get("/mon-compte/connexions/?page=3").content.decode()
    assert client.get("/mon-compte/connexions/?page=zut").status_code == 200


def test_nobody_elses_sign_ins(client: Client, account: Account) -> None:
    sign_in(client, account)
    fail(make_account("Luc", "Autre"), SignIn.Result.WRONG, "203.0.113.9")
    assert "203.0.113" not in client.get("/mon-compte/connexions/").content.decode()


def test_a_doubt_closes_everything_else_then_changes_the_password(client: Client, account: Account) -> None:
    sign_in(client, account)
    page = client.get("/mon-compte/doute/").content.decode()
    assert "Aucune autre session" in page
    assert page.count("tel:") == 1, "one's own office, not every one"
    another(account)
    assert "1 autre session" in client.get("/mon-compte/doute/").content.decode().replace("\u00a0", " ")
    assert Session.objects.count() == 2
    response = client.post("/mon-compte/doute/")
    assert response.headers["Location"] == "/mon-compte/mot-de-passe/"
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("198.51.100.7", "réseau 198.51.100"),
        ("2001:db8:1:2300::7", "réseau 2001:db8:1:2300"),
        ("127.0.0.1", "cet ordinateur même"),
        ("::1", "cet ordinateur même"),
        ("", "réseau inconnu"),
    ],
)
def test_a_network_is_told_in_words(address: str, words: str) -> None:
    assert network_text(network_of(address)) == words
