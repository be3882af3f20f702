"""The code that a caller reads back, by text message to a phone confirmed before."""

import re
from datetime import timedelta

from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.models import Account, RescueContact
from vaguemestre.accounts.rescue_change import contact_change
from vaguemestre.accounts.testing.sms import NUMBER, PHONE, confirm_phone, gateway, last_code, leave
from vaguemestre.courier.models import Parcel, TextMessage
from vaguemestre.courier.testing import Gateway
from vaguemestre.helpdesk.caller import caller_identification
from vaguemestre.helpdesk.models import IdentityProof
from vaguemestre.helpdesk.tests.console import Desk, at_the_desk

__all__ = ["gateway"]
OLD = timedelta(days=30)


def post(client: Client, name: str, account: Account, **body: str) -> int:
    return client.post(reverse(f"helpdesk:{name}", args=[account.key]), body).status_code


def page_of(client: Client, account: Account) -> str:
    return client.get(reverse("helpdesk:identity", args=[account.key])).content.decode()


def proved(desk: Desk) -> bool:
    return caller_identification.valid_proof(desk.somme, desk.teacher, timezone.now()) is not None


def test_by_text_message(desk: Desk, gateway: Gateway) -> None:
    confirm_phone(desk.teacher, phone_confirmed_at=timezone.now() - OLD)
    client = at_the_desk(desk.somme)
    page = page_of(client, desk.teacher)
    assert "06 •• •• •• 42" in page
    assert PHONE not in page
    assert post(client, "identity-code", desk.teacher, way="sms") == 302
    code = last_code(gateway)
    assert gateway.texts[-1][0] == NUMBER
    assert len(gateway.texts[-1][1]) <= 160, "one message, one price"
    assert "assistance" in gateway.texts[-1][1]
    assert not Parcel.objects.filter(about=desk.teacher.key).exists()
    assert post(client, "identity-code-check", desk.teacher, code=code) == 302
    assert proved(desk)


def test_each_way_by_its_own_button(desk: Desk, gateway: Gateway) -> None:
    contact_change.record(desk.teacher, "elle@boite.example", by=desk.rectorat.key, now=timezone.now() - OLD)
    confirm_phone(desk.teacher, phone_confirmed_at=timezone.now() - OLD)
    client = at_the_desk(desk.somme)
    assert page_of(client, desk.teacher).count('name="way"') == 2
    assert post(client, "identity-code", desk.teacher, way="mail") == 302
    assert not TextMessage.objects.exists()
    code = "".join(re.findall(r"(\d{3})\s(\d{3})", Parcel.objects.filter(to="elle@boite.example").latest("pk").text)[0])
    assert post(client, "identity-code-check", desk.teacher, code=code) == 302
    assert proved(desk)


def test_a_telephone_of_the_last_days_proves_nothing(desk: Desk, gateway: Gateway) -> None:
    """Also when the code was already on its way; the older address still does."""
    contact_change.record(desk.teacher, "elle@boite.example", by=desk.rectorat.key, now=timezone.now() - OLD)
    confirm_phone(desk.teacher, phone_confirmed_at=timezone.now() - OLD)
    client = at_the_desk(desk.somme)
    assert post(client, "identity-code", desk.teacher, way="sms") == 302
    RescueContact.objects.filter(account=desk.teacher).update(phone_confirmed_at=timezone.now())
    assert post(client, "identity-code-check", desk.teacher, code=last_code(gateway)) == 422
    assert not IdentityProof.objects.filter(good=True).exists()
    assert post(client, "identity-code", desk.teacher, way="sms") == 422
    page = page_of(client, desk.teacher)
    assert "c’est trop récent" in page
    assert page.count('name="way"') == 1


def test_a_number_that_nobody_confirmed_is_no_way(desk: Desk, gateway: Gateway) -> None:
    confirm_phone(desk.teacher, phone_confirmed_at=None)
    client = at_the_desk(desk.somme)
    assert post(client, "identity-code", desk.teacher, way="sms") == 422
    assert not TextMessage.objects.exists()


def test_where_no_gateway_is_there_is_no_such_button(desk: Desk, settings: LazySettings) -> None:
    settings.SMS = None
    confirm_phone(desk.teacher, phone_confirmed_at=timezone.now() - OLD)
    client = at_the_desk(desk.somme)
    assert 'name="way"' not in page_of(client, desk.teacher)
    assert post(client, "identity-code", desk.teacher, way="sms") == 422


def test_a_message_that_did_not_leave_is_said(desk: Desk, gateway: Gateway) -> None:
    confirm_phone(desk.teacher, phone_confirmed_at=timezone.now() - OLD)
    client = at_the_desk(desk.somme)
    gateway.status = 403
    post(client, "identity-code", desk.teacher, way="sms")
    leave()
    assert "Le SMS n’est pas parti" in page_of(client, desk.teacher)


def test_no_text_left_today_is_said(desk: Desk, gateway: Gateway, settings: LazySettings) -> None:
    settings.SMS = gateway.settings(a_day=0)
    confirm_phone(desk.teacher, phone_confirmed_at=timezone.now() - OLD)
    client = at_the_desk(desk.somme)
    answer = client.post(reverse("helpdesk:identity-code", args=[desk.teacher.key]), {"way": "sms"})
    assert answer.status_code == 422
    assert "Aucun SMS ne peut partir en ce moment" in answer.content.decode()


def focused(page: str) -> list[str]:
    return re.findall(r"<(?:input|button|summary)[^>]*autofocus[^>]*>", page)


def test_the_keyboard_stands_at_the_next_thing_to_do(desk: Desk) -> None:
    client = at_the_desk(desk.somme)
    [day] = focused(page_of(client, desk.teacher))  # no contact: the questions
    assert 'id="id_day"' in day
    contact_change.record(desk.teacher, "elle@boite.example", by=desk.rectorat.key, now=timezone.now() - OLD)
    [send] = focused(page_of(client, desk.teacher))
    assert send.startswith("<button")
    post(client, "identity-code", desk.teacher, way="mail")
    [code] = focused(page_of(client, desk.teacher))
    assert 'name="code"' in code
    Account.objects.filter(pk=desk.teacher.pk).update(password_kind="own")
    person = reverse("helpdesk:person", args=[desk.teacher.key])
    assert not any("<summary" in one for one in focused(client.get(person).content.decode()))
    assert client.get(person, {"fait": "identite"}).content.decode().count('<summary data-key="t" autofocus>') == 1
