"""`/exploitation/flux/`: drop, read, apply, take back, for administrators alone."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.arrivals import feed_drops
from vaguemestre.arrivals.models import FeedDrop
from vaguemestre.people.models import Person
from vaguemestre.people.testing import RECTORAT, row, text
from vaguemestre.testing import Cast, make_account, make_person, make_school

ADDRESS = "/exploitation/flux/"
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    for folder in ("imports", "run", "tmp"):
        (tmp_path / folder).mkdir()
    return tmp_path


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    office = make_school("0809001Z", kind="rectorat")
    sign_in(client, make_account(make_person(category="ADMR", function="ADMIN", school=office)), strong=True)
    return client


def drop(client: Client, *rows: dict[str, str]) -> FeedDrop:
    boss = Person.objects.get(category="ADMR")
    names = {"first_name": boss.first_name, "last_name": boss.last_name, "birth_date": boss.birth_date.isoformat()}
    stays = row(
        99, hr_key=boss.hr_key or "", category="ADMR", corps="", grade="", step="", posting1_function="ADMIN", **names,
        **RECTORAT,
    )  # fmt: skip
    content = text([stays, *rows], dated=TODAY).encode()
    answer = client.post(f"{ADDRESS}depot/", {"flux": SimpleUploadedFile("rh.csv", content)})
    assert answer.status_code == 302
    return FeedDrop.objects.latest("pk")


def test_from_the_drop_to_the_way_back(administrator: Client) -> None:
    before = Account.objects.count()
    one = drop(administrator, row(1), row(2))
    reading = administrator.get(ADDRESS).content.decode()
    assert "Le fichier est lu et comparé." in reading
    assert f'hx-get="{ADDRESS}?live"' in reading
    feed_drops.check_drop(str(one.pk), NOW)
    page = administrator.get(ADDRESS).content.decode()
    assert "Appliquer les changements" in page
    assert "hx-trigger" not in page.split('id="flux"')[1].split(">")[0], "it asks no more"
    assert "flux RH attend votre accord" in administrator.get("/exploitation/").content.decode()
    assert administrator.post(f"{ADDRESS}{one.pk}/accord/").status_code == 302
    feed_drops.apply_drop(str(one.pk), NOW)
    assert Account.objects.count() > before
    page = administrator.get(ADDRESS).content.decode()
    assert "rh.csv est appliqué." in page
    assert f'href="{ADDRESS}retour/"' in page
    plan = administrator.get(f"{ADDRESS}retour/").content.decode()
    assert "Défaire le flux du" in plan
    assert administrator.post(f"{ADDRESS}retour/").status_code == 302
    assert "défait" in administrator.get(ADDRESS).content.decode()


def test_refused_lines_are_a_table_and_a_file_without_formulas(administrator: Client) -> None:
    one = drop(administrator, row(1), row(2, category="=CMD()"))
    feed_drops.check_drop(str(one.pk), NOW)
    assert "ligne refusée" in administrator.get(ADDRESS).content.decode()
    answer = administrator.get(f"{ADDRESS}{one.pk}/refus.csv")
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Ligne;Colonne")
    assert "'=CMD()" in lines[1]


def test_a_second_one_waits_for_the_first(administrator: Client) -> None:
    drop(administrator, row(1))
    answer = administrator.post(f"{ADDRESS}depot/", {"flux": SimpleUploadedFile("rh.csv", b"x")})
    assert answer.status_code == 409
    assert "Un autre flux attend déjà" in answer.content.decode()


def test_no_file_is_told(administrator: Client) -> None:
    answer = administrator.post(f"{ADDRESS}depot/")
    assert answer.status_code == 422


def test_one_that_has_ended_is_not_there(administrator: Client) -> None:
    one = drop(administrator, row(1))
    assert administrator.post(f"{ADDRESS}{one.pk}/retrait/").status_code == 302
    for act in ("accord", "retrait"):
        assert administrator.post(f"{ADDRESS}{one.pk}/{act}/").status_code == 404
    assert administrator.get(f"{ADDRESS}{one.pk}/refus.csv").status_code == 404


def test_too_many_closures_cannot_be_applied_here(administrator: Client) -> None:
    one = drop(administrator, row(1))
    feed_drops.check_drop(str(one.pk), NOW)
    FeedDrop.objects.update(counts={**FeedDrop.objects.get().counts, "too_many": True})
    assert "Appliquer les changements" not in administrator.get(ADDRESS).content.decode()
    administrator.post(f"{ADDRESS}{one.pk}/accord/")
    assert FeedDrop.objects.get().state == FeedDrop.State.CHECKED


def test_nobody_else(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(f"{ADDRESS}depot/", {"flux": SimpleUploadedFile("rh.csv", b"x")}).status_code == 404
    assert not FeedDrop.objects.exists()
