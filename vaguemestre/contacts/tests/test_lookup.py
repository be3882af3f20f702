"""Who is offered for what is typed."""

from typing import Any

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import cards
from vaguemestre.contacts.cards import Card
from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.contacts.lookup import find_groups, find_matching, has_card
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import Cast

pytestmark = pytest.mark.database  # each case is matched by the database

NOW = timezone.now()


def keep(account: Account, given: str, family: str, *addresses: str, **facts: Any) -> int:
    card = Card(given=given, family=family, addresses=tuple(cards.CardLine(one) for one in addresses), **facts)
    return cards.add_contact(account, card, now=NOW).pk


def found(account: Account, typed: str, limit: int = 10) -> list[str]:
    return [one.address for one in find_matching(account, typed, limit)]


@pytest.mark.parametrize(
    "typed",
    ["lefevre", "LEFÈVRE elo", "élodie lef", "Lefèvre, Élodie", "elodie.lefevre@", "rectorat lef", "principale"],
)
def test_accents_case_and_order_do_not_count(cast: Cast, typed: str) -> None:
    keep(cast.teacher, "Élodie", "Lefèvre", "elodie.lefevre@rectorat.example", function="Principale")
    keep(cast.teacher, "Paul", "Martin", "paul@x.fr")
    assert found(cast.teacher, typed) == ["elodie.lefevre@rectorat.example"]


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'; drop", "fevre", "lefevre inconnu"])
def test_nothing_for_what_nobody_begins_with(cast: Cast, typed: str) -> None:
    keep(cast.teacher, "Élodie", "Lefèvre", "elodie@rectorat.example")
    assert found(cast.teacher, typed) == []


def test_all_addresses_of_a_card_and_who_is_written_to_most_first(cast: Cast) -> None:
    keep(cast.teacher, "Anne", "Auteur", "anne@librairie.example", "anne@perso.example")
    for _ in range(3):
        collect_addresses(cast.teacher, [Address("Annette", "annette@x.fr")], NOW)
    collect_addresses(cast.teacher, [Address("", "anne@perso.example")], NOW)
    first, second, third = find_matching(cast.teacher, "ann", 10)
    assert (first.address, first.times, first.kept) == ("annette@x.fr", 3, False)
    assert (second.address, second.name, second.times, second.kept) == ("anne@perso.example", "Anne Auteur", 1, True)
    assert (third.address, third.times) == ("anne@librairie.example", 0)
    assert len(find_matching(cast.teacher, "ann", 2)) == 2


def test_nobody_sees_somebody_else_s(cast: Cast) -> None:
    keep(cast.head, "Anne", "Auteur", "anne@librairie.example")
    collect_addresses(cast.head, [Address("Annette", "annette@x.fr")], NOW)
    assert found(cast.teacher, "ann") == []
    assert has_card(cast.head, "anne@librairie.example")
    assert not has_card(cast.teacher, "anne@librairie.example")


def test_two_queries_whatever_is_there(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in range(30):
        keep(cast.teacher, "Anne", f"Auteur {number}", f"anne{number}@x.fr", f"a{number}@y.fr")
        collect_addresses(cast.teacher, [Address("Anne", f"anne{number}@x.fr")], NOW)
    with django_assert_num_queries(2):
        assert len(find_matching(cast.teacher, "anne", 8)) == 8


def test_a_group_with_its_people(cast: Cast) -> None:
    keep(cast.teacher, "Anne", "Auteur", "anne@x.fr", groups=("Équipe de 4e B",))
    keep(cast.teacher, "Sans", "Adresse", groups=("Équipe de 4e B",))
    (group,) = find_groups(cast.teacher, "equipe", 5)
    assert (group.name, [one.address for one in group.people]) == ("Équipe de 4e B", ["anne@x.fr"])
    assert find_groups(cast.teacher, "autre", 5) == []
