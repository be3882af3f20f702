"""A lost password by text message: once, ten minutes, for the browser that asked, and the same page for everybody."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import sms_codes, totp
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.lifecycle import lock
from vaguemestre.accounts.lifecycle.retention import sweep
from vaguemestre.accounts.lost_password import reset_links, sms_reset
from vaguemestre.accounts.lost_password.testing import (
    LINK_PAGE,
    NUMEN,
    OTHER,
    PAGE,
    RESCUE,
    answer_all,
    fill,
    links_mailed,
    make_forgetful,
)
from vaguemestre.accounts.models import (
    Account,
    Allowance,
    Notice,
    RescueContact,
    ResetLink,
    ResetRequest,
    ResetText,
    Session,
)
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.testing.sms import NUMBER, PHONE, confirm_phone, gateway, last_code, leave, other_than
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel, TextMessage
from vaguemestre.courier.testing import Gateway
from vaguemestre.testing import without_noise

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
CODE_PAGE = "/bv/mot-de-passe/code/"
CHOSEN = "Quatre-nuages-sur-la-baie-7"
GONE = 410


@pytest.fixture
def account(gateway: Gateway) -> Account:
    """Whose only rescue contact is a phone."""
    made = make_forgetful(rescue=None)
    confirm_phone(made)
    return made


def ask(client: Client, numen: str = NUMEN) -> str:
    """The number that the page shows; what the tasks process does is done."""
    page = client.post(PAGE, fill(client, numen=numen)).headers["Location"]
    answer_all()
    leave()
    return page.rstrip("/").rsplit("/", 1)[1]


def test_from_the_page_to_a_new_password(client: Client, account: Account, gateway: Gateway) -> None:
    number = ask(client)
    page = client.get(f"/bv/mot-de-passe/demande/{number}/").content.decode()
    assert "J’ai reçu un code par SMS" in page
    assert gateway.texts[0][0] == NUMBER
    assert len(gateway.texts[0][1]) <= 160
    assert number not in gateway.texts[0][1], "the telephone alone opens nothing"
    code = last_code(gateway)
    opened = client.post(CODE_PAGE, {"demande": number, "code": f"{code[:4]} {code[4:]}"})
    assert opened.headers["Location"] == LINK_PAGE
    assert account.address in client.get(LINK_PAGE).content.decode()
    done = client.post(LINK_PAGE, {"neuf": CHOSEN, "encore": CHOSEN}, follow=True)
    assert "Votre mot de passe est changé" in done.content.decode()
    account.refresh_from_db()
    assert passwords.verify_password(account, CHOSEN)
    assert not Session.objects.exists(), "nobody is signed in by it"
    assert Notice.objects.get(account=account).details["change"] == "text-reset"
    leave()
    assert gateway.texts[-1][0] == NUMBER
    assert "par un code envoyé à votre téléphone" in gateway.texts[-1][1]
    acts = list(Entry.objects.filter(subject=account.key).values_list("act", flat=True))
    assert acts[-4:] == ["reset.text-sent", "reset.text-used", "password.chosen", "reset.done"]


def test_a_second_factor_stays(client: Client, account: Account, gateway: Gateway) -> None:
    sms_codes.enrol_sms(account, timezone.now())
    number = ask(client)
    client.post(CODE_PAGE, {"demande": number, "code": last_code(gateway)})
    client.post(LINK_PAGE, {"neuf": CHOSEN, "encore": CHOSEN})
    account.refresh_from_db()
    assert account.second_factor


@pytest.mark.parametrize(("by_text", "texts", "mails"), [(True, 1, 0), (False, 0, 1)])
def test_with_an_address_as_well_it_is_a_choice(
    client: Client, gateway: Gateway, by_text: bool, texts: int, mails: int
) -> None:
    confirm_phone(make_forgetful(), by_text=by_text)
    ask(client)
    assert (len(gateway.texts), len(links_mailed())) == (texts, mails)


def test_everybody_gets_the_same_answer(client: Client, account: Account) -> None:
    """The page with its place for a code, and the same queries, whoever is asked about."""
    make_forgetful("20E9500001AAA")
    make_forgetful("20E9500002BBB", rescue=None)
    seen = []
    for numen in (NUMEN, "20E9500001AAA", "20E9500002BBB", OTHER):
        form = fill(client, numen=numen)
        with CaptureQueriesContext(connection) as captured:
            where = client.post(PAGE, form).headers["Location"]
        number = where.rstrip("/").rsplit("/", 1)[1]
        page = client.get(where).content.decode().replace(number, "NUMBER")
        seen.append((_shapes(captured), _without_token(page)))
    assert all(one == seen[0] for one in seen)


def test_a_wrong_code_tells_nothing(client: Client, account: Account, gateway: Gateway) -> None:
    """The same words and the same work at a number whose message left, at one whose did not, at one of nobody."""
    code, seen = "", []
    for number in (ask(client), ask(client, OTHER), "AAAA-AAAA"):
        code = code or last_code(gateway)
        with CaptureQueriesContext(connection) as captured:
            page = client.post(CODE_PAGE, {"demande": number, "code": other_than(code)})
        seen.append((page.status_code, _shapes(captured), _without_token(page.content.decode().replace(number, "N"))))
    assert all(one == seen[0] for one in seen)
    assert not any("accounts_account" in query for query in seen[0][1])


def test_it_works_once(client: Client, account: Account, gateway: Gateway) -> None:
    number = ask(client)
    code = last_code(gateway)
    assert client.post(CODE_PAGE, {"demande": number, "code": code}).status_code == 302
    assert "Ce code n’ouvre pas." in Client().post(CODE_PAGE, {"demande": number, "code": code}).content.decode()


def test_for_ten_minutes(account: Account, gateway: Gateway) -> None:
    now = timezone.now()
    sms_reset.send_reset_code(account, "AAAA-2222", now=now)
    code = last_code(gateway, now)
    assert sms_reset.exchange_code("AAAA-2222", code, now=now + timedelta(minutes=10)) is None
    assert sms_reset.exchange_code("AAAA-2222", code, now=now + timedelta(minutes=9))


def test_five_tries_at_a_number(client: Client, account: Account, gateway: Gateway) -> None:
    number = ask(client)
    code = last_code(gateway)
    for _turn in range(sms_reset.TRIES):
        client.post(CODE_PAGE, {"demande": number, "code": other_than(code)})
    assert client.post(CODE_PAGE, {"demande": number, "code": code}).status_code == 200
    assert not ResetLink.objects.exists()


def test_a_network_cannot_try_for_ever(
    client: Client, account: Account, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vaguemestre.accounts.screens.lost_password.views.reset_code.TRIES_IN_TEN_MINUTES", 2)
    answers = [
        client.post(CODE_PAGE, {"demande": f"AAAA-222{turn}", "code": "12345678"}).status_code for turn in range(3)
    ]
    assert answers == [200, 200, 429]


def test_the_code_of_another_request_opens_nothing(client: Client, account: Account, gateway: Gateway) -> None:
    """Whoever reads the phone must hold the page as well, and a newer code kills the former."""
    first = ask(client)
    code = last_code(gateway)
    second = ask(client)
    assert client.post(CODE_PAGE, {"demande": second, "code": code}).status_code == 200
    assert client.post(CODE_PAGE, {"demande": first, "code": code}).status_code == 200
    assert client.post(CODE_PAGE, {"demande": second, "code": last_code(gateway)}).status_code == 302


@pytest.mark.parametrize("change", ["password", "locked", "number", "factor", "left", "link"])
def test_any_change_of_the_account_kills_it(client: Client, account: Account, gateway: Gateway, change: str) -> None:
    totp.enrol_with(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", timezone.now())
    number = ask(client)
    code, now = last_code(gateway), timezone.now()
    match change:
        case "password":
            passwords.set_password(account, CHOSEN, now=now)
        case "locked":
            lock.lock(account, by="system", reason="essai", now=now)
        case "number":
            RescueContact.objects.update(phone="07 11 22 33 44", phone_confirmed_at=now)
        case "factor":
            sms_codes.enrol_sms(account, now)
        case "left":
            Account.objects.update(closes_on=timezone.localdate() - timedelta(days=200), state=Account.State.CLOSED)
        case "link":
            reset_links.void_links(account, now=now)
    assert client.post(CODE_PAGE, {"demande": number, "code": code}).status_code == 200
    assert not ResetLink.objects.exists()


def test_a_door_that_shuts_by_its_date_kills_it(account: Account, gateway: Gateway) -> None:
    """Nothing of the account changes at that midnight."""
    shut_on = timezone.localdate() + timedelta(days=1)
    closes_on = shut_on - timedelta(days=academy().departure.portal_days)
    Account.objects.filter(pk=account.pk).update(closes_on=closes_on, state=Account.State.CLOSED)
    account.refresh_from_db()
    before = midnight(shut_on) - timedelta(minutes=2)
    sms_reset.send_reset_code(account, "AAAA-2222", now=before)
    code = last_code(gateway, before)
    assert sms_reset.exchange_code("AAAA-2222", code, now=before + timedelta(minutes=3)) is None


def test_what_it_opened_dies_with_a_change_too(client: Client, account: Account, gateway: Gateway) -> None:
    number = ask(client)
    client.post(CODE_PAGE, {"demande": number, "code": last_code(gateway)})
    contact_change.keep_phone(account, "", now=timezone.now())
    assert client.get(LINK_PAGE).status_code == GONE


def test_a_stranger_sends_three_an_hour_at_most(client: Client, account: Account, gateway: Gateway) -> None:
    for turn in range(5):
        client.post(PAGE, fill(client), headers={"X-Forwarded-For": f"203.0.{turn}.7"})
        answer_all()
    assert len(gateway.texts) == 3
    assert ResetRequest.objects.get().reason == "links-spent"


@pytest.mark.parametrize("address", [True, False])
def test_a_dead_gateway_leaves_another_way(client: Client, gateway: Gateway, address: bool) -> None:
    account = make_forgetful(rescue=RESCUE if address else None)
    confirm_phone(account, by_text=True)
    gateway.status = 401
    number = ask(client)
    leave()
    assert [to for to, _link in links_mailed()] == ([RESCUE] if address else [])
    requests = [(row.number, row.reason) for row in ResetRequest.objects.all()]
    assert requests == ([] if address else [(number, "no-text")])
    assert not ResetText.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("address", [True, False])
def test_when_the_days_number_is_reached(
    client: Client, gateway: Gateway, settings: LazySettings, address: bool
) -> None:
    settings.SMS = gateway.settings(a_day=1)
    first = make_forgetful(OTHER, rescue=None)
    confirm_phone(first)
    ask(client, OTHER)
    confirm_phone(make_forgetful(rescue=RESCUE if address else None), by_text=True)
    ask(client)
    assert len(gateway.texts) == 1
    assert len(links_mailed()) == (1 if address else 0)
    assert ResetRequest.objects.count() == (0 if address else 1)


def test_without_a_gateway_a_number_is_no_way(client: Client) -> None:
    confirm_phone(make_forgetful(rescue=None))
    page = client.post(PAGE, fill(client), follow=True).content.decode()
    assert "SMS" not in without_noise(page)
    answer_all()
    assert ResetRequest.objects.get().reason == "no-contact"
    assert not TextMessage.objects.exists()


def test_nothing_secret_is_kept_or_logged(
    client: Client, account: Account, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        number = ask(client)
        code = last_code(gateway)
        client.post(CODE_PAGE, {"demande": number, "code": code})
    rows = [list(table.objects.values()) for table in (ResetText, TextMessage, Entry, Allowance, Parcel)]
    assert code not in str(rows)
    assert PHONE not in str(rows)
    assert code not in caplog.text
    assert NUMBER not in caplog.text
    sweep("", timezone.now() + timedelta(days=400))
    assert not ResetText.objects.exists()


@pytest.mark.parametrize("typed", ["{}", "{} ", " {}"])
def test_the_number_as_people_type_it(client: Client, account: Account, gateway: Gateway, typed: str) -> None:
    number = ask(client)
    written = typed.format(number.lower().replace("-", " "))
    assert client.post(CODE_PAGE, {"demande": written, "code": last_code(gateway)}).status_code == 302


def _shapes(captured: CaptureQueriesContext) -> list[str]:
    """Queries without their values."""
    return [re.sub(r"'[^']*'|\b\d+\b|\bs\d+_x\d+\b", "?", query["sql"]) for query in captured]


def _without_token(page: str) -> str:
    lines = [line for line in page.splitlines() if "X-CSRFToken" not in line]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", "\n".join(lines))
