"""Whom one has written to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.contacts import collected_addresses
from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.contacts.models import Collected
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import Cast

NOW = timezone.now()


def people(*addresses: str) -> list[Address]:
    return [Address("", address) for address in addresses]


def test_once_an_address_whatever_its_case(cast: Cast) -> None:
    collect_addresses(cast.teacher, [Address("Anne Auteur", "Anne@Librairie.Example")], NOW)
    collect_addresses(cast.teacher, people("anne@librairie.example", "zoe@bücher.example"), NOW + timedelta(hours=1))
    anne, zoe = Collected.objects.filter(account=cast.teacher).order_by("address")
    assert (anne.address, anne.name, anne.times) == ("anne@librairie.example", "Anne Auteur", 2)
    assert anne.last_at == NOW + timedelta(hours=1)
    assert (zoe.address, zoe.times) == ("zoe@xn--bcher-kva.example", 1)


def test_a_new_name_is_taken_and_an_empty_one_is_not(cast: Cast) -> None:
    collect_addresses(cast.teacher, [Address("Anne", "anne@librairie.example")], NOW)
    collect_addresses(cast.teacher, [Address("Anne Auteur", "anne@librairie.example")], NOW)
    collect_addresses(cast.teacher, [Address("anne@librairie.example", "anne@librairie.example")], NOW)
    assert Collected.objects.get().name == "Anne Auteur"


def test_colleagues_are_and_oneself_is_not(cast: Cast) -> None:
    collect_addresses(
        cast.teacher, people(cast.teacher.address, cast.teacher.addresses[-1].upper(), cast.head.address), NOW
    )
    assert [one.address for one in Collected.objects.all()] == [cast.head.address]


def test_what_is_no_address_is_nobody(cast: Cast) -> None:
    collect_addresses(cast.teacher, people("", "anne", "anne@", "@x.fr", "a b@x.fr", "é@x.fr", "a@localhost"), NOW)
    assert not Collected.objects.exists()


def test_the_oldest_go(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collected_addresses, "KEPT", 3)
    for minute in range(5):
        collect_addresses(cast.teacher, people(f"a{minute}@x.fr"), NOW + timedelta(minutes=minute))
    collect_addresses(cast.head, people("autre@x.fr"), NOW - timedelta(days=1))
    assert {one.address for one in Collected.objects.filter(account=cast.teacher)} == {"a2@x.fr", "a3@x.fr", "a4@x.fr"}
    assert Collected.objects.filter(account=cast.head).exists()


def test_the_oldest_go_also_when_all_came_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collected_addresses, "KEPT", 3)
    collect_addresses(cast.teacher, people(*(f"a{number}@x.fr" for number in range(7))), NOW)
    assert Collected.objects.count() == 3


def test_a_mailing_collects_nobody(cast: Cast) -> None:
    collect_addresses(cast.teacher, people(*(f"a{number}@x.fr" for number in range(101))), NOW)
    assert not Collected.objects.exists()


def test_few_statements_whatever_the_number(cast: Cast, django_assert_max_num_queries: object) -> None:
    collect_addresses(cast.teacher, people(*(f"a{number}@x.fr" for number in range(50))), NOW)
    with django_assert_max_num_queries(9):  # type: ignore[operator]  # own addresses, the savepoint's two, and six
        collect_addresses(cast.teacher, [Address("Nom", f"a{number}@x.fr") for number in range(100)], NOW)
