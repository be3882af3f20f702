"""Whom the composer proposes, and in which order."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import collected_addresses, groups
from vaguemestre.contacts.models import Contact, Group
from vaguemestre.directory import index, suggestions as directory_suggestions
from vaguemestre.directory.suggestions import MOST, suggestions
from vaguemestre.directory.testing.places import Hire, Places
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import Cast
from vaguemestre.webmail.people.address_list import parse_recipients

pytestmark = pytest.mark.database  # each case is matched by the database


def names(account: Account, typed: str, today: date) -> list[str]:
    return [one.name for one in suggestions(account, typed, today=today)]


@pytest.fixture
def teacher(cast: Cast, today: date) -> Account:
    index.rebuild(today=today)
    return cast.teacher


def test_one_s_own_school_then_the_department_then_the_others(
    teacher: Account, hire: Hire, places: Places, today: date
) -> None:
    hire("Aline", "Martin", school=places.elsewhere)
    hire("Bruno", "Martin", school=places.school)
    hire("Zoé", "Martin", school=places.college)
    assert names(teacher, "martin", today) == ["Zoé Martin", "Bruno Martin", "Aline Martin"]


def test_somebody_of_another_department_sees_their_own_first(
    cast: Cast, hire: Hire, places: Places, today: date
) -> None:
    index.rebuild(today=today)
    viewer = hire("Léa", "Viewer", school=places.elsewhere)
    hire("Aline", "Martin", school=places.college)
    hire("Zoé", "Martin", school=places.elsewhere)
    assert names(viewer, "martin", today) == ["Zoé Martin", "Aline Martin"]


def test_whole_words_before_longer_ones(teacher: Account, hire: Hire, places: Places, today: date) -> None:
    hire("Aline", "Martineau", school=places.elsewhere)
    hire("Zoé", "Martin", school=places.elsewhere)
    assert names(teacher, "martin", today) == ["Zoé Martin", "Aline Martineau"]


@pytest.mark.parametrize(
    "typed", ["mártin zoe", "zoé martin", "ZOE MAR", "mar zo", "martin hachette", "beauvais martin"]
)
def test_accents_order_and_the_school_beside_a_name(
    teacher: Account, hire: Hire, places: Places, today: date, typed: str
) -> None:
    hire("Zoé", "Martin", school=places.elsewhere)
    hire("Aline", "Martin", school=places.college)
    assert names(teacher, typed, today) == ["Zoé Martin"]


def test_homonyms_say_where_they_are(teacher: Account, hire: Hire, places: Places, today: date) -> None:
    hire("Marie", "Martin", school=places.college)
    hire("Marie", "Martin", school=places.elsewhere)
    details = [one.detail for one in suggestions(teacher, "marie martin", today=today)]
    assert details == [
        "Professeure certifiée, Collège des Tilleuls, Amiens", "Professeure certifiée, Lycée Jeanne-Hachette, Beauvais"
    ]  # fmt: skip


def test_homonyms_of_one_school_show_their_addresses(teacher: Account, hire: Hire, places: Places, today: date) -> None:
    for _ in range(2):
        hire("Marie", "Martin", school=places.college)
    details = [one.detail for one in suggestions(teacher, "martin", today=today)]
    assert [detail.rpartition(", ")[2] for detail in details] == [
        "marie.martin@ac-amiens.fr", "marie.martin2@ac-amiens.fr"
    ]  # fmt: skip


def test_at_most_eight_oneself_never_and_nobody_twice(
    teacher: Account, hire: Hire, places: Places, today: date
) -> None:
    for number in range(12):
        hire(f"Lefort{number}", "Lefèvre", school=places.college)  # each by two words that begin so
    found = names(teacher, "lef", today)
    assert len(found) == MOST == len(set(found))
    assert "Mathilde Lefèvre" not in found


def test_those_one_writes_to_come_first_most_often_written_first(
    teacher: Account, hire: Hire, places: Places, today: date
) -> None:
    hire("Zoé", "Martin", school=places.college)
    now = timezone.now()
    far = hire("Yves", "Martin", civility="M.", school=places.elsewhere)
    once = Address("Paul Martin", "paul.martin@ailleurs.example")
    collected_addresses.collect_addresses(teacher, [once], now)
    for day in range(3):
        collected_addresses.collect_addresses(teacher, [Address("Yves Martin", far.address)], now - timedelta(days=day))
    found = suggestions(teacher, "martin", today=today)
    assert [one.name for one in found] == ["Yves Martin", "Paul Martin", "Zoé Martin"]
    assert found[0].detail == "Professeur certifié, Lycée Jeanne-Hachette, Beauvais"
    assert found[1].detail == "paul.martin@ailleurs.example"


def test_a_colleague_written_to_by_the_address_alone_has_a_name(
    teacher: Account, hire: Hire, places: Places, today: date
) -> None:
    far = hire("Yves", "Martin", civility="M.", school=places.elsewhere)
    collected_addresses.collect_addresses(
        teacher, [Address("", far.address), Address("", "martin@ailleurs.example")], timezone.now()
    )
    stranger, known = suggestions(teacher, "martin", today=today)
    assert (known.name, known.value) == ("Yves Martin", f'"Yves Martin" <{far.address}>')
    assert known.detail == "Professeur certifié, Lycée Jeanne-Hachette, Beauvais"
    assert (stranger.name, stranger.detail, stranger.value) == (
        "martin@ailleurs.example",
        "",
        "martin@ailleurs.example",
    )


def test_a_group_expands_into_its_members(teacher: Account, today: date) -> None:
    people = [
        Contact(account=teacher, uid=str(number), display=f'Nom "{number}", de loin', changed_at=timezone.now())
        for number in range(3)
    ]
    group = groups.create_group(teacher, "Marche du samedi")
    for number, person in enumerate(people):
        person.save()
        person.addresses.create(address=f"p{number}@ailleurs.example")
    groups.add_to_group(group, people)
    with translation.override("fr"):
        [found] = suggestions(teacher, "samedi", today=today)
    assert (found.name, found.detail) == ("Marche du samedi", "groupe de 3 personnes")
    assert [(one.name, one.address, one.valid) for one in parse_recipients(found.value)] == [
        (f'Nom "{number}", de loin', f"p{number}@ailleurs.example", True) for number in range(3)
    ]


def test_a_search_is_about_few_people_by_their_own_names(
    visitor: Client, teacher: Account, hire: Hire, places: Places
) -> None:
    hire("Zoé", "Martin", school=places.elsewhere)
    collected_addresses.collect_addresses(
        teacher, [Address("Paul Zola", "paul.martinet@ailleurs.example")], timezone.now()
    )
    groups.create_group(teacher, "Martin et les autres")
    url = reverse("directory:people-suggestions")

    def found(typed: str) -> list[str]:
        html = visitor.get(url, {"q": typed}).content.decode()
        return re.findall(r'suggested-name">([^<]*)', html)

    assert found("martin") == ["Paul Zola", "Zoé Martin"]
    assert found("zoe mar") == ["Zoé Martin"]
    assert found("martin hachette") == []
    assert found("beauvais") == []
    for number in range(12):
        hire(f"Zoé{number}", "Martin", school=places.elsewhere)
    assert len(found("martin")) == directory_suggestions.FOUND
    assert Client().get(url, {"q": "martin"}).status_code == 302


def test_another_s_groups_contacts_and_habits_are_theirs(teacher: Account, cast: Cast, today: date) -> None:
    collected_addresses.collect_addresses(
        cast.head, [Address("Paul Zola", "paul.zola@ailleurs.example")], timezone.now()
    )
    Group.objects.create(account=cast.head, name="Zola", folded="zola")
    assert suggestions(teacher, "zola", today=today) == []
    assert names(cast.head, "zola", today) == ["Paul Zola"]


@pytest.mark.parametrize(
    "name", ['Jean "Jo" <x@y.fr>', "a@b.fr, c@d.fr", "Zola\r\nBcc: e@f.fr", "Zola;,", "=?utf-8?q?a?="]
)
def test_whatever_stands_in_a_name_one_person_stays_one(teacher: Account, name: str) -> None:
    [one] = parse_recipients(directory_suggestions.written_address(name, "zola@x.fr"))
    assert (one.address, one.valid) == ("zola@x.fr", True)


def test_what_it_costs(
    visitor: Client, hire: Hire, places: Places, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The session's own, then: written to and cards 2, groups 1, oneself, one's school, department and the others 4."""
    url = reverse("directory:suggestions")
    hire("Zoé", "Martin", school=places.college)
    visitor.get(url, {"q": "martin"})
    with django_assert_num_queries(1 + 3 + 4):
        few = visitor.get(url, {"q": "martin"})
    for number in range(12):
        hire(f"Zoé{number}", "Martin", school=places.elsewhere)
    with django_assert_num_queries(1 + 3 + 4):
        many = visitor.get(url, {"q": "martin"})
    assert (few.content.count(b"role="), many.content.count(b"role=")) == (1, MOST)
    with django_assert_num_queries(1):
        assert visitor.get(url, {"q": " "}).content.strip() == b""


def test_it_is_kept_nowhere_and_only_for_whoever_is_signed_in(visitor: Client, cast: Cast) -> None:
    url = reverse("directory:suggestions")
    answer = visitor.get(url, {"q": "benhamou"})
    assert "no-store" in answer.headers["Cache-Control"]
    assert "<html" not in answer.content.decode()
    stranger = Client().get(url, {"q": "benhamou"}, headers={"HX-Request": "true"})
    assert b"Benhamou" not in stranger.content
    assert visitor.post(url, {"q": "benhamou"}).status_code == 405
