"""For tests of this room and of those above: small feeds, and people taken from them."""

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from vaguemestre.people import feed_writer
from vaguemestre.people.feed import Feed, read_feed
from vaguemestre.people.feed_writer import AppliedChanges
from vaguemestre.people.rows import PERSON_COLUMNS, POSTING_COLUMNS
from vaguemestre.people.snapshot import Changes, compare

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)

DATED = date(2026, 9, 1)
HEADER = [*PERSON_COLUMNS, *(f"posting{rank}_{column}" for rank in (1, 2, 3) for column in POSTING_COLUMNS)]
TILLEULS = {
    "posting1_uai": "0809901C", "posting1_school": "Collège des Tilleuls", "posting1_kind": "college",
    "posting1_city": "Amiens", "posting1_share": "100", "posting1_starts": "2020-09-01",
}  # fmt: skip
REMPARTS = TILLEULS | {"posting1_uai": "0029903D", "posting1_school": "Collège des Remparts", "posting1_city": "Laon"}
RECTORAT = TILLEULS | {
    "posting1_uai": "0809001Z", "posting1_school": "Rectorat", "posting1_kind": "rectorat", "posting1_city": "Amiens",
}  # fmt: skip


def numen(number: int) -> str:
    return f"20E20{number:05}ABC"


def row(number: int, **columns: str) -> dict[str, str]:
    """A teacher who is right in every column; `columns` change what the test is about."""
    return {
        "hr_key": f"RH{number}", "numen": numen(number), "civility": "Mme", "first_name": "Anne",
        "last_name": f"Martin{'abcdefghij'[number % 10]}", "birth_date": "1980-02-29",
        "address_line4": "12 RUE DES LILAS", "address_line6": "80000 AMIENS", "category": "CERT", "corps": "Certifié",
        "grade": "Classe normale", "step": "7", "department": "80", "officer": "DPE 3", "duty_start": "2020-09-01",
    } | TILLEULS | columns  # fmt: skip


def text(
    rows: Iterable[dict[str, str]], *, dated: date = DATED, delimiter: str = ";", header: Sequence[str] = HEADER
) -> str:
    rows = list(rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["#INSTANTANE", dated.isoformat()])
    writer.writerow(header)
    writer.writerows([line.get(column, "") for column in header] for line in rows)
    writer.writerow(["#FIN", len(rows)])
    return out.getvalue()


def feed(folder: Path, rows: Iterable[dict[str, str]], *, dated: date = DATED) -> Feed:
    file = folder / "feed.csv"
    file.write_text(text(rows, dated=dated), encoding="utf-8")
    return read_feed(file)


class Authority:
    """Takes feeds one after the other, each dated a day after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = 1

    def compare(
        self, *rows: dict[str, str], today: date = TODAY, dated: date | None = None, same_person: Collection[int] = ()
    ) -> Changes:
        self.day += dated is None
        told = feed(self.folder, rows, dated=dated or date(2026, 11, self.day))
        return compare(told, today, same_person=same_person)

    def take(self, *rows: dict[str, str], today: date = TODAY, same_person: Collection[int] = ()) -> AppliedChanges:
        changes = self.compare(*rows, today=today, same_person=same_person)
        return feed_writer.apply_changes(changes, now=NOW, by="operator:test")
