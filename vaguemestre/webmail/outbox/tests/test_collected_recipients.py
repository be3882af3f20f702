"""Whom one writes to is remembered once the message has left; nothing of it holds a message up."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import DatabaseError

from vaguemestre.contacts.models import Collected
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.outbox import collected_recipients, delivery
from vaguemestre.webmail.testing.browser import MailBrowser


def test_once_it_has_left_by_any_field_and_never_oneself(
    desk: MailBrowser,
    neighbour: MailBrowser,
    no_postfix: Callable[[], None],
    back_again: Callable[[], None],
    now: datetime,
) -> None:
    key, to = new_key(), f"Karim <{neighbour.mail.address.upper()}>, {desk.mail.address}"
    no_postfix()
    desk.write(key, a=to, cci="Anne <anne@librairie.example>")
    assert not Collected.objects.exists()
    back_again()
    delivery.deliver(key, now)
    found = {one.address: one.name for one in Collected.objects.filter(account=desk.mail.account)}
    assert found == {neighbour.mail.address: "Karim", "anne@librairie.example": "Anne"}


def test_a_message_leaves_also_when_nobody_can_be_remembered(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise DatabaseError("full")

    monkeypatch.setattr(collected_recipients, "collect_addresses", broken)
    assert desk.write(new_key(), a=neighbour.mail.address).status_code == 302
    assert neighbour.stored("inbox")


def test_the_reader_offers_to_keep_who_wrote(desk: MailBrowser) -> None:
    uid = desk.put(b"From: Anne <anne@librairie.example>\nSubject: a\nTo: x@y.example\n\ncorps")
    page = desk.get(desk.url(tail=f"{uid}/")).content.decode()
    assert 'name="adresse" value="anne@librairie.example"' in page
    mine = desk.put(f"From: <{desk.mail.address}>\nSubject: b\n\ncorps".encode())
    assert 'name="adresse"' not in desk.get(desk.url(tail=f"{mine}/")).content.decode()
