"""The link in the mail: once, half an hour, and only while the account is as it was."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.lifecycle import lock
from vaguemestre.accounts.lost_password import helpdesk_queue, reset_links
from vaguemestre.accounts.lost_password.testing import (
    LINK_PAGE,
    NUMEN,
    PAGE,
    RESCUE,
    answer_all,
    fill,
    links_mailed,
    living_links,
    make_forgetful,
)
from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.models import (
    Account,
    AppPassword,
    Notice,
    Passkey,
    PendingSignIn,
    RescueContact,
    ResetRequest,
    Session,
    SignIn,
    Totp,
)
from vaguemestre.accounts.passwords import passwords, temporary_password
from vaguemestre.accounts.signin import attempt as signin_attempt
from vaguemestre.accounts.signin.attempt import attempt_signin
from vaguemestre.accounts.testing import PASSWORD, cheap_hash, sign_in
from vaguemestre.accounts.testing.reset_links import CHOSEN, _path, ask
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel

pytestmark = pytest.mark.django_db
GONE = 410


def test_from_the_mail_to_a_new_password(client: Client) -> None:
    account = make_forgetful()
    address = ask(client)
    opened = client.get(address)
    assert opened.headers["Location"] == LINK_PAGE, "the link is out of the address at once"
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    page = client.get(LINK_PAGE)
    assert account.address in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    done = client.post(LINK_PAGE, _choice(), follow=True)
    assert "Votre mot de passe est changé" in done.content.decode()
    account.refresh_from_db()
    assert passwords.verify_password(account, CHOSEN)
    assert not passwords.verify_password(account, PASSWORD)
    assert not Session.objects.exists(), "nobody is signed in by it"


def test_it_tells_the_person_everywhere(client: Client) -> None:
    account = make_forgetful()
    _use(client, ask(client))
    notice = Notice.objects.get(account=account)
    assert (notice.kind, notice.details) == (Notice.Kind.PASSWORD, {"change": "reset"})
    told = {parcel.to for parcel in Parcel.objects.all() if "lien=" not in parcel.text}
    assert told == {account.address, RESCUE}
    acts = list(Entry.objects.filter(subject=account.key).values_list("act", flat=True))
    assert acts[-3:] == ["reset.link-sent", "password.chosen", "reset.done"]
    assert RESCUE not in str(list(Entry.objects.values_list("details", flat=True)))


def test_every_session_and_half_sign_in_ends(client: Client) -> None:
    account, now = make_forgetful(), timezone.now()
    token = sign_in(Client(), account)
    PendingSignIn.objects.create(
        token_hash="x", account=account, owes="factor", foundation="", expires_at=now + timedelta(minutes=9)
    )
    _use(client, ask(client))
    stranger = Client()
    stranger.cookies["__Host-session"] = token
    assert stranger.get("/portail/").status_code == 302
    assert not PendingSignIn.objects.exists()


def test_a_second_factor_stays_and_is_asked_for(client: Client) -> None:
    account = make_forgetful()
    Totp.objects.create(account=account, sealed_secret="1.x", made_at=timezone.now(), confirmed_at=timezone.now())
    Account.objects.filter(pk=account.pk).update(second_factor=True)
    _use(client, ask(client))
    account.refresh_from_db()
    assert account.second_factor
    assert Totp.objects.filter(account=account).count() == 1
    assert not Session.objects.exists()
    outcome = attempt_signin(account.identifier, CHOSEN, remote=ClientAddress("192.0.2.1"), now=timezone.now())
    assert (outcome.result, outcome.owes) == (SignIn.Result.FACTOR, signin_attempt.Owes.FACTOR)


@pytest.mark.parametrize("by_choice", [False, True])
def test_application_passwords_go_by_choice(client: Client, by_choice: bool) -> None:
    account = make_forgetful()
    AppPassword.objects.create(account=account, name="Thunderbird", hash="x", made_at=timezone.now())
    _use(client, ask(client), **({"programmes": "on"} if by_choice else {}))
    assert app_passwords.living_app_passwords(account).count() == (0 if by_choice else 1)
    change = Notice.objects.filter(account=account).latest("pk").details["change"]
    assert change == ("reset-with-programs" if by_choice else "reset")


def test_a_link_works_once(client: Client) -> None:
    account = make_forgetful()
    address = ask(client)
    _use(client, address)
    again = Client()
    again.get(address)
    assert again.get(LINK_PAGE).status_code == GONE
    assert again.post(LINK_PAGE, _choice("Cinq-nuages-sur-la-baie-8")).status_code == GONE
    account.refresh_from_db()
    assert passwords.verify_password(account, CHOSEN)


def test_a_link_lasts_half_an_hour(client: Client) -> None:
    make_forgetful()
    address = ask(client, now=timezone.now() - timedelta(minutes=31))
    client.get(address)
    assert client.get(LINK_PAGE).status_code == GONE
    assert client.post(LINK_PAGE, _choice()).status_code == GONE


def test_opening_it_changes_nothing(client: Client) -> None:
    """What scans mails follows links; a HEAD or ten GET do no harm."""
    account = make_forgetful()
    address = ask(client)
    for _turn in range(3):
        scanner = Client()
        scanner.head(address)
        scanner.get(address, follow=True)
    assert living_links(account) == 1
    _use(client, address)


def test_a_newer_link_ends_the_former(client: Client) -> None:
    account = make_forgetful()
    old, new = ask(client), ask(client)
    assert old != new
    assert living_links(account) == 1
    client.get(old)
    assert client.post(LINK_PAGE, _choice()).status_code == GONE
    _use(client, new)


def _rescue_change(account: Account, now: datetime) -> None:
    RescueContact.objects.filter(account=account).update(email="voleur@ailleurs.example", confirmed_at=now)


def _password_change(account: Account, now: datetime) -> None:
    passwords.set_password(account, "Six-nuages-sur-la-baie-9", now=now)


def _telephone(account: Account, now: datetime) -> None:
    Totp.objects.create(account=account, sealed_secret="1.x", made_at=now, confirmed_at=now)


def _passkey(account: Account, now: datetime) -> None:
    Passkey.objects.create(account=account, credential_id="x", public_key=b"x", name="clé", made_at=now)


def _temporary_sign_in(account: Account, now: datetime) -> None:
    """The pass kills the link; so would its use alone."""
    raw = temporary_password.give_temporary(account, by="system", now=now)
    account.refresh_from_db()
    address = _sent(account, now)
    assert attempt_signin(account.identifier, raw, remote=ClientAddress("192.0.2.1"), now=now).account
    client = Client()
    client.get(address)
    assert client.get(LINK_PAGE).status_code == GONE


CHANGES: dict[str, Callable[[Account, datetime], object]] = {
    "password": _password_change,
    "rescue": _rescue_change,
    "rescue withdrawn": lambda account, _now: RescueContact.objects.filter(account=account).delete(),
    "lock": lambda account, now: lock.lock(account, by="system", reason="essai", now=now),
    "temporary pass": lambda account, now: temporary_password.give_temporary(account, by="system", now=now),
    "sign-in by temporary pass": _temporary_sign_in,
    "letter": lambda account, now: passwords.set_provisional(account, cheap_hash("abcd-efgh-jkmn"), now=now),
    "telephone": _telephone,
    "passkey": _passkey,
    "closing": lambda account, now: Account.objects.filter(pk=account.pk).update(closes_on=now.date() - timedelta(99)),
    "freeze": lambda account, now: Account.objects.filter(pk=account.pk).update(frozen_at=now),
    "otp key": lambda account, _now: Account.objects.filter(pk=account.pk).update(method=Account.Method.OTP_KEY),
    "void": lambda account, now: reset_links.void_links(account, now=now),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_ends_a_link(client: Client, change: str) -> None:
    account = make_forgetful()
    client.get(ask(client))
    assert client.get(LINK_PAGE).status_code == 200
    CHANGES[change](account, timezone.now())
    account.refresh_from_db()
    before = account.password
    assert client.get(LINK_PAGE).status_code == GONE
    assert client.post(LINK_PAGE, _choice()).status_code == GONE
    account.refresh_from_db()
    assert account.password == before


def test_a_link_does_not_outlive_the_last_day(client: Client) -> None:
    """Nothing changes at midnight but the date: the account had its end when the link was made."""
    account, now = make_forgetful(), timezone.now()
    last_day = timezone.localdate(now) + timedelta(days=1 - academy().departure.portal_days)
    Account.objects.filter(pk=account.pk).update(closes_on=last_day)
    account.refresh_from_db()
    before_midnight = midnight(timezone.localdate(now) + timedelta(days=1)) - timedelta(minutes=5)
    token = _sent(account, before_midnight).rpartition("=")[2]
    link = reset_links.read_link(token, now=before_midnight)
    assert link is not None
    after = before_midnight + timedelta(minutes=10)
    assert reset_links.read_link(token, now=after) is None
    assert not reset_links.use_link(link, CHOSEN, with_programs=False, now=after)


def test_a_shutdown_ends_a_link(client: Client) -> None:
    account = make_forgetful()
    client.get(ask(client))
    account_shutdown.shut_account_down(account, by="system", office="DSDEN", reason="essai", now=timezone.now())
    assert client.post(LINK_PAGE, _choice()).status_code == GONE


def test_a_link_of_one_opens_nobody_else(client: Client) -> None:
    mine, other = make_forgetful(), make_forgetful("20E9500001AAA", rescue="autre@maison.example")
    _use(client, ask(client))
    other.refresh_from_db()
    assert passwords.verify_password(other, PASSWORD)
    mine.refresh_from_db()
    assert passwords.verify_password(mine, CHOSEN)


@pytest.mark.parametrize("token", ["", "x", "é" * 30, "a" * 43, "../../", "<b>" * 9])
def test_what_we_did_not_send_opens_nothing(client: Client, token: str) -> None:
    make_forgetful()
    client.get(LINK_PAGE, {"lien": token})
    page = client.get(LINK_PAGE)
    assert page.status_code == GONE
    assert "Ce lien a déjà servi ou a plus de 30 minutes." in page.content.decode()


def test_the_token_is_in_no_page_and_no_table(client: Client) -> None:
    make_forgetful()
    address = ask(client)
    token = address.rpartition("=")[2]
    client.get(address)
    for answer in (client.get(LINK_PAGE), client.post(LINK_PAGE, _choice("court"))):
        assert token not in answer.content.decode() + str(answer.headers)
    assert client.cookies["__Host-lien"]["httponly"]
    assert client.cookies["__Host-lien"]["samesite"] == "Lax"
    assert not any(token in str(list(table.objects.values())) for table in (Account, Entry, Notice, ResetRequest))
    [parcel] = [parcel for parcel in Parcel.objects.all() if token in parcel.text]
    assert parcel.until <= parcel.queued_at + reset_links.LASTS, "the courier wipes it with the link's own end"


def test_the_link_is_of_this_installation_whatever_the_request_says(client: Client) -> None:
    make_forgetful()
    form = fill(client)
    for host in ("voleur.example", "testserver"):
        client.post(PAGE, form, headers={"Host": host, "X-Forwarded-Host": "voleur.example"})
        form = fill(client)
    answer_all()
    (_to, address), *_more = links_mailed()
    assert address.startswith(f"{settings.ORIGIN}/bv/mot-de-passe/nouveau/?lien=")
    assert not any("voleur" in parcel.text for parcel in Parcel.objects.all())


def test_no_word_of_a_person_is_in_the_mail(client: Client) -> None:
    """A name chosen to look like a sentence with a link changes nothing."""
    make_forgetful(first_name="https://voleur.example", usual_name="Cliquez ici\r\nBcc: x@y.example")
    ask(client)
    [parcel] = Parcel.objects.all()
    assert re.findall(r"\S+://", parcel.text) == [settings.ORIGIN.partition("://")[0] + "://"], "the link alone"
    assert "Cliquez" not in parcel.text + parcel.subject
    assert "bcc" not in parcel.subject.lower()


def test_the_form_is_guarded_against_other_sites(client: Client) -> None:
    account = make_forgetful()
    careful = Client(enforce_csrf_checks=True)
    careful.get(ask(client))
    assert careful.post(LINK_PAGE, _choice()).status_code == 403
    account.refresh_from_db()
    assert passwords.verify_password(account, PASSWORD)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("court", "court", "12 caractères au moins"),
        (CHOSEN, "Autre-chose-tout-a-fait-1", "Les deux mots de passe sont différents."),
        (f"Agathe-{NUMEN}-x", f"Agathe-{NUMEN}-x", "NUMEN"),
    ],
)
def test_the_policy_is_that_of_the_first_sign_in(client: Client, first: str, second: str, said: str) -> None:
    account = make_forgetful()
    client.get(ask(client))
    page = client.post(LINK_PAGE, {"neuf": first, "encore": second})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert first not in page.content.decode()
    assert living_links(account) == 1, "it is not spent by a refusal"
    _post_choice(client)


def test_an_open_request_is_withdrawn_by_a_reset(client: Client) -> None:
    account, now = make_forgetful(), timezone.now()
    helpdesk_queue.ask_helpdesk(account, ResetRequest.Reason.NO_PICTURE, number="AAAA-2345", now=now)
    _use(client, ask(client))
    request = ResetRequest.objects.get()
    assert (request.state, request.handled_by) == (ResetRequest.State.WITHDRAWN, account.key)
    assert not helpdesk_queue.handle_request(request, by="a0000009", note="trop tard", now=now)


def test_a_request_is_answered_once(client: Client) -> None:
    account, now = make_forgetful(), timezone.now()
    helpdesk_queue.ask_helpdesk(account, ResetRequest.Reason.NO_CONTACT, number="AAAA-2345", now=now)
    [request] = ResetRequest.objects.all()
    assert helpdesk_queue.handle_request(request, by="a0000009", note="rappelée", now=now)
    assert not helpdesk_queue.handle_request(request, by="a0000010", note="aussi", now=now)
    helpdesk_queue.ask_helpdesk(account, ResetRequest.Reason.NO_CONTACT, number="AAAA-2346", now=now)
    assert ResetRequest.objects.filter(state=ResetRequest.State.OPEN).count() == 1


def _sent(account: Account, now: datetime) -> str:
    reset_links.send_link(account, now=now)
    return _path(links_mailed()[-1][1])


def _choice(password: str = CHOSEN, **more: str) -> dict[str, str]:
    return {"neuf": password, "encore": password, **more}


def _use(client: Client, address: str, **more: str) -> None:
    client.get(address)
    assert re.search('name="neuf"', client.get(LINK_PAGE).content.decode())
    _post_choice(client, **more)


def _post_choice(client: Client, **more: str) -> None:
    assert client.post(LINK_PAGE, _choice(**more)).headers["Location"] == "/bv/mot-de-passe/fait/"
