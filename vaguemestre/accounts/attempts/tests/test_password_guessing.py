"""What somebody tries who is not the owner. Each falls when its guard is taken away."""

from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.attempts.throttle import network_of
from vaguemestre.accounts.captcha.testing import read_from
from vaguemestre.accounts.mail_access import gate_policy
from vaguemestre.accounts.mail_access.gate_policy import GateReport, MailSignIn
from vaguemestre.accounts.models import Account, KnownDevice, Notice, PendingSignIn, Session, SignIn
from vaguemestre.accounts.passwords.passwords import set_password
from vaguemestre.accounts.passwords.temporary_password import give_temporary
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.signin import pending_signin
from vaguemestre.accounts.signin.attempt import SigninOutcome, attempt_signin
from vaguemestre.accounts.testing import PASSWORD, give_password, make_account, sign_in
from vaguemestre.accounts.testing.person import ROBOT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("traces_apart")]
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())
SCHOOL, ELSEWHERE = ClientAddress("192.0.2.10", "Firefox"), ClientAddress("203.0.113.9", "robot")
URL = "/session/"


@pytest.fixture
def account() -> Account:
    return make_account("Agathe", "Essai")


def person(typed: str, secret: str = PASSWORD, *, remote: ClientAddress = SCHOOL, now: datetime = NOW) -> SigninOutcome:
    return attempt_signin(typed, secret, remote=remote, now=now, human=lambda: True)


def robot(typed: str, secret: str, *, remote: ClientAddress = ELSEWHERE, now: datetime = NOW) -> SigninOutcome:
    return attempt_signin(typed, secret, remote=remote, now=now)


def mail(login: str, trace: str, protocol: str = "imap", remote: str = "203.0.113.9") -> MailSignIn:
    return MailSignIn(login=login, remote=remote, protocol=protocol, secret_trace=trace)


# One password on many names


def test_a_burst_of_spraying_ends_at_a_hundred(account: Account) -> None:
    outcomes = [robot(f"nom{number}", "Rentrée 2026 !") for number in range(150)]
    assert sum(not outcome.robot for outcome in outcomes) == throttle.FLOOD.limit // 2
    assert robot("aessai", PASSWORD).robot


def test_a_school_behind_the_same_address_goes_on(account: Account) -> None:
    """They read a picture; a browser that is known sees nothing of it."""
    own = Client(REMOTE_ADDR="192.0.2.10")
    own.post(URL, {"identifiant": "aessai", "secret": PASSWORD})
    own.post("/session/fin/")
    now = timezone.now()
    for number in range(2 * throttle.FLOOD.limit):
        person(f"nom{number}", "Rentrée 2026 !", now=now)
    assert own.post(URL, {"identifiant": "aessai", "secret": PASSWORD}).status_code == 302
    assert attempt_signin("aessai", PASSWORD, remote=SCHOOL, now=now).robot
    assert person("aessai", now=now).account == account


def test_a_flooded_school_does_not_tell_who_is_known_there(account: Account) -> None:
    person("aessai")
    for number in range(150):
        robot(f"nom{number}", "Rentrée 2026 !", remote=SCHOOL)
    assert {robot(name, "faux", remote=SCHOOL).robot for name in ("aessai", "nobody")} == {True}


def test_a_sprayed_mail_server_does_not_tell_it_either(account: Account) -> None:
    person("aessai")
    newcomer = make_account("Luc", "Nouveau")
    for number in range(throttle.FLOOD.limit):
        gate_policy.report_signin(mail(f"nom{number}", "abc", remote="192.0.2.10"), GateReport(False), now=NOW)
    logins = ("aessai", newcomer.identifier, "nobody")
    answers = {login: gate_policy.decide(mail(login, "abc", remote="192.0.2.10"), now=NOW) for login in logins}
    assert [decision.allowed for decision in answers.values()] == [True, False, False]
    assert {decision.message for decision in answers.values()} == {""}


def test_thirty_tries_with_spellings_mixed_do_not_tell_who_exists(account: Account) -> None:
    """A name that exists and one that does not, tried in the same way, from two networks, on the web and by mail."""
    spellings = ("{0}{1}", "{0}.{1}", "{0[0]}{1}", "{0}{1[0]}.{1}", "{0[0]}.{0}{1}@ac-amiens.fr", " {0}-{1} ")
    seen = []
    for place, name in enumerate((("agathe", "essai"), ("nadine", "durer"))):
        answers, now = [], NOW
        for number in range(30):
            typed = spellings[number % len(spellings)].format(*name)
            address = f"203.0.{place}.9" if number % 3 else f"198.51.{place}.9"
            web = person(typed, f"faux {number}", remote=ClientAddress(address), now=now)
            program = mail(typed, f"{number:03x}", remote=address)
            decision = gate_policy.decide(program, now=now)
            if decision.allowed:
                gate_policy.report_signin(program, GateReport(False), now=now)
            answers.append((web.account, web.wait, web.robot, web.picture, decision.message))
            now += timedelta(minutes=number % 7)
        seen.append(answers)
    assert seen[0] == seen[1]
    assert any(wait for _account, wait, *_rest in seen[0])


def test_the_picture_says_nothing_of_who_exists(account: Account) -> None:
    seen = set()
    for name in ("aessai", "nobody"):
        seen.add(tuple((o.robot, o.picture, o.wait) for o in [robot(name, f"faux {n}") for n in range(5)]))
    assert len(seen) == 1


def test_the_page_says_that_a_right_password_may_be_held_to_everybody_alike(account: Account) -> None:
    for number, name in enumerate(("aessai", "nobody")):
        client = Client(REMOTE_ADDR=f"192.0.{number}.1")
        pages = [client.post(URL, {"identifiant": name, "secret": f"faux {n}"}).content.decode() for n in range(3)]
        assert ["même un mot de passe juste est refusé" in page for page in pages] == [False, False, True]


def test_a_picture_is_worth_one_attempt(account: Account) -> None:
    client = Client()
    for number in range(3):
        page = client.post(URL, {"identifiant": "aessai", "secret": f"faux {number}"}).content.decode()
    answer = {"identifiant": "aessai", "secret": "faux 3"}
    assert ROBOT in client.post(URL, answer).content.decode()
    solved = read_from(page, now=timezone.now())
    assert "incorrect" in client.post(URL, answer | solved).content.decode()
    tries = SignIn.objects.get(account=account).times
    client.post(URL, {"identifiant": "aessai", "secret": PASSWORD, **solved})
    assert SignIn.objects.get(account=account, result="wrong").times == tries
    assert not Session.objects.exists()


# One account, by every door


def test_hammering_over_three_channels_is_counted_together(account: Account) -> None:
    for number in range(2):
        person("aessai", f"web {number}", remote=ELSEWHERE)
        gate_policy.report_signin(mail("aessai", f"i{number}"), GateReport(False), now=NOW)
        gate_policy.report_signin(mail("agathe.essai", f"s{number}", "smtp"), GateReport(False), now=NOW)
    for number in range(3):
        gate_policy.report_signin(mail("agathe.es.sai", f"t{number}", "smtp"), GateReport(False), now=NOW)
    assert person("aessai", remote=ELSEWHERE).account is None
    assert not gate_policy.decide(mail("aessai", "i"), now=NOW).allowed
    assert not gate_policy.decide(mail("agathe.essai@ac-amiens.fr", "s", "smtp"), now=NOW).allowed
    assert person("aessai").account == account  # the owner, from their own network
    assert gate_policy.decide(mail("aessai", "i", remote="192.0.2.77"), now=NOW).allowed


def test_25_a_day_by_every_spelling_and_every_door(account: Account) -> None:
    """CNIL 2022-100, case 2. A robot that reads pictures and tries whenever it may."""
    guesses = 0
    for minute in range(0, 24 * 60, 10):
        now = NOW + timedelta(minutes=minute)
        for name in ("aessai", "agathe.essai", "agatheessai", "a.essai", "aga.the.essai@ac-amiens.fr"):
            outcome = person(name, f"{name} {minute}", remote=ELSEWHERE, now=now)
            guesses += outcome.result == SignIn.Result.WRONG
            if gate_policy.decide(mail(name, f"{minute} {name}"), now=now).allowed:
                gate_policy.report_signin(mail(name, f"{minute} {name}"), GateReport(False), now=now)
                guesses += 1
    assert 12 < guesses <= 25
    assert person("aessai", now=now).account == account


def test_hammering_over_mail_brings_the_picture_on_the_web(account: Account) -> None:
    for number in range(3):
        gate_policy.report_signin(mail("aessai", f"i{number}"), GateReport(False), now=NOW)
    assert robot("aessai", PASSWORD).robot


def test_the_owner_passes_while_all_networks_hammer(account: Account) -> None:
    client = Client(REMOTE_ADDR="192.0.2.10")
    client.post(URL, {"identifiant": "aessai", "secret": PASSWORD})
    client.post("/session/fin/")
    now = timezone.now()
    for number in range(40):
        person("aessai", f"faux {number}", remote=ClientAddress(f"198.51.{number}.1"), now=now)
    assert person("aessai", remote=ClientAddress("203.0.113.200"), now=now).account is None
    moved = Client(REMOTE_ADDR="203.0.113.201")
    moved.cookies = client.cookies
    assert moved.post(URL, {"identifiant": "aessai", "secret": PASSWORD}).status_code == 302


# Sessions


def test_a_session_chosen_by_somebody_else_is_not_taken(account: Account) -> None:
    """Fixation: the token and the anti-forgery word change at the sign-in, whatever the browser came with."""
    client = Client()
    client.cookies[sessions.COOKIE] = "chosen-by-a-thief"
    client.get(URL)
    word = client.cookies["__Host-csrf"].value
    client.post(URL, {"identifiant": "aessai", "secret": PASSWORD})
    assert client.cookies[sessions.COOKIE].value != "chosen-by-a-thief"
    assert client.cookies["__Host-csrf"].value != word
    thief = Client()
    thief.cookies[sessions.COOKIE] = "chosen-by-a-thief"
    assert thief.get("/portail/").status_code == 302


def test_a_thiefs_open_session_does_not_become_the_owners(account: Account) -> None:
    thief = make_account("Luc", "Voleur")
    client = Client()
    token = sign_in(client, thief)
    client.post(URL, {"identifiant": "aessai", "secret": PASSWORD})
    stale = Client()
    stale.cookies[sessions.COOKIE] = token
    assert stale.get("/portail/").status_code == 302


def test_no_session_survives_a_password_change(account: Account) -> None:
    stolen, own = Client(), Client()
    sign_in(stolen, account)
    sign_in(own, account)
    kept = own.cookies[sessions.COOKIE].value
    session = next(s for s in Session.objects.all() if s.token_hash == sessions._hash(kept))
    set_password(account, "Quatre merles, 9 fois!", now=timezone.now(), keep=session)
    assert stolen.get("/portail/").status_code == 302
    assert own.get("/portail/").status_code == 200


def test_a_half_sign_in_does_not_survive_it_either(account: Account) -> None:
    response, now = HttpResponse(), timezone.now()
    pending_signin.begin_pending(
        response, account, PendingSignIn.Owes.FACTOR, shared_computer=False, wanted="", line=None, now=now
    )
    asked = HttpRequest()
    asked.COOKIES[pending_signin.COOKIE] = response.cookies[pending_signin.COOKIE].value
    assert pending_signin.current_pending(asked, PendingSignIn.Owes.FACTOR, now=now)
    assert pending_signin.current_pending(asked, PendingSignIn.Owes.ENROL, now=now) is None
    set_password(account, "Quatre merles, 9 fois!", now=now)
    assert pending_signin.current_pending(asked, PendingSignIn.Owes.FACTOR, now=now) is None


# The help desk's password


def test_a_temporary_password_opens_once(account: Account) -> None:
    raw = give_temporary(account, by="operator:essai", now=timezone.now())
    first, second = Client(), Client()
    assert first.post(URL, {"identifiant": "aessai", "secret": raw.upper()}).status_code == 302
    assert first.get("/portail/").headers["Location"].startswith("/session/premiere-connexion/")
    assert "incorrect" in second.post(URL, {"identifiant": "aessai", "secret": raw}).content.decode()
    assert Session.objects.count() == 1


def test_a_temporary_password_lasts_thirty_minutes(account: Account) -> None:
    raw = give_temporary(account, by="operator:essai", now=NOW)
    account.refresh_from_db()
    assert person("aessai", raw, now=NOW + timedelta(minutes=31)).result == SignIn.Result.EXPIRED


# What the owner learns


def test_a_new_device_is_told_not_the_first_nor_a_known_one(account: Account) -> None:
    def come(address: str, agent: str) -> Client:
        client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
        client.post(URL, {"identifiant": "aessai", "secret": PASSWORD})
        return client

    told = Notice.objects.filter(account=account, kind=Notice.Kind.NEW_DEVICE)
    first = come("192.0.2.10", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    assert not told.exists()
    first.post("/session/fin/")
    first.post(URL, {"identifiant": "aessai", "secret": PASSWORD}, REMOTE_ADDR="203.0.113.77")
    assert not told.exists()  # a known browser that travels
    come("192.0.2.11", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    assert not told.exists()  # the same kind of browser on the same network: the room's other computer
    come("198.51.100.7", "Mozilla/5.0 (Linux; Android 15; Pixel) Chrome/141.0 Mobile")
    (notice,) = told
    assert notice.details["network"] == network_of("198.51.100.7")
    assert "Android" in str(notice.details["device"])


def test_a_shared_computer_tells_once_a_place(account: Account) -> None:
    for address in ("192.0.2.10", "198.51.100.7", "198.51.100.8"):
        client = Client(REMOTE_ADDR=address)
        client.post(URL, {"identifiant": "aessai", "secret": PASSWORD, "partage": "on"})
    assert Notice.objects.filter(kind=Notice.Kind.NEW_DEVICE).count() == 1
    assert not KnownDevice.objects.exists()


def test_size_of_the_answers(account: Account) -> None:
    """Names of one length; every failure is as long to the byte."""
    locked = make_account("Luc", "Verro")
    Account.objects.filter(pk=locked.pk).update(locked_at=timezone.now())
    give_password(make_account("Ana", "Autre"), "Une autre, 8 fois !")
    sizes = set()
    for number, name in enumerate(("nobody", "aautre", "lverro")):
        stranger = Client(REMOTE_ADDR=f"192.0.{number}.1")
        sizes.add(len(stranger.post(URL, {"identifiant": name, "secret": PASSWORD}).content))
    assert len(sizes) == 1
