"""The pages: what they show, what they hide, and how many questions each asks of the database."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.ports import absence_list
from vaguemestre.accounts.testing import sign_in
from vaguemestre.career.file import career_history
from vaguemestre.career.hr_office import topics
from vaguemestre.career.hr_officers import officer_of
from vaguemestre.career.models import GradeStep, Topic
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.people.models import Person
from vaguemestre.people.numen import Numen
from vaguemestre.webmail.models import Preferences


def page(browser: Client, name: str, *args: object) -> str:
    answer = browser.get(reverse(f"career:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_file_says_where_one_stands_and_what_comes(office: Office, enter: Enter) -> None:
    text = page(enter(office.teacher), "dossier")
    for words in (
        "Vous êtes à l’échelon 8 depuis le 1er\xa0mars 2026 (Certifié, Classe normale).",
        "L’échelon 9 viendra le 1er\xa0septembre 2029 au plus tard.", "ce n’est pas promis", "Collège des Tilleuls",
        "Sylvie Caudron", "03 22 71 25 00", "3\xa0ans et 6 mois", 'class="chart-wide"', 'class="chart-narrow"',
    ):  # fmt: skip
        assert words in text, words
    assert " style=" not in text


def test_the_numen_is_masked(office: Office, enter: Enter) -> None:
    numen = Numen("20E0312345ABC")
    person = office.teacher.person
    person.numen_lookup, person.numen_cipher = numen.lookup, numen.encrypted()
    person.save()
    browser, officer = enter(office.teacher), enter(office.rectorat)
    for text in (page(browser, "dossier"), page(officer, "desk-dossier", office.teacher.key)):
        assert numen.masked in text
        assert "20E0312345ABC" not in text


def test_what_is_not_known_is_said(office: Office, enter: Enter) -> None:
    GradeStep.objects.all().delete()
    Person.objects.filter(pk=office.teacher.person.pk).update(officer=None)
    text = page(enter(office.teacher), "dossier")
    assert "depuis une date qui n’est pas connue ici" in text
    assert "Aucun nom n’est indiqué pour vous" in text
    Person.objects.filter(pk=office.teacher.person.pk).update(corps=None, grade=None, step=None)
    assert "ne donne ici ni corps ni échelon" in page(enter(office.teacher), "dossier")


def test_an_error_is_reported_with_the_line_as_the_file_has_it(office: Office, enter: Enter) -> None:
    career_history.compare_with_feed(timezone.localdate())
    browser = enter(office.teacher)
    assert "Quotité" in page(browser, "report", "quotite-1")
    said = {"text": "Je suis à 80 %.", "quoted": "Quotité : 10 %"}  # what is sent along quotes nothing
    answer = browser.post(reverse("career:report", args=["quotite-1"]), said)
    thread = Topic.objects.get()
    assert answer.headers["Location"] == reverse("career:thread", args=[thread.pk])
    assert (thread.kind, thread.quoted) == ("error", "Quotité\xa0: 100 %")
    assert thread.quoted in page(enter(office.rectorat), "desk-thread", thread.pk)
    assert browser.get(reverse("career:report", args=["quotite-9"])).status_code == 404
    assert browser.post(reverse("career:report", args=["quotite-1"]), {"text": ""}).status_code == 422


def test_every_line_can_be_reported(office: Office, enter: Enter) -> None:
    career_history.compare_with_feed(timezone.localdate())
    browser = enter(office.teacher)
    dossier = browser.get(reverse("career:dossier")).context["dossier"]
    lines = [*dossier.civil, *dossier.administrative, *dossier.posts[0], *(event.line for event in dossier.path)]
    assert len({line.key for line in lines}) == len(lines)
    for line in lines:
        assert browser.get(reverse("career:report", args=[line.key])).context["line"].key == line.key


def test_another_person_s_line_is_no_line(office: Office, enter: Enter) -> None:
    career_history.compare_with_feed(timezone.localdate())
    theirs = enter(office.somme).get(reverse("career:dossier")).context["dossier"].path[0].line.key
    assert enter(office.teacher).get(reverse("career:report", args=[theirs])).status_code == 404


def test_the_correspondent_is_away_when_the_webmail_says_so(office: Office, enter: Enter) -> None:
    now = timezone.now()
    Preferences.objects.create(
        account=office.rectorat, absence_on=True, absence_starts=now - timedelta(days=1),
        absence_ends=now + timedelta(days=3), changed_at=now,
    )  # fmt: skip
    browser = enter(office.teacher)
    for name in ("dossier", "correspondent", "new-thread"):
        assert "bsence" in page(browser, name)
    Preferences.objects.update(absence_ends=now - timedelta(minutes=1))
    assert "Absence" not in page(browser, "correspondent")


def test_without_a_webmail_nothing_is_said_of_absences(office: Office, enter: Enter, rewired: ExitStack) -> None:
    rewired.enter_context(absence_list.replaced())
    assert "Sylvie Caudron" in page(enter(office.teacher), "correspondent")


def test_the_headings_of_an_officer_are_only_theirs(office: Office, enter: Enter) -> None:
    teacher, somme, rectorat = (page(enter(one), "dossier") for one in (office.teacher, office.somme, office.rectorat))
    assert [reverse("career:desk") in text for text in (teacher, somme, rectorat)] == [False, True, True]
    somme, rectorat = (page(enter(one), "desk") for one in (office.somme, office.rectorat))
    assert [reverse("career:desk-guides") in text for text in (teacher, somme, rectorat)] == [False, False, True]


def test_the_portal_s_tile_goes_by_the_portal_s_session(office: Office, enter: Enter) -> None:
    tile = reverse("career:next-step-tile")
    assert enter(office.teacher).get(tile).status_code == 302
    browser = Client()
    sign_in(browser, office.teacher)
    assert "L’échelon 9 viendra le 1er\xa0septembre 2029" in browser.get(tile).content.decode()
    sign_in(browser, office.somme)
    assert "Votre dossier" in browser.get(tile).content.decode()


@pytest.fixture
def thread(office: Office, enter: Enter) -> Topic:
    career_history.compare_with_feed(timezone.localdate())
    return topics.open_topic(office.teacher, "Objet", "Texte", [], now=timezone.now())


# The session, then: the officer's side asks whose posts they hold.
TEACHER = {"dossier": 9, "correspondent": 6, "threads": 5, "new-thread": 6, "cv": 3, "guides": 3}
OFFICER = {"desk": 7, "desk-guides": 4}


@pytest.mark.parametrize("name", TEACHER)
def test_questions_of_a_person_s_page(
    office: Office, enter: Enter, thread: Topic, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = enter(office.teacher)
    page(browser, name)
    with django_assert_num_queries(TEACHER[name]):
        page(browser, name)


@pytest.mark.parametrize("name", OFFICER)
def test_questions_of_an_officer_s_page(
    office: Office, enter: Enter, thread: Topic, name: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        topics.open_topic(office.teacher, f"Objet {number}", "Texte", [], now=timezone.now())
    browser = enter(office.rectorat)
    page(browser, name)
    with django_assert_num_queries(OFFICER[name]):
        page(browser, name)


def test_questions_of_a_subject_do_not_grow_with_it(
    office: Office, enter: Enter, thread: Topic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    officer = officer_of(office.rectorat, timezone.localdate())
    assert officer
    for _ in range(5):
        topics.answer_topic(thread, officer, "Réponse", [], done=False, now=timezone.now())
    for account, name, count in ((office.teacher, "thread", 7), (office.rectorat, "desk-thread", 11)):
        browser = enter(account)
        page(browser, name, thread.pk)
        with django_assert_num_queries(count):
            page(browser, name, thread.pk)
