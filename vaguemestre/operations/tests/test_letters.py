"""`/exploitation/lettres/`: a batch is ordered, set in the background, downloaded once, and gone."""

from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.clock.models import Due
from vaguemestre.letters import print_orders, printing
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.retention import printed_files
from vaguemestre.letters.testing.printing import sealed
from vaguemestre.letters.tests.cast import joiner, school
from vaguemestre.testing import Cast, make_account, make_person, make_school

ADDRESS = "/exploitation/lettres/"
ORDER = f"{ADDRESS}impression/"


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def boss(db: None) -> Account:
    office = make_school("0809001Z", kind="rectorat")
    return make_account(make_person(category="ADMR", function="ADMIN", school=office))


@pytest.fixture
def administrator(client: Client, boss: Account) -> Client:
    sign_in(client, boss, strong=True)
    return client


def print_ordered() -> None:
    Due.objects.exclude(job=print_orders.PRINT.name).delete()
    due.run(timezone.now() + timedelta(seconds=1))
    assert not Due.objects.filter(job=print_orders.PRINT.name).exists()


def page(client: Client) -> str:
    return client.get(ADDRESS).content.decode()


def download(client: Client, number: str) -> bytes:
    answer = client.post(f"{ADDRESS}{number}/fichier/")
    assert answer.streaming
    assert answer["Cache-Control"] == "no-store"
    body = answer.getvalue()
    assert len(body) == int(answer["Content-Length"])
    return body


def test_from_the_order_to_the_paper(administrator: Client, boss: Account, data: Path) -> None:
    sealed(joiner("Anne"), joiner("Paul"))
    assert "2\u00a0lettres" in page(administrator)
    assert administrator.post(ORDER, {"departement": "80"}).status_code == 302
    [batch] = Batch.objects.all()
    waiting = page(administrator)
    assert f'hx-get="{ADDRESS}?live"' in waiting
    assert "en cours de mise en page" in waiting
    print_ordered()
    ready = page(administrator)
    assert "Télécharger" in ready
    assert "hx-trigger" not in ready.split('id="lettres"')[1].split(">")[0], "it asks no more"
    (data / "taken.pdf").write_bytes(download(administrator, batch.number))
    assert len(pypdf.PdfReader(data / "taken.pdf").pages) == 2
    assert list((data / "letters").iterdir()) == []
    assert administrator.post(f"{ADDRESS}{batch.number}/fichier/").status_code == 410
    acts = dict(Entry.objects.filter(act__startswith="letter.").values_list("act", "actor"))
    assert acts["letter.printed"] == acts["letter.file-downloaded"] == boss.key
    assert batch.number in page(administrator).split("t-lots")[-1]


def test_a_download_that_is_cut_short_leaves_the_file(administrator: Client, data: Path) -> None:
    sealed(joiner())
    administrator.post(ORDER, {"departement": "80"})
    print_ordered()
    number = Batch.objects.get().number
    [file] = printed_files()
    reading = print_orders.read_once(file, by="test")
    assert next(reading)
    reading.close()
    assert len(list((data / "letters").iterdir())) == 1
    assert download(administrator, number).startswith(b"%PDF")


@pytest.mark.parametrize("typed", ["0800001A", "{identifier}", "{address}"])
def test_of_one_place_or_one_person(administrator: Client, typed: str) -> None:
    mine, other = joiner("Anne"), joiner("Paul", posted=school("0800002B", "LYCEE"))
    sealed(mine, other)
    administrator.post(ORDER, {"pour": typed.format(identifier=mine.identifier, address=mine.address)})
    print_ordered()
    assert [letter.account for letter in Letter.objects.filter(state=Letter.State.PRINTED)] == [mine]


@pytest.mark.parametrize("sent", [{"pour": "personne"}, {"pour": " "}, {"departement": "75"}, {}])
def test_nobody_is_printed_by_mistake(administrator: Client, sent: dict[str, str]) -> None:
    sealed(joiner())
    assert administrator.post(ORDER, sent).status_code == 422
    assert not Batch.objects.exists()


def test_nothing_to_print(administrator: Client) -> None:
    answer = administrator.post(ORDER, {"departement": "80"})
    assert answer.status_code == 409
    assert "Aucune lettre" in answer.content.decode()


def test_one_that_was_interrupted_is_printed_again(administrator: Client) -> None:
    sealed(joiner())
    [batch] = printing.assemble_batch(now=timezone.now()).batches
    assert "interrompu" in page(administrator)
    again = f"{ADDRESS}{batch.number}/impression/"
    assert administrator.post(again).status_code == 302
    print_ordered()
    assert administrator.post(again).status_code == 409
    print_orders.print_ordered(f"{batch.number} x", timezone.now())  # a job runs at least once
    assert Entry.objects.filter(act="letter.printed").count() == 1


def test_who_left_meanwhile_is_not_printed(administrator: Client) -> None:
    sealed(gone := joiner())
    administrator.post(ORDER, {"departement": "80"})
    Letter.objects.filter(account=gone).update(state=Letter.State.REVOKED, sealed=None)
    print_ordered()
    assert printing.open_batches() == []


def test_to_administrators_alone_and_with_a_fresh_proof(administrator: Client, boss: Account, cast: Cast) -> None:
    sealed(joiner())
    Session.objects.filter(account=boss).update(proved_at=timezone.now() - timedelta(hours=1))
    answer = administrator.post(ORDER, {"departement": "80"})
    assert "/confirmation/" in answer["Location"]
    assert not Batch.objects.exists()
    for account in (cast.teacher, cast.help_desk):
        stranger = Client()
        sign_in(stranger, account, strong=True)
        assert stranger.get(ADDRESS).status_code == 404
        assert stranger.post(ORDER, {"departement": "80"}).status_code == 404
        assert stranger.post(f"{ADDRESS}L2026-80-001/fichier/").status_code == 404
