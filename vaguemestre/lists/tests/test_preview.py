"""The people a question finds, the perimeter of a post, and the numbers a count must not reveal."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.audit.models import Entry
from vaguemestre.lists.members import people_found
from vaguemestre.lists.perimeter import Perimeter, perimeter_of
from vaguemestre.lists.preview import (
    MOST_AN_HOUR,
    TEACHERS,
    Preview,
    TooManyQuestionsError,
    preview,
    preview_question,
)
from vaguemestre.lists.question import MOST, Question, QuestionError
from vaguemestre.lists.testing import college, one, people, posted
from vaguemestre.people.functions import Function
from vaguemestre.people.models import Person, Posting
from vaguemestre.testing import make_account, make_accounts, make_person, make_school

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)
EVERYBODY = Perimeter(everybody=True)


def found(question: Question, perimeter: Perimeter = EVERYBODY) -> set[int]:
    persons = list(people_found(question, perimeter, TODAY))
    assert len(persons) == len(ids(persons))  # each once
    return ids(persons)


def ids(persons: Sequence[Person]) -> set[int]:
    return {one.pk for one in persons}


def test_each_line_and_several_of_one() -> None:
    here, there = college(), college(department="60")
    school = make_school("0801111B", kind="elementaire")
    maths, cpe, pe = people(2, here), people(1, there, category="CPE", function="CPE"), people(1, school, category="PE")
    Posting.objects.filter(person__in=maths).update(discipline="Mathématiques")
    Person.objects.filter(pk=pe[0].pk).update(corps="Professeur des écoles")
    for question, expected in (
        (Question(departments=one("80")), [*maths, *pe]), (Question(departments=frozenset({"80", "60"})),
        [*maths, *cpe, *pe]), (Question(places=one(here.uai)), maths), (Question(kinds=one("elementaire")), pe),
        (Question(degrees=one("2")), [*maths, *cpe]), (Question(degrees=one("2"), kinds=one("elementaire")), []),
        (Question(functions=one("CPE")), cpe), (Question(disciplines=one("Mathématiques")), maths),
        (Question(categories=one("PE")), pe), (Question(corps=one("Professeur des écoles")), pe), (Question(), []),
        (Question(departments=one("60"), disciplines=one("Mathématiques")), []),
    ):  # fmt: skip
        assert found(question) == ids(expected), question


def test_lines_about_posts_hold_for_one_post() -> None:
    here, there = college(), college(department="60")
    [person] = people(1, here)
    Posting.objects.create(
        person=person, school=there, rank=2, function="ENS", discipline="Latin", share=20, starts=date(2020, 9, 1)
    )
    assert found(Question(departments=one("60"), disciplines=one("Latin"))) == {person.pk}
    assert found(Question(departments=one("80"), disciplines=one("Latin"))) == set()
    assert found(Question(degrees=one("2"))) == {person.pk}
    home = Perimeter(places=frozenset({here.uai, there.uai}))
    assert preview(Question(degrees=one("2")), home, TODAY) == Preview(1, ((TEACHERS, 1),), inactive=1)


@pytest.mark.parametrize("fact", [{"present": False}, {"duty_end": TODAY - DAY}, {"duty_start": TODAY + DAY}])
def test_who_is_not_in_post_today_is_in_no_list_even_by_name(fact: dict[str, object]) -> None:
    school = college()
    account = make_account(make_person(school=school))
    question = Question(places=one(school.uai), added=one(account.key))
    assert found(question) == {account.person_id}
    Person.objects.filter(account=account).update(**fact)
    assert found(question) == set()


def test_a_post_that_is_over_or_has_not_begun_counts_for_nothing() -> None:
    school = college()
    past, later = people(2, school)
    Posting.objects.filter(person=past).update(ends=TODAY - DAY)
    Posting.objects.filter(person=later).update(starts=TODAY + DAY)
    assert found(Question(places=one(school.uai))) == set()


def test_added_and_removed_by_name() -> None:
    here, there = college(), college(2)
    first, second = make_accounts(people(2, here))
    [other] = make_accounts(people(1, there))
    question = Question(places=one(here.uai), added=one(other.key), removed=one(second.key))
    assert found(question) == {first.person_id, other.person_id}
    assert found(Question(added=one(other.key))) == {other.person_id}
    assert found(Question(added=one(other.key), removed=one(other.key))) == set()


@pytest.mark.parametrize(("function", "kind", "category", "expected"), [
    ("DIR", "college", "CHEF", Perimeter(places=one("0809301Z"))),
    ("ADJ", "college", "ADJ", Perimeter(places=one("0809301Z"))),
    ("ENS", "college", "CERT", Perimeter()), ("ADM", "college", "ADME", Perimeter()),
    ("INS", "circonscription", "IEN", Perimeter(places=one("0809201Z"))),
    ("GEST", "dsden", "ADMD", Perimeter(departments=one("80"))), ("ADM", "rectorat", "ADMR", EVERYBODY),
    ("ADMIN", "rectorat", "ADMR", Perimeter()), ("ASSIST", "dsden", "ADMD", Perimeter()),
    ("INS", "rectorat", "IAIPR", Perimeter()),
])  # fmt: skip
def test_the_perimeter_is_that_of_the_post(function: str, kind: str, category: str, expected: Perimeter) -> None:
    account = posted(function, kind, category=category)
    assert perimeter_of(account, TODAY) == expected
    assert perimeter_of(account, TODAY).is_empty == (expected == Perimeter())


def test_an_inspector_of_a_discipline_reaches_it_everywhere_and_nothing_else() -> None:
    inspector = posted(Function.INSPECTION, "rectorat", category="IAIPR")
    Posting.objects.filter(person=inspector.person).update(discipline="Latin")
    inspector = Account.objects.get(pk=inspector.pk)
    latin, others = people(2, college(department="02")), people(2, college())
    Posting.objects.filter(person__in=latin).update(discipline="Latin")
    within = perimeter_of(inspector, TODAY)
    assert within == Perimeter(disciplines=one("Latin"))
    assert found(Question(degrees=one("2")), within) == ids(latin)
    assert not found(Question(places=one(Posting.objects.get(person=others[0]).school_id)), within)


def test_a_post_that_ended_gives_no_perimeter() -> None:
    head = posted(Function.HEAD, "college", category="CHEF")
    Posting.objects.filter(person=head.person).update(ends=TODAY - DAY)
    assert perimeter_of(Account.objects.get(pk=head.pk), TODAY).is_empty


def test_nobody_outside_the_perimeter_is_found_by_any_line_nor_by_name() -> None:
    here, there = college(), college(department="60")
    mine, [other] = people(2, here), make_accounts(people(1, there))
    for within in (Perimeter(places=one(here.uai)), Perimeter(departments=one("80"))):
        question = Question(degrees=one("2"), departments=frozenset({"60", "80"}), added=one(other.key))
        assert found(question, within) == ids(mine)
    assert found(Question(degrees=one("2"), added=one(other.key)), Perimeter()) == set()


def test_at_home_counts_are_as_they_are() -> None:
    here = college()
    accounts = make_accounts(people(2, here))
    people(1, here, category="CPE", function="CPE")
    home = Perimeter(places=one(here.uai))
    assert preview(Question(degrees=one("2")), home, TODAY) == Preview(3, ((TEACHERS, 2), ("CPE", 1)), inactive=1)
    without = Question(degrees=one("2"), removed=one(accounts[0].key))
    assert preview(without, home, TODAY).total == 2
    both = Perimeter(departments=one("80"), places=one(here.uai))
    assert preview(Question(places=one(here.uai)), both, TODAY).total == 3


@pytest.mark.parametrize("count", [0, 1, 4])
def test_elsewhere_fewer_than_five_are_one_and_the_same_answer(count: int) -> None:
    people(count, college())
    assert preview(Question(departments=one("80")), EVERYBODY, TODAY) == Preview(None, inactive=None)


def test_elsewhere_five_are_counted() -> None:
    make_accounts(people(5, college()))
    assert preview(Question(departments=one("80")), EVERYBODY, TODAY) == Preview(5, ((TEACHERS, 5),))


@pytest.mark.parametrize(("teachers", "cpe", "nurses", "groups", "others"), [
    (8, 5, 0, ((TEACHERS, 8), ("CPE", 5)), 0),
    (8, 2, 3, ((TEACHERS, 8),), 5),  # together they are enough
    (8, 6, 2, ((TEACHERS, 8),), 8),  # a sum would reveal the two: the next one joins them
    (5, 1, 0, (), 6),
])  # fmt: skip
def test_elsewhere_no_small_group_is_told_nor_can_be_subtracted(
    teachers: int, cpe: int, nurses: int, groups: tuple[tuple[str, int], ...], others: int
) -> None:
    here = college()
    everybody = [*people(teachers, here), *people(cpe, here, category="CPE"), *people(nurses, here, category="INF")]
    make_accounts(everybody)
    said = preview(Question(departments=one("80")), EVERYBODY, TODAY)
    assert said == Preview(len(everybody), groups, others=others)


@pytest.mark.parametrize(("active", "inactive", "told"), [(6, 0, 0), (6, 5, 5), (6, 1, None), (1, 6, None), (0, 6, 6)])
def test_elsewhere_nor_how_few_have_no_mailbox_in_use(active: int, inactive: int, told: int | None) -> None:
    here = college()
    make_accounts(people(active, here)) if active else None
    make_accounts(people(inactive, here), password=None) if inactive else None
    assert preview(Question(departments=one("80")), EVERYBODY, TODAY).inactive == told


def test_elsewhere_a_name_added_or_removed_changes_no_count() -> None:
    """Else the difference shows whether that one person is in: "5" and "moins de 5", or 6 and 5."""
    here, there = college(), college(department="60")
    accounts = make_accounts(people(5, here))
    [other] = make_accounts(people(1, there))
    lines = Question(departments=one("80"))
    bare = preview(lines, EVERYBODY, TODAY)
    for key in (accounts[0].key, other.key):
        for named in ("added", "removed"):
            said = preview(Question(departments=one("80"), **{named: one(key)}), EVERYBODY, TODAY)
            assert (said.total, said.groups, said.others, said.inactive) == (5, bare.groups, 0, bare.inactive)
            assert getattr(said, named) == 1


def test_one_query_whatever_is_asked() -> None:
    question = Question(degrees=one("2"), departments=one("80"), corps=one("x"), added=one("a1"), removed=one("a2"))
    for within in (EVERYBODY, Perimeter(departments=one("80")), Perimeter(places=one("0801234A"))):
        with CaptureQueriesContext(connection) as asked:
            preview(question, within, TODAY)
        assert len(asked) == 1


def test_each_question_is_in_the_journal_by_keys_alone_and_there_are_so_many_an_hour() -> None:
    officer = posted("GEST", "dsden", category="ADMD")
    now = datetime(2026, 12, 3, 10, tzinfo=timezone.get_current_timezone())
    question = Question(departments=one("80"), added=one("a0000001"))
    for _time in range(MOST_AN_HOUR):
        preview_question(officer, question, now=now)
    with pytest.raises(TooManyQuestionsError):
        preview_question(officer, question, now=now)
    asked = Entry.objects.filter(act="staff-list.asked", actor=officer.key)
    assert asked.count() == MOST_AN_HOUR
    assert asked[0].details == {"question": '{"added": ["a0000001"], "departments": ["80"]}'}
    preview_question(officer, question, now=now + timedelta(hours=1))


def test_a_question_is_kept_as_text() -> None:
    question = Question(departments=frozenset({"80", "02"}), disciplines=one("Éducation musicale"))
    text = question.as_text()
    assert Question.from_text(text) == question
    assert text == Question(disciplines=one("Éducation musicale"), departments=frozenset({"02", "80"})).as_text()


@pytest.mark.parametrize("text", [
    "", "[]", "1", '{"colour": ["red"]}', '{"departments": "80"}', '{"departments": ["75"]}', '{"kinds": ["bar"]}',
    '{"functions": [1]}', '{"corps": [""]}', '{"degrees": ["3"]}', '{"categories": ["ELEVE"]}',
    f'{{"places": {["x"] * (MOST + 1)}}}'.replace("'", '"'),
])  # fmt: skip
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(QuestionError):
        Question.from_text(text)
