"""A role that must have a second factor opens nothing before it has one."""

from contextlib import ExitStack
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import totp
from vaguemestre.accounts.models import Account, KeptForm, Session
from vaguemestre.accounts.ports import session_followers
from vaguemestre.accounts.roles import role_lookup
from vaguemestre.accounts.sessions import event_streams, factor_requirement, page_owner, sessions
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.people.models import Posting, School

pytestmark = pytest.mark.django_db
REQUIRED = "/mon-compte/second-facteur/exige/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PROOF = "/session/confirmation/"


@pytest.fixture
def agent() -> Account:
    account = make_account("Agathe", "Essai", category="ADMR")
    dsden = School.objects.create(uai="0800001A", name="DSDEN de la Somme", kind="dsden", department="80")
    since = timezone.localdate() - timedelta(days=30)
    Posting.objects.create(person=account.person, school=dsden, function="ASSIST", rank=1, share=100, starts=since)
    return account


def test_led_to_it_before_anything_else(client: Client, agent: Account) -> None:
    client.post("/session/", {"identifiant": agent.identifier, "secret": PASSWORD})
    for page in ("/portail/", "/webmail/", "/assistance/", "/mon-compte/"):
        response = client.get(page)
        assert response.headers["Location"].startswith(f"{REQUIRED}?next=")
    assert client.get(REQUIRED).status_code == 200  # no loop
    assert client.get("/bv/").status_code == 200
    assert client.post("/session/fin/").status_code == 302


def test_once_there_everything_opens(client: Client, agent: Account) -> None:
    client.post("/session/", {"identifiant": agent.identifier, "secret": PASSWORD})
    totp.enrol_with(agent, SECRET, timezone.now())
    assert client.get(f"{REQUIRED}?next=/portail/").headers["Location"] == f"{PROOF}?next=%2Fportail%2F"
    sessions.note_proof(Session.objects.get(), strong=True, now=timezone.now())
    assert client.get("/portail/").status_code == 200


def test_a_strong_session_or_no_such_role_is_not_asked(client: Client, agent: Account) -> None:
    sign_in(client, agent, strong=True)
    assert client.get("/portail/").status_code == 200
    teacher = Client()
    sign_in(teacher, make_account("Luc", "Prof"))
    assert teacher.get("/portail/").status_code == 200
    assert not Session.objects.filter(factor_due=True).exists()


@pytest.fixture
def colleague() -> Account:
    """In the office already, and not yet of the help desk."""
    account = make_account("Blanche", "Essai", category="ADMR")
    dsden = School.objects.create(uai="0800002B", name="DSDEN de la Somme", kind="dsden", department="80")
    since = timezone.localdate() - timedelta(days=30)
    Posting.objects.create(person=account.person, school=dsden, function="ADM", rank=1, share=100, starts=since)
    return account


def becomes_an_agent(account: Account) -> int:
    Posting.objects.filter(person=account.person).update(function="ASSIST")
    return factor_requirement.ask_in_sessions(timezone.now())


def test_a_role_that_comes_asks_in_the_sessions_that_are_open(client: Client, colleague: Account) -> None:
    sign_in(client, colleague)
    strong = Client()
    sign_in(strong, colleague, strong=True)
    assert becomes_an_agent(colleague) == 1
    assert factor_requirement.ask_in_sessions(timezone.now()) == 0  # asked once
    assert client.get("/portail/").headers["Location"].startswith(f"{REQUIRED}?next=")
    assert strong.get("/portail/").status_code == 200
    [line] = Entry.objects.filter(act="session.factor-due")
    assert line.subject == colleague.key


def test_by_the_list_of_the_authority_too(client: Client, colleague: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(client, colleague)
    assert factor_requirement.ask_in_sessions(timezone.now()) == 0
    named = academy().help_desk.model_copy(update={"agents": {"80": [colleague.identifier]}})
    monkeypatch.setattr(role_lookup, "academy", lambda: academy().model_copy(update={"help_desk": named}))
    assert factor_requirement.ask_in_sessions(timezone.now()) == 1


def test_who_has_another_role_is_not_asked(client: Client, colleague: Account) -> None:
    Posting.objects.filter(person=colleague.person).update(function="GEST")
    sign_in(client, colleague)
    assert factor_requirement.ask_in_sessions(timezone.now()) == 0
    assert client.get("/portail/").status_code == 200


def test_an_open_page_stays_and_asks_in_place(client: Client, colleague: Account) -> None:
    sign_in(client, colleague)
    becomes_an_agent(colleague)
    whose = {"HX-Request": "true", "X-Whose": page_owner.owner_mark(colleague)}
    answer = client.post("/webmail/reglages/signature/", {"texte": "à garder"}, headers=whose)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (401, "session-ended")
    dialog = client.get("/session/ici/", headers=whose).content.decode()
    assert f'href="{REQUIRED}" target="_blank"' in dialog
    sessions.note_proof(Session.objects.get(), strong=True, now=timezone.now())
    assert 'data-word="' in client.get("/session/ici/", headers=whose).content.decode()


def test_what_a_form_without_script_sent_is_offered_again(client: Client, colleague: Account) -> None:
    sign_in(client, colleague)
    becomes_an_agent(colleague)
    answer = client.post("/webmail/reglages/signature/", {"texte": "Une signature faite avec soin"})
    kept = KeptForm.objects.get(account=colleague)
    assert answer.headers["Location"] == f"{REQUIRED}?next=%2Fsession%2Freprise%2F{kept.key}%2F"
    totp.enrol_with(colleague, SECRET, timezone.now())
    sessions.note_proof(Session.objects.get(), strong=True, now=timezone.now())
    assert kept.key in client.get("/mon-compte/second-facteur/codes/").content.decode()
    assert "faite avec soin" in client.get(f"/session/reprise/{kept.key}/").content.decode()


def test_a_session_by_text_message_shows_something_better(client: Client, colleague: Account) -> None:
    totp.enrol_with(colleague, SECRET, timezone.now())
    sign_in(client, colleague, strong=True)
    Session.objects.update(by_text=True)
    assert becomes_an_agent(colleague) == 1
    assert client.get("/portail/").headers["Location"].startswith(REQUIRED)
    assert client.get(REQUIRED).headers["Location"].startswith(PROOF)
    page = client.get(PROOF).content.decode()
    assert 'name="code"' in page
    client.post(PROOF, {"secret": PASSWORD})
    assert Session.objects.get().by_text
    code = pyotp.TOTP(SECRET).now()
    assert (
        client.post(PROOF, {"secret": PASSWORD, "code": code, "next": "/portail/"}).headers["Location"] == "/portail/"
    )
    assert client.get("/portail/").status_code == 200


def test_a_role_that_has_gone_again_is_no_loop(client: Client, colleague: Account) -> None:
    sign_in(client, colleague)
    becomes_an_agent(colleague)
    Posting.objects.filter(person=colleague.person).update(function="ADM")
    assert client.get(f"{REQUIRED}?next=/portail/").headers["Location"] == "/portail/"
    assert client.get("/portail/").status_code == 200


def test_what_the_session_opened_elsewhere_ends_and_its_pages_hear_no_more(
    client: Client, colleague: Account, monkeypatch: pytest.MonkeyPatch, rewired: ExitStack
) -> None:
    told: list[object] = []
    sign_in(client, colleague)
    session = Session.objects.get()

    def follow(hashes: list[str]) -> int:
        told.append(hashes)
        return len(hashes)

    monkeypatch.setattr(event_streams, "end_streams", lambda keys, *, only: told.append((keys, only)))
    rewired.enter_context(session_followers.replaced(follow))
    becomes_an_agent(colleague)
    assert told == [([colleague.key], sessions.session_mark(session)), [session.pk]]
