"""Text messages through a real gateway on a socket: taken, refused, dead, too many; and what is kept of them."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.courier import retention, sms
from vaguemestre.courier.models import TextMessage
from vaguemestre.courier.phone_numbers import international_number, mask_number
from vaguemestre.courier.testing import PLACE, SECRET, Gateway
from vaguemestre.testing import data_folder

pytestmark = pytest.mark.django_db
State = TextMessage.State
NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
PHONE = "06 12 34 56 78"
INSTEAD = due.Job("tests.texts.instead")


@INSTEAD.register
def take_another_way(key: str, now: datetime) -> None:
    """Asked for, and looked at before its turn."""


@pytest.fixture
def gateway(settings: LazySettings) -> Iterator[Gateway]:
    made = Gateway()
    settings.SMS = made.settings()
    yield made
    made.stop()


def send(text: str = "Code 123456", *, phone: str = PHONE, now: datetime = NOON, minutes: int = 10) -> TextMessage:
    return sms.send_sms(phone, text, now=now, until=now + timedelta(minutes=minutes), instead=(INSTEAD, "autrement"))


def test_it_leaves_as_a_form(gateway: Gateway, settings: LazySettings, tmp_path: Path) -> None:
    secret = tmp_path / "sms.key"
    secret.write_text(f"{SECRET}\n")
    settings.SMS = gateway.settings(secret)
    message = send("Un code d’été : 123456")
    assert due.run(NOON) == 1
    told = {"username": "vaguemestre", "password": SECRET, "to": "+33612345678", "text": "Un code d'été : 123456"}
    assert gateway.received == [told]
    assert gateway.asked == [f"POST {PLACE} HTTP/1.1"], "nothing in the address, which logs keep"
    message.refresh_from_db()
    assert message.state == State.TAKEN


def test_over_tls_with_the_authority_that_is_named(daemons: None, settings: LazySettings) -> None:
    tls = data_folder() / "tls"
    gateway = Gateway(certificate=tls / "server.pem", key=tls / "server.key")
    try:
        settings.SMS = gateway.settings()
        refused = send()
        due.run(NOON)
        assert not gateway.received, "a certificate that nobody vouches for: neither secret nor number is shown"
        settings.SMS = gateway.settings(ca=tls / "ca.pem")
        due.run(NOON + timedelta(seconds=15))
    finally:
        gateway.stop()
    refused.refresh_from_db()
    assert (refused.state, len(gateway.received)) == (State.TAKEN, 1)


def test_neither_text_nor_number_outlives_it(gateway: Gateway) -> None:
    message = send()
    due.run(NOON)
    message.refresh_from_db()
    assert (message.text, message.to) == ("", "+336•••••78")


def test_an_act_undone_sends_nothing(gateway: Gateway) -> None:
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert due.run(NOON) == 0
    assert not gateway.received


def test_a_dead_gateway_is_tried_three_times_and_given_up(settings: LazySettings) -> None:
    gateway = Gateway()
    settings.SMS = gateway.settings()
    gateway.stop()
    message = send()
    due.run(NOON)
    due.run(NOON + timedelta(seconds=14))
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.WAITING, 1)
    assert sms.is_leaving(NOON)
    due.run(NOON + timedelta(seconds=15))
    due.run(NOON + timedelta(seconds=60))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.text) == (State.GIVEN_UP, 3, "")
    assert Due.objects.filter(job=INSTEAD.name, key="autrement").exists(), "another way is taken"
    assert not sms.is_leaving(NOON + timedelta(minutes=2))
    assert not Due.objects.filter(job=sms.DELIVER.name).exists()


def test_a_gateway_that_does_not_answer_is_left_in_time(gateway: Gateway, settings: LazySettings) -> None:
    settings.SMS = gateway.settings(timeout=1)
    gateway.silent = True
    message = send()
    due.run(NOON)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.WAITING, 1)


def test_a_gateway_whose_answer_drips_is_left_in_time(gateway: Gateway, settings: LazySettings) -> None:
    """Each byte comes in time; the whole answer, which says yes at its end, does not."""
    settings.SMS = gateway.settings(timeout=1, accepted="OK")
    gateway.drips, gateway.says = True, "un moment " * 3 + "OK"
    message = send()
    due.run(NOON)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.WAITING, 1)


def test_the_others_wait_while_it_is_away(gateway: Gateway) -> None:
    """Each would hold the clock for its own patience; after a rest one of them tries."""
    gateway.status = 503
    first, second = send("Un 111111"), send("Deux 222222")
    due.run(NOON)
    assert [text for _to, text in gateway.texts] == ["Un 111111"]
    gateway.status = 200
    due.run(NOON + timedelta(seconds=10))
    due.run(NOON + timedelta(seconds=15))
    states = TextMessage.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True)
    assert set(states) == {State.TAKEN}


@pytest.mark.parametrize(
    ("status", "says", "state"),
    [
        (200, "OK\n1\n100", State.TAKEN),
        (200, "KO\nInsufficient credit", State.WAITING),
        (401, "OK", State.REFUSED),
        (429, "OK", State.WAITING),
        (500, "OK", State.WAITING),
        (302, "OK", State.WAITING),
    ],
)
def test_what_it_answers(
    gateway: Gateway, settings: LazySettings, status: int, says: str, state: TextMessage.State
) -> None:
    settings.SMS = gateway.settings(accepted="OK")
    gateway.status, gateway.says = status, says
    message = send()
    due.run(NOON)
    message.refresh_from_db()
    assert message.state == state
    assert len(gateway.asked) == 1, "a redirection would carry number and secret elsewhere"


def test_a_days_number_for_the_whole_installation(gateway: Gateway, settings: LazySettings) -> None:
    settings.SMS = gateway.settings(a_day=2)
    send("Un"), send("Deux")
    with pytest.raises(sms.NoMessagesLeftError):
        send("Trois")
    due.run(NOON)
    later = NOON + timedelta(hours=23)
    with pytest.raises(sms.NoMessagesLeftError):
        send("Quatre", now=later)
    send("Cinq", now=NOON + timedelta(hours=25))


def test_the_days_number_holds_at_the_gateway_too(gateway: Gateway, settings: LazySettings) -> None:
    """Two that were asked for at the same moment."""
    first, second = send("Un"), send("Deux")
    settings.SMS = gateway.settings(a_day=1)
    due.run(NOON)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.TAKEN, State.CEILING)
    assert len(gateway.received) == 1
    assert Due.objects.filter(job=INSTEAD.name).exists()


def test_what_is_worth_nothing_any_more_does_not_leave(gateway: Gateway) -> None:
    message = send(minutes=5)
    due.run(NOON + timedelta(minutes=5))
    message.refresh_from_db()
    assert (message.state, message.text) == (State.LATE, "")
    assert not gateway.received


def test_texts_do_not_outlive_their_worth(gateway: Gateway) -> None:
    message = send(minutes=5)
    retention.sweep("", NOON + timedelta(minutes=4))
    message.refresh_from_db()
    assert message.text
    retention.sweep("", NOON + timedelta(minutes=5))
    message.refresh_from_db()
    assert (message.state, message.text) == (State.LATE, "")
    retention.sweep("", NOON + timedelta(days=91))
    assert not TextMessage.objects.exists()


@pytest.mark.parametrize("phone", ["+44 7700 900123", "03 22 82 38 23", "+1 900 555 01 23", "18", "", "0899 12 34 56"])
def test_only_where_the_authority_pays_for(gateway: Gateway, phone: str) -> None:
    with pytest.raises(sms.UnreachableNumberError) as refusal:
        send(phone=phone)
    assert not phone or phone not in str(refusal.value)
    assert not TextMessage.objects.exists()


def test_without_a_gateway_nobody_is_sent_anything(gateway: Gateway, settings: LazySettings) -> None:
    message = send()
    settings.SMS = None
    with pytest.raises(sms.UnreachableNumberError):
        send()
    due.run(NOON)
    message.refresh_from_db()
    assert message.state == State.REFUSED


def test_nothing_secret_in_the_logs(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    gateway.says = "number +33612345678 refused, text Code 987654"
    with caplog.at_level(logging.DEBUG):
        for turn, status in enumerate((200, 400, 503)):
            gateway.status = status
            send("Code 987654", now=NOON + timedelta(minutes=turn))
            due.run(NOON + timedelta(minutes=turn))
    assert "text message" in caplog.text
    assert not any(secret in caplog.text for secret in ("987654", "12345678", "12 34 56 78", SECRET))
    kept = str(list(TextMessage.objects.exclude(state=State.WAITING).values()))
    assert not any(secret in kept for secret in ("987654", "12345678"))


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06 90 12 34 56", "+590690123456"),
        ("06 92 12 34 56", "+262692123456"),
        ("06 39 12 34 56", "+262639123456"),
        ("+32475123456", "+32475123456"),
        ("00 12 34 56 78", None),
        ("+12", None),
        ("", None),
    ],
)
def test_numbers_as_the_gateway_wants_them(phone: str, number: str | None) -> None:
    assert international_number(phone) == number


@pytest.mark.parametrize(("begins", "dialled"), [("+", "+33612345678"), ("00", "0033612345678"), ("", "33612345678")])
def test_each_gateway_has_its_own_way(gateway: Gateway, settings: LazySettings, begins: str, dialled: str) -> None:
    settings.SMS = gateway.settings(number_begins=begins)
    send()
    due.run(NOON)
    assert gateway.texts[0][0] == dialled


def test_the_alphabet_of_telephones() -> None:
    written = "L’été « même » à Œuilly\u202f: 5\u00a0€…"
    assert sms.gsm_text(written) == 'L\'été " meme " à ?uilly : 5 ?...'
    assert mask_number("+33612345678") == "+336•••••78"


def test_the_operator_looks_and_tries(gateway: Gateway) -> None:
    said = StringIO()
    call_command("texts", number=PHONE, stdout=said)
    assert "en attente de la passerelle" in said.getvalue()
    due.run(timezone.now())
    said = StringIO()
    call_command("texts", stdout=said)
    assert "1 sur 100" in said.getvalue()
    assert "pris par la passerelle" in said.getvalue()
    assert not any(digits in said.getvalue() for digits in ("12345678", "12 34 56"))
    with pytest.raises(CommandError):
        call_command("texts", number="+44 7700 900123", stdout=said)


def test_the_operator_without_a_gateway(settings: LazySettings) -> None:
    settings.SMS = None
    with pytest.raises(CommandError):
        call_command("texts", stdout=StringIO())
