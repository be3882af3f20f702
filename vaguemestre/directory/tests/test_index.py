"""What the index holds follows people and accounts, and holds no more than the page shows."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from vaguemestre.accounts.lifecycle import closure, creation
from vaguemestre.arrivals import feed_effects
from vaguemestre.clock.models import Due
from vaguemestre.directory import index
from vaguemestre.directory.models import Entry, Establishment, Word
from vaguemestre.directory.testing.places import Hire, Places
from vaguemestre.people.models import Person, Posting
from vaguemestre.testing import Cast, make_account, make_person


def test_made_again_it_is_the_same(cast: Cast, today: date) -> None:
    assert index.rebuild(today=today) == 4  # the leaver is not there
    before = list(Entry.objects.order_by("pk").values())
    assert index.reconcile(today=today) == 0
    assert list(Entry.objects.order_by("pk").values()) == before


def test_it_holds_nothing_that_is_private(cast: Cast, today: date) -> None:
    person = cast.teacher.person
    person.birth_date, person.address_lines = date(1974, 5, 1), ["12 RUE SECRETE"]
    person.save()
    index.rebuild(today=today)
    kept = " ".join(map(str, Entry.objects.filter(pk=cast.teacher.key).values().get().values())).lower()
    assert "1974" not in kept
    assert "secrete" not in kept


def test_an_account_that_opens_is_told_and_one_that_closes(
    places: Places, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, today: date
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        account = make_account(make_person("Zoé", "Zola", school=places.college))
    assert Entry.objects.get(pk=account.key).name == "Zoé Zola"
    assert Establishment.objects.filter(pk=places.college.uai).exists()
    with django_capture_on_commit_callbacks(execute=True):
        closure.close_accounts([account], on=today, now=timezone.now())
    assert not Entry.objects.filter(pk=account.key).exists()
    assert not Word.objects.filter(entry=account.key).exists()
    assert not Establishment.objects.filter(pk=places.college.uai).exists()


def test_a_new_name_takes_the_place_of_the_old(hire: Hire, today: date) -> None:
    account = hire("Zoé", "Zola")
    Person.objects.filter(account=account).update(usual_name="Zweig")
    assert index.reconcile(today=today) == 1
    assert set(Word.objects.filter(entry=account.key).values_list("word", flat=True)) == {"zoe", "zweig", "zola"}
    creation.rename_accounts(account, now=timezone.now(), by="system")
    index.update_accounts([account.key])
    assert Entry.objects.get(pk=account.key).local_part == "zoe.zweig"


def test_a_move_to_another_department_is_followed(hire: Hire, places: Places, today: date) -> None:
    account = hire("Zoé", "Zola", school=places.college)
    Posting.objects.filter(person=account.person_id).update(school=places.elsewhere)
    index.reconcile(today=today)
    entry = Entry.objects.get(pk=account.key)
    assert (entry.department, entry.place) == ("60", "Lycée Jeanne-Hachette, Beauvais")
    assert set(Word.objects.filter(entry=account.key).values_list("department", flat=True)) == {"60"}


def test_a_post_that_begins_tomorrow_is_not_today_s(hire: Hire, places: Places, today: date) -> None:
    account = hire("Zoé", "Zola", school=places.college)
    tomorrow = today + timedelta(days=1)
    Posting.objects.filter(person=account.person_id).update(ends=today)
    Posting.objects.create(
        person=account.person, school=places.elsewhere, rank=2, function="ENS", share=100, starts=tomorrow
    )
    index.reconcile(today=today)
    assert Entry.objects.get(pk=account.key).school_id == places.college.uai
    index.reconcile(today=tomorrow)
    assert Entry.objects.get(pk=account.key).school_id == places.elsewhere.uai


@pytest.mark.django_db
def test_a_feed_brings_the_comparison_forward() -> None:
    now = timezone.now()
    job = index.KEEP_UP.name
    Due.objects.create(job=job, key="", at=now + timedelta(hours=1))
    feed_effects.tell_followers(now)
    assert Due.objects.get(job=job, key="").at == now
