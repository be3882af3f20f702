"""What differs between two looks at the HR file is written down; what the file of careers tells completes it."""

from datetime import date

import pytest
from django.utils import timezone

from vaguemestre.career.file import career_history, career_import
from vaguemestre.career.models import GradeStep, Post, Source
from vaguemestre.people.models import Person, Posting, School
from vaguemestre.testing import make_person, make_school

FIRST, LATER = date(2026, 9, 1), date(2026, 11, 16)


@pytest.fixture
def person(db: None) -> Person:
    made = make_person()
    return hold(made, step=7)


def hold(person: Person, **facts: object) -> Person:
    Person.objects.filter(pk=person.pk).update(**({"corps": "Certifié", "grade": "Classe normale"} | facts))
    person.refresh_from_db()
    return person


def told(person: Person) -> list[tuple[int | None, date | None, date]]:
    return [(one.step, one.since, one.seen_on) for one in career_history.steps_of(person)]


def test_the_first_look_knows_no_day(person: Person) -> None:
    assert career_history.compare_with_feed(FIRST) == 2  # the échelon, and the post
    assert told(person) == [(7, None, FIRST)]
    assert career_history.compare_with_feed(LATER) == 0


def test_a_change_is_dated_by_the_day_on_which_it_was_seen(person: Person) -> None:
    career_history.compare_with_feed(FIRST)
    hold(person, step=8)
    career_history.compare_with_feed(LATER)
    assert told(person) == [(8, None, LATER), (7, None, FIRST)]


def test_a_feed_that_was_taken_back_leaves_no_trace(person: Person) -> None:
    career_history.compare_with_feed(FIRST)
    hold(person, step=8)
    career_history.compare_with_feed(LATER)
    hold(person, step=7)
    career_history.compare_with_feed(LATER)
    assert told(person) == [(7, None, FIRST)]


def test_a_post_that_is_told_no_longer_is_kept_with_the_day_it_went(person: Person) -> None:
    career_history.compare_with_feed(FIRST)
    Posting.objects.filter(person=person).delete()
    Posting.objects.create(
        person=person, school=make_school("0805555B"), rank=1, function="ENS", share=80, starts=date(2026, 11, 9)
    )
    career_history.compare_with_feed(LATER)
    posts = {(one.school_id, one.share): one.gone_on for one in Post.objects.filter(person=person)}
    assert posts == {("0801234A", 100): LATER, ("0805555B", 80): None}
    School.objects.filter(pk="0801234A").update(name="Collège renommé")
    assert Post.objects.get(school="0801234A").place == "Collège des Tilleuls"  # as it was called then


def test_those_without_a_corps_have_no_steps(db: None) -> None:
    make_person()
    career_history.compare_with_feed(FIRST)
    assert not GradeStep.objects.exists()


def lines(*rows: str) -> list[str]:
    return [";".join(career_import.COLUMNS) + "\n", *(f"{row}\n" for row in rows)]


def test_the_file_of_careers_dates_what_the_feed_had_told(person: Person) -> None:
    career_history.compare_with_feed(FIRST)
    rows = lines(
        f"{person.hr_key};Certifié;Classe normale;7;2023-03-01;;;;;;;",
        f"{person.hr_key};Certifié;Classe normale;6;2021-03-01;;;;;;;",
        f"{person.hr_key};;;;;Collège du Beffroi;Abbeville;ENS;Latin;100;2013-09-01;2019-08-31",
    )
    today = timezone.localdate()
    for _twice in range(2):
        outcome = career_import.take_in(rows, today)
        assert (outcome.steps, outcome.posts, outcome.refused) == (2, 1, [])
    assert told(person) == [(7, date(2023, 3, 1), FIRST), (6, date(2021, 3, 1), date(2021, 3, 1))]
    assert Post.objects.filter(source=Source.FILE).count() == 1
    assert career_history.compare_with_feed(LATER) == 0  # a post of the file is not one that the feed has lost


@pytest.mark.database  # each case undoes a part of a transaction
@pytest.mark.parametrize(
    "row",
    [
        "personne;Certifié;Classe normale;7;2023-03-01;;;;;;;",
        "{key};Certifié;Classe normale;7;;;;;;;;",
        "{key};Certifié;Classe normale;99;2023-03-01;;;;;;;",
        "{key};Certifié;Classe normale;sept;2023-03-01;;;;;;;",
        "{key};Certifié;Classe normale;7;1er mars;;;;;;;",
        "{key};Certifié;Classe normale;7;2999-03-01;;;;;;;",
        "{key};;;;;Collège;Abbeville;ENS;;100;2019-09-01;2013-08-31",
        "{key};;;;;Collège;Abbeville;XXX;;100;2019-09-01;",
        "{key};;;;;Collège;Abbeville;ENS;;140;2019-09-01;",
        "{key}",
    ],
)
def test_a_line_that_is_wrong_is_refused_alone(person: Person, row: str) -> None:
    good = f"{person.hr_key};Certifié;Classe normale;5;2018-09-01;;;;;;;"
    outcome = career_import.take_in(lines(row.format(key=person.hr_key), good), timezone.localdate())
    assert (outcome.steps, [number for number, _why in outcome.refused]) == (1, [2])


def test_another_file_is_no_file_of_careers(db: None) -> None:
    with pytest.raises(career_import.CareerFileError):
        career_import.take_in(["nom;prenom\n"], timezone.localdate())
