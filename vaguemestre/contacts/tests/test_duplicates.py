"""Two cards of one person become one, and two again."""

from typing import Any

from django.utils import timezone

from vaguemestre.contacts import cards as contact_cards, duplicates, undo
from vaguemestre.contacts.cards import Card, CardLine, card_of
from vaguemestre.contacts.models import Contact, Undoable
from vaguemestre.testing import Cast

NOW = timezone.now()
ANNE = Card(given="Anne", family="Auteur", addresses=(CardLine("anne@x.fr", "work"),), groups=("4e B",), note="un")
TWIN = Card(
    given="AUTEUR",
    family="Anne",
    organisation="Librairie",
    addresses=(CardLine("ANNE@x.fr".lower()), CardLine("a@y.fr")),
    numbers=(CardLine("06 12", "cell"),),
    groups=("Chorale",),
    note="deux",
    extra=("BDAY:1980-05-12",),
)


def test_the_same_address_or_the_same_name(cast: Cast) -> None:
    kept = contact_cards.add_contacts(
        cast.teacher,
        [
            ANNE, TWIN, Card(given="Élodie", family="Lefèvre"), Card(display="LEFEVRE Elodie"),
            Card(given="Paul", addresses=(CardLine("p@x.fr"),)), Card(given="Polo", addresses=(CardLine("p@x.fr"),)),
            Card(given="Seule"),
        ],
        now=NOW,
    )  # fmt: skip
    numbers = [one.pk for one in kept]
    assert sorted(map(sorted, duplicates.find_duplicates(cast.teacher))) == [numbers[0:2], numbers[2:4], numbers[4:6]]
    assert duplicates.find_duplicates(cast.head) == []


def test_an_office_s_address_is_no_duplicate(cast: Cast) -> None:
    cards = [Card(given=f"Agent {number}", addresses=(CardLine("ce@x.fr"),)) for number in range(9)]
    contact_cards.add_contacts(cast.teacher, cards, now=NOW)
    assert duplicates.find_duplicates(cast.teacher) == []


def test_nothing_is_lost_and_it_is_undone(cast: Cast) -> None:
    first, second = contact_cards.add_contacts(cast.teacher, [ANNE, TWIN], now=NOW)
    word = duplicates.merge_contacts([first, second], now=NOW)
    (one,) = Contact.objects.all()
    card = card_of(one)
    assert (one.pk, card.given, card.family, card.organisation) == (first.pk, "Anne", "Auteur", "Librairie")
    assert [line.value for line in card.addresses] == ["anne@x.fr", "a@y.fr"]
    assert (card.numbers, set(card.groups), card.note) == (
        (CardLine("06 12", "cell"),),
        {"4e B", "Chorale"},
        "un\ndeux",
    )
    assert card.extra == ("BDAY:1980-05-12",)
    assert undo.undo_act(Undoable.objects.get(key=word), now=NOW)
    assert {one.pk: card_of(one) for one in Contact.objects.all()} == {first.pk: ANNE, second.pk: TWIN}
    assert not Undoable.objects.exists()


def test_a_word_that_differs_goes_into_the_note() -> None:
    merged = duplicates.merged_card([Card(given="A", function="Principale"), Card(given="A", function="Proviseure")])
    assert (merged.function, merged.note) == ("Principale", "Proviseure")


def test_numbers_are_compared_by_their_digits() -> None:
    merged = duplicates.merged_card(
        [Card(numbers=(CardLine("06 12", "cell"),)), Card(numbers=(CardLine("06.12"), CardLine("07")))]
    )
    assert [line.value for line in merged.numbers] == ["06 12", "07"]


def test_two_queries_for_ten_thousand(cast: Cast, django_assert_num_queries: Any) -> None:
    cards = [Card(given="Anne", family=f"Auteur {n // 2}", addresses=(CardLine(f"a{n}@x.fr"),)) for n in range(10_000)]
    contact_cards.add_contacts(cast.teacher, cards, now=NOW)
    with django_assert_num_queries(2):
        assert len(duplicates.find_duplicates(cast.teacher)) == 5_000
