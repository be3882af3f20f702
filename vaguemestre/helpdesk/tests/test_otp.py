"""OTP keys at the help desk: the whole way, and what an agent of another department meets."""

import io
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.models import Account, OtpKey, OtpRequest, RescueContact
from vaguemestre.accounts.otp import requests
from vaguemestre.accounts.otp.testing import PIN, hand, hold, make_key
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk
from vaguemestre.testing import without_noise

SEEDS = Path(__file__).parents[3] / "seeds"
State = OtpKey.State
RETURNED = {"reason": "rendue au guichet", "in_person": "on"}


@pytest.fixture
def agent(desk: Desk) -> Client:
    return at_the_desk(desk.somme)


def act(client: Client, name: str, *args: object, **facts: str) -> str:
    """Where it leads; the status when it leads nowhere."""
    answer = client.post(reverse(f"helpdesk:{name}", args=args), facts)
    return answer.headers.get("Location", str(answer.status_code))


def ask(account: Account) -> OtpRequest:
    return requests.ask_for_key(
        account, carrier=OtpKey.Carrier.FOB, motive=OtpRequest.Motive.FIRST, reason="ONDE depuis la maison",
        now=timezone.now(), today=timezone.localdate(),
    )  # fmt: skip


def test_from_the_stock_to_a_signed_slip_and_a_key_in_hand(agent: Client, desk: Desk) -> None:
    key, asked = make_key(serial="4417"), ask(desk.teacher)
    assert "ONDE depuis la maison" in agent.get(reverse("helpdesk:otp")).content.decode()
    assert act(agent, "otp-decision", asked.pk, approved="yes", word="Vu avec l’IEN.").endswith("accordee")
    assert desk.teacher.display_name in agent.get(reverse("helpdesk:otp")).content.decode()
    assert "attribuee" in act(agent, "otp-assignment", desk.teacher.key, serial="4417")
    slip = agent.get(reverse("helpdesk:otp-slip", args=["4417"]))
    assert slip.content.startswith(b"%PDF")
    assert act(agent, "otp-handover", "4417") == "200", "without a signature nothing is handed over"
    key.refresh_from_db()
    assert key.state == State.ASSIGNED
    assert act(agent, "otp-handover", "4417", signed="on").endswith("remise")
    key.refresh_from_db()
    asked.refresh_from_db()
    assert (key.state, asked.state) == (State.HANDED, OtpRequest.State.HANDED)
    holding = key.holdings.get()
    assert (holding.handed_by, holding.slip) == (desk.somme, f"B{timezone.localdate():%Y}-80-001")
    story = agent.get(reverse("helpdesk:otp-key", args=["4417"])).content.decode()
    assert holding.slip in story
    assert desk.somme.display_name in story


def test_another_department_s_agent_meets_nothing(desk: Desk) -> None:
    """Keys, people, requests: by every address."""
    asked = ask(desk.teacher)
    fob = hold(desk.teacher)
    stocked = make_key()
    elsewhere = at_the_desk(desk.aisne)
    before = list(OtpKey.objects.order_by("pk").values())
    for name in ("otp-key", "otp-slip"):
        assert elsewhere.get(reverse(f"helpdesk:{name}", args=[fob.key.serial])).status_code == 404
    assert elsewhere.get(reverse("helpdesk:otp-person", args=[desk.teacher.key])).status_code == 404
    on_keys = ("otp-handover", "otp-put-back", "otp-pin", "otp-put-right", "otp-loss", "otp-return", "otp-retirement")
    for name in on_keys:
        for serial in (fob.key.serial, stocked.serial):
            assert act(elsewhere, name, serial, in_person="on", signed="on", stock="yes") == "404"
    for name in ("otp-assignment", "otp-password"):
        assert act(elsewhere, name, desk.teacher.key, serial=stocked.serial, in_person="on", reason="x") == "404"
    assert act(elsewhere, "otp-decision", asked.pk, approved="yes", word="x") == "404"
    assert act(elsewhere, "otp-assignment", desk.neighbour.key, serial=stocked.serial) == "200", "not of that stock"
    assert list(OtpKey.objects.order_by("pk").values()) == before
    page = elsewhere.get(reverse("helpdesk:otp")).content.decode()
    assert stocked.serial not in page
    assert desk.teacher.display_name not in page


def test_a_key_follows_its_holder_to_another_department(desk: Desk) -> None:
    fob = hold(desk.teacher)
    desk.teacher.person.department = "02"
    desk.teacher.person.save()
    somme, aisne = at_the_desk(desk.somme), at_the_desk(desk.aisne)
    assert somme.get(reverse("helpdesk:otp-key", args=[fob.key.serial])).status_code == 404
    assert act(aisne, "otp-return", fob.key.serial, stock="yes", **RETURNED).endswith("rendue")
    fob.key.refresh_from_db()
    assert (fob.key.state, fob.key.department) == (State.STOCK, "02")


def test_whoever_is_no_agent_meets_nothing(desk: Desk) -> None:
    for account in (desk.teacher, desk.officer):
        client = at_the_desk(account)
        for name in ("otp", "otp-import"):
            assert client.get(reverse(f"helpdesk:{name}")).status_code == 404


def test_nobody_acts_on_themselves(desk: Desk) -> None:
    fob = hold(desk.somme)
    mine = at_the_desk(desk.somme)
    assert mine.get(reverse("helpdesk:otp-key", args=[fob.key.serial])).status_code == 200
    assert act(mine, "otp-pin", fob.key.serial, in_person="on") == "404"
    assert act(mine, "otp-assignment", desk.somme.key, serial=make_key().serial) == "404"
    assert act(mine, "otp-decision", ask(desk.somme).pk, approved="yes", word="x") == "404"


def test_a_new_pin_asks_first_who_is_calling(agent: Client, desk: Desk) -> None:
    fob = hold(desk.teacher)
    assert reverse("helpdesk:identity", args=[desk.teacher.key]) in act(agent, "otp-pin", fob.key.serial)
    fob.key.refresh_from_db()
    assert fob.key.state == State.ACTIVE
    assert act(agent, "otp-pin", fob.key.serial, in_person="on").endswith("pin")
    fob.key.refresh_from_db()
    assert (fob.key.state, fob.key.pin) == (State.PIN_RESET, None)


def test_lost_then_the_password_again_then_found(agent: Client, desk: Desk) -> None:
    fob = hold(desk.teacher)
    assert act(agent, "otp-loss", fob.key.serial).endswith("perdue")
    assert not desk.teacher.sessions.exists()
    facts = {"reason": "clé commandée", "in_person": "on"}
    assert act(agent, "otp-password", desk.teacher.key, **facts).endswith("mot-de-passe")
    desk.teacher.refresh_from_db()
    assert desk.teacher.method == Account.Method.PASSWORD
    assert act(agent, "otp-return", fob.key.serial, stock="yes").endswith("rendue")
    fob.key.refresh_from_db()
    assert (fob.key.state, fob.key.account) == (State.STOCK, None)


def test_put_right_over_the_telephone_and_returned(agent: Client, desk: Desk) -> None:
    fob = hold(desk.teacher)
    one, two = fob.press(300), fob.press()
    assert act(agent, "otp-put-right", fob.key.serial, first=one, second="000000") == "200"
    assert act(agent, "otp-put-right", fob.key.serial, first=one, second=two).endswith("reglee")
    assert act(agent, "otp-return", fob.key.serial, stock="no", **RETURNED).endswith("retiree")
    desk.teacher.refresh_from_db()
    assert desk.teacher.method == Account.Method.PASSWORD


@pytest.mark.parametrize("stock", ["yes", "no"])
def test_a_key_in_use_given_back_asks_why_and_who_is_there_and_tells_the_rescue_contact(
    agent: Client, desk: Desk, stock: str
) -> None:
    """It opens the password alone again, as "password again" does."""
    fob = hold(desk.teacher)
    RescueContact.objects.create(account=desk.teacher, email="elle@boite.example", confirmed_at=timezone.now())
    assert act(agent, "otp-return", fob.key.serial, stock=stock, in_person="on") == "422"
    assert "identite" in act(agent, "otp-return", fob.key.serial, stock=stock, reason="rendue")
    desk.teacher.refresh_from_db()
    assert desk.teacher.method == Account.Method.OTP_KEY
    Parcel.objects.all().delete()
    assert act(agent, "otp-return", fob.key.serial, stock=stock, **RETURNED).endswith(("rendue", "retiree"))
    assert Parcel.objects.filter(to="elle@boite.example").exists()
    line = Entry.objects.get(act="otp-key.returned")
    assert line.details["reason"] == RETURNED["reason"]


def test_the_key_of_a_closed_account_comes_back_without_its_holder(agent: Client, desk: Desk) -> None:
    fob = hold(desk.teacher)
    Account.objects.filter(pk=desk.teacher.pk).update(state=Account.State.CLOSED)
    assert act(agent, "otp-return", fob.key.serial, stock="yes", reason="par le courrier").endswith("rendue")


def test_a_key_set_aside_is_told_where_it_waits(agent: Client, desk: Desk) -> None:
    make_key(serial="4417")
    act(agent, "otp-assignment", desk.teacher.key, serial="4417")
    text = Parcel.objects.get(to=desk.teacher.address).text
    assert "DSDEN de la Somme" in text
    assert "pièce d’identité" in text


def test_the_person_s_page_knows_the_key(agent: Client, desk: Desk) -> None:
    fob = hold(desk.teacher)
    page = reverse("helpdesk:person", args=[desk.teacher.key])
    OtpKey.objects.filter(pk=fob.key.pk).update(state=State.BLOCKED)
    shown = agent.get(page).content.decode()
    assert "bloquée après trois codes PIN faux" in shown
    assert f"{reverse('helpdesk:otp-key', args=[fob.key.serial])}#pin" in shown
    assert "la clé OTP sert de nouveau" in shown, "what a temporary password does"
    act(agent, "otp-loss", fob.key.serial)
    shown = agent.get(page).content.decode()
    assert "a été déclarée perdue" in shown
    assert f'class="button button-primary" href="{reverse("helpdesk:otp-person", args=[desk.teacher.key])}"' in shown


def test_pressed_twice_or_too_late_is_said(agent: Client, desk: Desk) -> None:
    hand(desk.teacher, key := make_key())
    assert act(agent, "otp-handover", key.serial, signed="on") == "404", "handed over already"
    assert act(agent, "otp-retirement", key.serial) == "404"


def test_a_manufacturer_s_file_comes_in_by_the_page(agent: Client) -> None:
    good = (SEEDS / "otp-stock.pskc.xml").read_bytes()
    page = reverse("helpdesk:otp-import")

    def send(content: bytes, **facts: str) -> str:
        file = io.BytesIO(content)
        file.name = "graines.xml"
        return agent.post(page, {"file": file, "department": "80", **facts}).content.decode()

    assert "chiffré" in send(good) or "encrypted" in send(good)
    assert not OtpKey.objects.exists()
    secret = (SEEDS / "otp-stock.key").read_text().strip()
    assert "4417" not in without_noise(send(good, department="02", preshared=secret)), "not this agent's department"
    assert not OtpKey.objects.exists()
    send(good, preshared=secret)
    assert OtpKey.objects.filter(department="80").count() == 5
    again = send(good, preshared=secret)
    assert OtpKey.objects.count() == 5
    assert secret not in again


def test_bad_keys_of_a_file_are_listed_and_nothing_is_kept(agent: Client) -> None:
    broken = (SEEDS / "otp-stock.pskc.xml").read_bytes().replace(b"<pskc:SerialNo>4418<", b"<pskc:SerialNo>4418 bis<")
    secret = (SEEDS / "otp-stock.key").read_text().strip()
    for facts, kept in (({}, 0), ({"without_bad": "on"}, 4)):
        file = io.BytesIO(broken)
        file.name = "graines.xml"
        page = agent.post(
            reverse("helpdesk:otp-import"), {"file": file, "department": "80", "preshared": secret, **facts}
        )
        assert "4418 bis" in page.content.decode()
        assert OtpKey.objects.count() == kept


def test_a_search_leads_to_the_key_or_says_so(agent: Client) -> None:
    make_key(serial="4417")
    make_key(serial="4418", department="02")
    assert act(agent, "otp-search", serial="4417") == reverse("helpdesk:otp-key", args=["4417"])
    assert act(agent, "otp-search", serial="4418").endswith("inconnue")


def test_pin_and_codes_are_nowhere_in_pages(agent: Client, desk: Desk) -> None:
    fob = hold(desk.teacher)
    page = agent.get(reverse("helpdesk:otp-key", args=[fob.key.serial])).content.decode()
    for secret in (PIN, fob.key.pin or "", fob.key.secret):
        assert secret not in without_noise(page)
