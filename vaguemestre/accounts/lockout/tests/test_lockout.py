"""Twenty networks guess at an account: its owner, where they have never been, gets in by a second proof, and nobody
else learns anything."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.attempts.client_address import ClientAddress
from vaguemestre.accounts.attempts.network_limit import ASKED_AN_HOUR
from vaguemestre.accounts.captcha.testing import read_from
from vaguemestre.accounts.factors import recovery_codes, sms_codes, totp
from vaguemestre.accounts.lockout import owner_signin
from vaguemestre.accounts.lost_password.testing import RESCUE
from vaguemestre.accounts.models import Account, Code, Failure, Notice, PendingSignIn, RescueContact, Session, SignIn
from vaguemestre.accounts.models.rescue import TRIES
from vaguemestre.accounts.passwords.temporary_password import give_temporary
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.screens.lockout.views import TRIES_IN_TEN_MINUTES
from vaguemestre.accounts.signin.attempt import attempt_signin
from vaguemestre.accounts.testing import PASSWORD, make_account
from vaguemestre.accounts.testing.sms import PHONE, confirm_phone, gateway, leave
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.courier.mail import DELIVER
from vaguemestre.courier.models import Parcel, TextMessage
from vaguemestre.courier.testing import Gateway
from vaguemestre.testing import without_noise

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
PAGE, CODE_PAGE = "/session/preuve/", "/session/preuve/code/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def account() -> Account:
    """Held on every new network; its rescue contact is confirmed."""
    made = make_account("Agathe", "Essai")
    RescueContact.objects.create(account=made, email=RESCUE, confirmed_at=timezone.now())
    besiege(made)
    return made


@pytest.fixture
def cafe() -> Client:
    """A browser and a network that nobody knows."""
    return Client(REMOTE_ADDR="198.51.100.7")


def besiege(account: Account) -> None:
    for number in range(20):
        remote = ClientAddress(f"203.0.{number}.9", "robot")
        attempt_signin(account.identifier, f"faux {number}", remote=remote, now=timezone.now(), human=lambda: True)


def ask(client: Client, name: str) -> str:
    """The page that answers; what the tasks process does is done."""
    page = client.post(CODE_PAGE, {"identifiant": name} | read_from(client.get(PAGE).text, now=timezone.now()))
    assert page.status_code == 200
    work()
    return page.text


def work(now: datetime | None = None) -> None:
    Due.objects.filter(job=DELIVER.name).delete()
    due.run(now or timezone.now())


def mailed_codes() -> list[str]:
    texts = [parcel.text for parcel in Parcel.objects.filter(to=RESCUE).order_by("pk")]
    return [found[0] for text in texts if (found := re.search(r"\b\w{4}-\w{4}-\w{4}\b", text))]


def prove(client: Client, name: str, code: str, secret: str = PASSWORD) -> Any:
    return client.post(PAGE, {"identifiant": name, "secret": secret, "code": code})


def plain(page: str, name: str) -> str:
    """Without what is drawn again for each page, nor the name that was typed."""
    tokens = re.compile(r'(?<=epreuve" value=")[^"]*|(?<=/bv/chiffres/)[^/]*|(?<=data-options=")[^"]*')
    return tokens.sub("", without_noise(page)).replace(f'value="{name}"', "")


def signed_in(client: Client) -> bool:
    return client.get("/portail/").status_code == 200


def test_the_right_password_is_refused_and_the_page_shows_the_way(account: Account, cafe: Client) -> None:
    answers = []
    for name in (account.identifier, "nobody"):
        page = Client(REMOTE_ADDR="198.51.100.7").post("/session/", {"identifiant": name, "secret": PASSWORD}).text
        assert "incorrect" in page
        assert f'href="{PAGE}"' in page
        answers.append(plain(page, name))
    assert answers[0] == answers[1]


def test_the_code_to_the_rescue_contact_ends_it(account: Account, cafe: Client) -> None:
    assert "C’est noté" in ask(cafe, account.address)
    [code] = mailed_codes()
    assert prove(cafe, account.identifier, code.upper().replace("-", " ")).status_code == 302
    assert signed_in(cafe)
    assert not Session.objects.get().strong
    assert SignIn.objects.filter(account=account, result="good", network="198.51.100.0/24").exists()
    again = Client(REMOTE_ADDR="198.51.100.8")
    assert again.post("/session/", {"identifiant": account.identifier, "secret": PASSWORD}).status_code == 302
    assert Entry.objects.filter(act="lockout.code-sent", subject=account.key).exists()
    assert RESCUE not in str(list(Entry.objects.values_list("details", flat=True)))


def test_so_does_a_second_factor(account: Account, cafe: Client) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    code = totp.present_code(account, timezone.now())
    assert code
    prove(cafe, account.identifier, code)
    assert signed_in(cafe)
    assert Session.objects.get().strong
    other = Client(REMOTE_ADDR="198.51.99.7")
    prove(other, account.identifier, code)
    assert not signed_in(other), "a code works once"
    prove(other, account.identifier, recovery_codes.renew_codes(account, timezone.now())[0])
    assert signed_in(other)


def test_a_code_of_the_contact_replaces_no_second_factor(account: Account, cafe: Client) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    ask(cafe, account.identifier)
    step = prove(cafe, account.identifier, mailed_codes()[0])
    assert step.headers["Location"] == "/session/second-facteur/"
    assert not signed_in(cafe)
    assert "Trop d’essais" not in cafe.get("/session/second-facteur/").text
    cafe.post("/session/second-facteur/", {"code": totp.present_code(account, timezone.now())})
    assert signed_in(cafe)


def test_with_a_telephone_alone(account: Account, cafe: Client, gateway: Gateway) -> None:
    """Its number is the contact, and its text messages are the second factor."""
    RescueContact.objects.filter(account=account).delete()
    confirm_phone(account)
    sms_codes.enrol_sms(account, timezone.now())
    ask(cafe, account.identifier)
    leave()
    [(_to, text)] = gateway.texts
    assert len(text) <= 160
    found = re.search(r"\w{4}-\w{4}-\w{4}", text)
    assert found
    prove(cafe, account.identifier, found[0])
    leave()
    digits = re.search(r"\d{6}", gateway.texts[-1][1])
    assert digits
    cafe.post("/session/second-facteur/", {"code": digits[0]})
    assert signed_in(cafe)


@pytest.mark.parametrize("wrong", ["code", "password", "both", "name"])
def test_one_answer_whatever_is_wrong(account: Account, cafe: Client, wrong: str) -> None:
    ask(cafe, account.identifier)
    code = mailed_codes()[0] if wrong in {"password", "name"} else "2222-2222-2222"
    secret = PASSWORD if wrong in {"code", "name"} else "faux"
    name = "nobody" if wrong == "name" else account.identifier
    page = prove(cafe, name, code, secret).text
    reference = prove(cafe, "nobody", "2222-2222-2222", "faux").text
    assert plain(page, name) == plain(reference, "nobody")
    assert code not in page
    assert "n’est pas le bon" in page
    assert not Session.objects.exists()
    assert not PendingSignIn.objects.exists()


def test_asking_does_the_same_work_for_a_name_of_nobody(account: Account, cafe: Client) -> None:
    shapes, pages = [], []
    for name in (account.identifier, "nobody"):
        form = {"identifiant": name} | read_from(cafe.get(PAGE).text, now=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            pages.append(plain(cafe.post(CODE_PAGE, form).text, name))
        shapes.append([re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b", "?", query["sql"]) for query in asked])
    assert shapes[0] == shapes[1]
    assert pages[0] == pages[1]
    work()
    assert len(mailed_codes()) == 1


def test_without_the_digits_nothing_is_sent(account: Account, cafe: Client) -> None:
    page = cafe.post(CODE_PAGE, {"identifiant": account.identifier, "chiffres": "00000"})
    assert "ne correspondent pas" in page.text
    work()
    assert mailed_codes() == []


def test_strangers_use_up_neither_the_code_nor_the_tries(account: Account, cafe: Client) -> None:
    """The same botnet asks for codes all day, and guesses here too."""
    begun = timezone.now()
    for hour in range(24):
        for _again in range(3):
            owner_signin.ask_code(account.identifier, now=begun + timedelta(hours=hour))
            work(begun + timedelta(hours=hour))
    assert len(mailed_codes()) <= 6, "nobody fills a private mailbox"
    now = begun + timedelta(hours=23, minutes=59)
    for number in range(30):
        robot = ClientAddress(f"203.0.{number}.9", "robot")
        outcome = owner_signin.attempt_with_code(
            account.identifier, f"faux {number}", "222222222222", remote=robot, now=now
        )
        assert outcome.account is None
    owner = owner_signin.attempt_with_code(
        account.identifier, PASSWORD, mailed_codes()[-1], remote=ClientAddress("198.51.100.7"), now=now
    )
    assert owner.account == account, "the last code in the mailbox still opens"


def test_a_guess_at_the_second_factor_is_counted_behind_a_right_password(account: Account) -> None:
    totp.enrol_with(account, SECRET, timezone.now())
    now, thief = timezone.now(), ClientAddress("203.0.113.9", "robot")
    code = totp.present_code(account, now)
    assert code
    for number in range(2 * owner_signin.FACTORS_A_DAY):
        owner_signin.attempt_with_code(account.identifier, f"faux {number}", code, remote=thief, now=now)
    wrong = f"{(int(code) + 500_000) % 1_000_000:06}"
    for _guess in range(owner_signin.FACTORS_A_DAY - 1):
        assert (
            owner_signin.attempt_with_code(account.identifier, PASSWORD, wrong, remote=thief, now=now).account is None
        )
    assert SignIn.objects.filter(account=account, result="factor").exists(), "its owner sees that the password is known"
    assert owner_signin.attempt_with_code(account.identifier, PASSWORD, code, remote=thief, now=now).account == account
    later = now + timedelta(minutes=1)
    fresh = totp.present_code(account, later)
    assert (
        owner_signin.attempt_with_code(account.identifier, PASSWORD, str(fresh), remote=thief, now=later).account
        is None
    )


def test_a_code_is_worth_five_passwords_and_one_sign_in(account: Account, cafe: Client) -> None:
    ask(cafe, account.identifier)
    [code] = mailed_codes()
    here, now = ClientAddress("198.51.100.7"), timezone.now()
    for number in range(5):
        assert (
            owner_signin.attempt_with_code(account.identifier, f"faux {number}", code, remote=here, now=now).account
            is None
        )
    assert owner_signin.attempt_with_code(account.identifier, PASSWORD, code, remote=here, now=now).account is None
    ask(cafe, account.identifier)
    assert len(mailed_codes()) == 2, "one that is used up holds back no other"
    code = mailed_codes()[-1]
    for number in range(4):
        assert (
            owner_signin.attempt_with_code(account.identifier, f"faux {number}", code, remote=here, now=now).account
            is None
        )
    assert owner_signin.attempt_with_code(account.identifier, PASSWORD, code, remote=here, now=now).account == account
    assert owner_signin.attempt_with_code(account.identifier, PASSWORD, code, remote=here, now=now).account is None


def test_whoever_reads_the_contact_has_few_codes_a_day(account: Account) -> None:
    now = timezone.now()
    for _code in range(confirmation_codes.SENT_A_DAY + 2):
        owner_signin.send_code(account.key, now)
        Code.objects.update(tries=TRIES)
    assert len(mailed_codes()) == confirmation_codes.SENT_A_DAY
    owner_signin.send_code(account.key, now + timedelta(days=1))
    assert len(mailed_codes()) == confirmation_codes.SENT_A_DAY + 1


def test_strangers_spend_a_share_of_the_text_messages_at_most(gateway: Gateway, settings: LazySettings) -> None:
    settings.SMS = gateway.settings(a_day=10)
    held = [make_account("Agathe", f"Essai{number}") for number in range(3)]
    now = timezone.now()
    for made in held:
        confirm_phone(made)
        owner_signin.send_code(made.key, now)
    assert TextMessage.objects.count() == 2
    assert not Code.objects.filter(account=held[2]).exists(), "no code is kept that was not sent"
    confirmation_codes.send_confirmation(held[2], Code.Purpose.PHONE, PHONE, now=now)
    assert TextMessage.objects.count() == 3
    owner_signin.send_code(held[2].key, now + timedelta(days=1))
    assert TextMessage.objects.count() == 4


def test_a_network_that_tries_much_is_asked_for_a_picture(account: Account, cafe: Client) -> None:
    ask(cafe, account.identifier)
    [code] = mailed_codes()
    for number in range(TRIES_IN_TEN_MINUTES):
        assert "n’est pas le bon" in prove(cafe, "nobody", "2222-2222-2222", f"faux {number}").text
    answers = [prove(cafe, name, code) for name in (account.identifier, "nobody")]
    assert plain(answers[0].text, account.identifier) == plain(answers[1].text, "nobody")
    assert (answers[0].status_code, signed_in(cafe)) == (200, False)
    assert code not in answers[0].text
    assert answers[0].text.count('id="captcha"') == 1
    form = {"identifiant": account.identifier, "secret": PASSWORD, "code": code}
    wrong = cafe.post(PAGE, form | {"epreuve": "", "chiffres": "00000"})
    assert "ne correspondent pas" in wrong.text
    missed = cafe.post(PAGE, form | {"secret": "faux"} | read_from(wrong.text, now=timezone.now()))
    assert "n’est pas le bon" in missed.text
    cafe.post(PAGE, form | read_from(missed.text.partition("<details")[0], now=timezone.now()))
    assert signed_in(cafe)


def test_digits_that_were_not_read_take_nobody_s_code_away(account: Account, cafe: Client) -> None:
    for _again in range(ASKED_AN_HOUR):
        cafe.post(CODE_PAGE, {"identifiant": account.identifier, "chiffres": "00000"})
    ask(cafe, account.identifier)
    assert len(mailed_codes()) == 1


def test_an_old_code_and_another_s_open_nothing(account: Account, cafe: Client) -> None:
    ask(cafe, account.identifier)
    [code] = mailed_codes()
    other = make_account("Karim", "Belkacem")
    here, now = ClientAddress("198.51.100.7"), timezone.now()
    assert owner_signin.attempt_with_code(other.identifier, PASSWORD, code, remote=here, now=now).account is None
    late = now + owner_signin.LIVES[0] + timedelta(seconds=1)
    assert owner_signin.attempt_with_code(account.identifier, PASSWORD, code, remote=here, now=late).account is None


@pytest.mark.parametrize("state", ["stolen", "locked", "no contact", "first sign-in"])
def test_whoever_needs_the_help_desk_is_sent_nothing(account: Account, cafe: Client, state: str) -> None:
    match state:
        case "stolen":
            Account.objects.update(frozen_at=timezone.now())
        case "locked":
            Account.objects.update(locked_at=timezone.now())
        case "no contact":
            RescueContact.objects.update(confirmed_at=None)
        case "first sign-in":
            Account.objects.update(password_kind=Account.PasswordKind.PROVISIONAL)
    assert "C’est noté" in ask(cafe, account.identifier)
    assert mailed_codes() == []


def test_a_temporary_password_is_not_spent_here(account: Account, cafe: Client) -> None:
    secret = give_temporary(account, by="system", now=timezone.now())
    prove(cafe, account.identifier, "2222-2222-2222", secret)
    Failure.objects.all().delete()
    assert cafe.post("/session/", {"identifiant": account.identifier, "secret": secret}).status_code == 302


def test_the_owner_hears_of_the_new_device(account: Account, cafe: Client) -> None:
    known = Client(REMOTE_ADDR="192.0.2.10")
    SignIn.objects.create(account=account, channel="web", result="good", network="192.0.2.0/24", at=timezone.now())
    ask(known, account.identifier)
    prove(cafe, account.identifier, mailed_codes()[0])
    assert Notice.objects.filter(account=account, kind=Notice.Kind.NEW_DEVICE).exists()
