"""`vaguemestre people import`: what the operator reads, and what a script can tell from its exit status."""

import csv
import io
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from vaguemestre.accounts.models import Account
from vaguemestre.arrivals.management.commands.people import Exit
from vaguemestre.audit.models import Entry
from vaguemestre.people import testing
from vaguemestre.people.models import Person, Snapshot
from vaguemestre.people.testing import TILLEULS, row

pytestmark = pytest.mark.django_db
SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


class Operator:
    """Writes a feed and imports it; `told` is what the terminal showed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "feed.csv"
        self.told = ""

    def imports(self, content: str | bytes | None, *options: str) -> Exit:
        if content is not None:
            self.file.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = io.StringIO()
        try:
            call_command("people", "import", str(self.file), *options, stdout=out)
        except SystemExit as ended:
            return Exit(int(str(ended.code)))
        finally:
            self.told = out.getvalue()
        return Exit.DONE


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


def feed(*rows: dict[str, str], dated: date | None = None) -> str:
    return testing.text(rows, dated=dated or timezone.localdate())


def test_a_right_feed_is_applied(operator: Operator) -> None:
    assert operator.imports(feed(row(1), row(2))) is Exit.DONE
    assert Account.objects.count() == 2
    assert "2  joiners" in operator.told
    assert "Anne Martinb (" in operator.told
    assert ", from 2020-09-01" in operator.told
    assert Entry.objects.filter(act="person.joined", actor__startswith="operator:").count() == 2


def test_a_dry_run_shows_and_changes_nothing(operator: Operator) -> None:
    assert operator.imports(feed(row(1)), "--dry-run") is Exit.DONE
    assert "1  joiner" in operator.told
    assert "nothing was changed" in operator.told
    assert not Person.objects.exists()
    assert not Snapshot.objects.exists()


def test_again_changes_nothing(operator: Operator) -> None:
    operator.imports(feed(row(1)))
    assert operator.imports(None) is Exit.DONE
    assert "already applied" in operator.told
    assert "1  unchanged" in operator.told
    assert Snapshot.objects.count() == 1


def test_refused_lines_are_shown_and_written(operator: Operator) -> None:
    report = operator.folder / "refused.csv"
    content = feed(row(1), row(2, category="ELEVE"), row(3, numen="20E200000X"), row(4, officer="=1+1\x07"))
    assert operator.imports(content, "--report", str(report)) is Exit.DONE_WITH_REMARKS
    assert Account.objects.count() == 1
    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert lines[1:] == [
        ["4", "category", "ELEVE", "pupils get no address", "line refused"],
        [
            "5",
            "numen",
            "••••••••••",
            "not in the form of a NUMEN (13 characters, such as 20E0412345ABC)",
            "line refused",
        ],
        ["6", "officer", "'=1+1�", "a control character", "line refused"],
    ]
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "pupils get no address" in operator.told
    assert "20E200000X" not in operator.told


def test_what_is_taken_with_a_remark_is_shown_and_written(operator: Operator) -> None:
    report = operator.folder / "remarks.csv"
    second = {column.replace("1", "2", 1): value for column, value in TILLEULS.items()}
    content = feed(row(1), row(2), row(3, posting1_kind="rectorat"), row(4, **second))
    assert operator.imports(content, "--report", str(report)) is Exit.DONE_WITH_REMARKS
    assert Account.objects.count() == 4
    with report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";"))
    assert [(line[0], line[1], line[2], line[4]) for line in lines[1:]] == [
        ("5", "posting1_kind", "rectorat", "line taken"),
        ("6", "posting1_share", "200 %", "line taken"),
    ]
    assert "Lines taken with a remark" in operator.told


def test_a_place_that_changes_and_the_roles_it_makes_are_shown(operator: Operator) -> None:
    office = {"category": "ADMR", "posting1_function": "ADMIN"}
    many = [row(number, **office) for number in range(1, 13)]
    operator.imports(feed(*many))
    assert "Places that change" not in operator.told
    operator.imports(feed(*(line | {"posting1_kind": "rectorat"} for line in many)))
    assert "0809901C: Collège des Tilleuls, Amiens, collège → Collège des Tilleuls, Amiens, rectorat" in operator.told
    assert "1  place that changes" in operator.told
    assert operator.told.count(": none → administrator of the service") == 12
    assert "others" not in operator.told


def test_a_line_of_somebody_else_waits_for_an_answer(operator: Operator) -> None:
    operator.imports(feed(row(1), row(2)))
    stranger = row(2, first_name="Tania", last_name="Voleuse", birth_date="1991-05-05", hr_key="RH77")
    assert operator.imports(feed(row(1), stranger)) is Exit.DONE_WITH_REMARKS
    assert "known here as Anne Martinc, born 1980-02-29" in operator.told
    assert Account.objects.filter(local_part="anne.martinc").exists()
    assert operator.imports(None, "--same-person", "4") is Exit.DONE
    told = "Anne Martinc (professeure certifiée, Collège des Tilleuls) → Tania Voleuse"
    assert f"Taken for the same person, as you say\n  {told}" in operator.told
    assert Account.objects.filter(local_part="tania.voleuse").exists()


def test_a_value_of_the_feed_is_not_taken_for_markup(operator: Operator) -> None:
    operator.imports(feed(row(1, civility="[red]Dr[/red]")))
    assert "[red]Dr[/red]" in operator.told


@pytest.mark.parametrize("content", ["", feed(row(1))[:-10], feed(row(1)).encode("utf-16"), b"\xff\xd8\xff\xe0\x00"])
def test_a_wrong_file_changes_nothing(operator: Operator, content: str | bytes) -> None:
    assert operator.imports(content) is Exit.REJECTED
    assert "Nothing was changed" in operator.told
    assert not Snapshot.objects.exists()


def test_a_file_that_is_not_there(operator: Operator) -> None:
    assert operator.imports(None) is Exit.FAILED
    assert "feed.csv: No such file" in operator.told


def test_a_report_that_cannot_be_written_stops_before_anything_changes(operator: Operator) -> None:
    nowhere = operator.folder / "nowhere" / "refused.csv"
    assert operator.imports(feed(row(1), row(2, category="ELEVE")), "--report", str(nowhere)) is Exit.FAILED
    assert f"{nowhere}: No such file" in operator.told
    assert not Person.objects.exists()


def test_an_older_snapshot_is_refused_unless_asked_for(operator: Operator) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    operator.imports(feed(row(1)))
    assert operator.imports(feed(row(1), row(2), dated=yesterday)) is Exit.REJECTED
    assert operator.imports(None, "--allow-older") is Exit.DONE
    assert Account.objects.count() == 2


def test_too_many_closures_change_nothing_unless_allowed(operator: Operator) -> None:
    operator.imports(feed(row(1), row(2), row(3)))
    assert operator.imports(feed(row(1), row(2))) is Exit.TOO_MANY_CLOSURES
    assert "would close 1 of 3 accounts" in operator.told
    assert Person.objects.filter(present=True).count() == 3
    assert operator.imports(None, "--closing-share", "40") is Exit.DONE
    assert Person.objects.filter(present=True).count() == 2


def test_a_long_list_is_cut_short(operator: Operator) -> None:
    operator.imports(feed(*(row(number) for number in range(1, 15))))
    assert "and 4 others" in operator.told


def test_the_history_of_imports(operator: Operator) -> None:
    def history() -> str:
        out = io.StringIO()
        call_command("people", "history", stdout=out)
        return " ".join(out.getvalue().split())

    assert "No feed" in history()
    yesterday = timezone.localdate() - timedelta(days=1)
    operator.imports(feed(row(1), dated=yesterday))
    operator.imports(feed(row(1, step="8"), row(2), row(3, category="ELEVE")))
    newest, oldest = timezone.localdate().isoformat(), yesterday.isoformat()
    assert f"{newest} 3 1 joiner, 1 other change, 1 refused line" in history()
    assert history().endswith(f"{oldest} 1 1 joiner")


def test_the_demo_s_feeds(operator: Operator) -> None:
    """The story told in seeds/: whoever it is about has the identifier that tests from outside rely on."""
    assert operator.imports((SEEDS / "hr-feed-1.csv").read_bytes()) is Exit.DONE_WITH_REMARKS
    assert operator.imports((SEEDS / "hr-feed-2.csv").read_bytes()) is Exit.DONE_WITH_REMARKS
    cast = {"mlefevre", "kbelkacem", "nbenhamou", "scaudron", "tquesnel", "hwattebled", "edelatourmaubourg"}
    assert cast <= set(Account.objects.filter(state=Account.State.OPEN).values_list("identifier", flat=True))
    addresses = set(Account.objects.values_list("local_part", flat=True))
    assert {"jean.martin", "jean.martin2", "jean.martin3", "francoismarie.dupont", "annececile.dherve"} <= addresses
    assert {"coeur.mullerstrauss", "marion.petitdelannoy", "eloise.delatourmaubourg"} <= addresses
    assert Account.objects.get(local_part="gerard.lemoine").state == Account.State.CLOSED
    assert operator.imports(None) is Exit.DONE_WITH_REMARKS
    assert "already applied" in operator.told


def test_two_of_one_name_are_two_lines_of_the_diff(operator: Operator) -> None:
    jean = {"first_name": "Jean", "last_name": "Martin", "civility": "M."}
    operator.imports(feed(row(1, **jean), row(2, **jean, posting1_discipline="Anglais"), row(3, **jean)))
    came = [line for line in operator.told.splitlines() if "Jean Martin" in line]
    assert len(set(came)) == len(came) == 3
    assert any("Anglais, Collège des Tilleuls" in line for line in came)
    operator.imports(feed(row(4, grade="Hors classe")))
    left = [line for line in operator.told.splitlines() if "Jean Martin" in line]
    assert len(set(left)) == len(left) == 3
