"""Reading a feed: a wrong line alone, a wrong file as a whole, and each told so that it can be put right."""

import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from vaguemestre.people import testing
from vaguemestre.people.feed import LINE_LIMIT, Feed, read_feed
from vaguemestre.people.numen import Numen
from vaguemestre.people.refusal import FeedRejectedError, Refusal
from vaguemestre.people.testing import row, text

Reading = Callable[[str | bytes], Feed]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def read_content(content: str | bytes) -> Feed:
        file = tmp_path / "feed.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_feed(file)

    return read_content


def rejection(reading: Reading, content: str | bytes) -> FeedRejectedError:
    with pytest.raises(FeedRejectedError) as caught:
        reading(content)
    return caught.value


def refusal(reading: Reading, **columns: str) -> Refusal:
    """Of the second of three lines; the two others must be accepted."""
    feed = reading(text([row(1), row(2, **columns), row(3)]))
    assert [line.number for line in feed.lines] == [3, 5]
    assert {found.line for found in feed.refused} == {4}
    return feed.refused[0]


def test_a_right_feed(reading: Reading) -> None:
    feed = reading(text([row(1), row(2, usual_name="d'Hervé")]))
    assert (feed.dated, feed.count, feed.refused) == (date(2026, 9, 1), 2, [])
    first, second = feed.lines
    assert first.numen == Numen(testing.numen(1))
    assert first.person.birth_date == date(1980, 2, 29)
    assert first.person.address_lines == ("12 RUE DES LILAS", "80000 AMIENS")
    assert first.postings[0].uai == "0809901C"
    assert first.postings[0].function == "ENS"
    assert second.person.name == ("Anne", "d’Hervé")
    assert [school.department for school in feed.schools["0809901C"]] == ["80"]


@pytest.mark.parametrize("delimiter", [";", ","])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_separators_line_ends_and_bom(reading: Reading, delimiter: str, ends: str, bom: bytes) -> None:
    content = text([row(1, officer="DPE; bureau 3, « est »")], delimiter=delimiter).replace("\n", ends)
    feed = reading(bom + content.encode())
    assert feed.refused == []
    assert feed.lines[0].person.officer == "DPE; bureau 3, « est »"


def test_columns_in_any_order_and_marks_padded_by_a_spreadsheet(reading: Reading) -> None:
    content = text([row(1)], header=testing.HEADER[::-1])
    content = content.replace("#INSTANTANE;2026-09-01", "#INSTANTANE;2026-09-01;;;").replace("#FIN;1", "#FIN;1;;;")
    assert len(reading(content).lines) == 1


def test_groups_of_further_postings_may_be_left_out(reading: Reading) -> None:
    header = [column for column in testing.HEADER if not column.startswith(("posting2_", "posting3_"))]
    assert len(reading(text([row(1)], header=header)).lines) == 1


def test_three_postings(reading: Reading) -> None:
    shares = {f"posting{rank}_{column[9:]}": value for rank in (2, 3) for column, value in testing.REMPARTS.items()}
    feed = reading(text([row(1, **shares)]))
    assert [posting.uai for posting in feed.lines[0].postings] == ["0809901C", "0029903D", "0029903D"]


def test_accents_of_two_characters_and_no_break_spaces(reading: Reading) -> None:
    """What a Mac and a word processor leave in a file."""
    feed = reading(text([row(1, first_name="E\u0301loi\u0308se", usual_name="Le\u00a0Goff", officer="DPE\u202f3")]))
    assert feed.lines[0].person.name == ("Éloïse", "Le Goff")
    assert feed.lines[0].person.officer == "DPE 3"


@pytest.mark.parametrize("sign", "\u2010\u2011\u2012\u2013\u2014")
def test_a_hyphen_of_typography_is_a_hyphen(reading: Reading, sign: str) -> None:
    assert reading(text([row(1, first_name=f"Marie{sign}Claude")])).lines[0].person.first_name == "Marie-Claude"


@pytest.mark.parametrize("sign", "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
def test_what_nobody_sees_in_a_name_is_not_there(reading: Reading, sign: str) -> None:
    feed = reading(text([row(1, first_name=f"Marie{sign}Claude{sign}", officer=f"DPE{sign} 3", hr_key=f"RH1{sign}")]))
    line = feed.lines[0]
    assert (line.person.first_name, line.person.officer, line.hr_key) == ("MarieClaude", "DPE 3", "RH1")


@pytest.mark.parametrize("sign", "'’‘`´\u02bc\u2032")
def test_every_apostrophe_is_one(reading: Reading, sign: str) -> None:
    assert reading(text([row(1, last_name=f"D{sign}Hervé")])).lines[0].person.last_name == "D’Hervé"


@pytest.mark.parametrize("day", ["9999-12-31", "31/12/9999", "2999-12-31"])
def test_a_day_that_nobody_will_see_is_no_end(reading: Reading, day: str) -> None:
    line = reading(text([row(1, duty_end=day, posting1_ends=day)])).lines[0]
    assert (line.person.duty_end, line.postings[0].ends) == (None, None)


def shares(*postings: tuple[str, str, str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for rank, (share, starts, ends) in enumerate(postings, 1):
        of_rank = {"share": share, "starts": starts, "ends": ends}
        columns |= {column.replace("1", str(rank), 1): value for column, value in testing.TILLEULS.items()}
        columns |= {f"posting{rank}_{column}": value for column, value in of_rank.items()}
    return columns


def test_more_than_full_time_is_taken_with_a_remark(reading: Reading) -> None:
    postings = shares(("60", "2020-09-01", ""), ("50", "2021-09-01", ""))
    feed = reading(text([row(1), row(2, **postings)]))
    assert [posting.share for posting in feed.lines[1].postings] == [60, 50]
    assert [(r.line, r.column, r.value) for r in feed.remarks] == [(4, "posting1_share", "110 %")]


@pytest.mark.parametrize(
    "postings",
    [
        [("60", "2020-09-01", ""), ("40", "2021-09-01", "")],
        [("100", "2020-09-01", "2021-08-31"), ("100", "2021-09-01", "")],
    ],
)
def test_full_time_is_no_remark(reading: Reading, postings: list[tuple[str, str, str]]) -> None:
    assert reading(text([row(1, **shares(*postings))])).remarks == []


@pytest.mark.parametrize("name", ["Nguyễn", "Çelik", "Ålund", "Иванова", "O’Connor", "de La Tour-Maubourg", "J.-P."])
def test_names_of_everywhere(reading: Reading, name: str) -> None:
    assert reading(text([row(1, last_name=name)])).lines[0].person.last_name == name


# A wrong line


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("category", "ELEVE", "pupils get no address"),
        ("category", "ETUD", "students get no address"),
        ("category", "JARDINIER", "category unknown"),
        ("category", "", "a value is needed"),
        ("civility", "Dr", "expected: M. or Mme"),
        ("first_name", "", "a value is needed"),
        ("first_name", "Anne2", "no place in a name"),
        ("first_name", "Anne 🙂", "no place in a name"),
        ("last_name", "nitraM\u202e", "control character"),
        ("last_name", "-", "no letter"),
        ("last_name", "x" * 61, "more than 60 characters"),
        ("birth_date", "31/02/1980", "not a date"),
        ("birth_date", "2015-01-01", "sixteen years"),
        ("duty_end", "2019-01-01", "before the first day"),
        ("address_line4", "RUE " + "X" * 40, "more than 38 characters"),
        ("address_line6", "AMIENS", "postal code"),
        ("department", "75", "not a department"),
        ("step", "sept", "not a whole number"),
        ("step", "0", "out of bounds"),
        ("posting1_uai", "0809901D", "it is C"),
        ("posting1_uai", "0750655E", "not a school of this authority"),
        ("posting1_uai", "", "a value is needed"),
        ("posting1_kind", "crèche", "kind of school unknown"),
        ("posting1_share", "101", "out of bounds"),
        ("posting1_starts", "hier", "not a date"),
        ("posting1_ends", "2019-01-01", "before the first day"),
        ("posting1_function", "CHEF", "function unknown"),
        ("officer", "bell\x07", "control character"),
        ("officer", "nul\x00", "NUL byte"),
    ],
)
def test_one_wrong_value(reading: Reading, column: str, value: str, reason: str) -> None:
    found = refusal(reading, **{column: value})
    assert found.column == column
    assert reason in found.reason


def test_every_wrong_value_of_a_line_is_told(reading: Reading) -> None:
    feed = reading(text([row(1, civility="Dr", birth_date="?", posting1_share="beaucoup")]))
    assert [found.column for found in feed.refused] == ["civility", "birth_date", "posting1_share"]
    assert [found.value for found in feed.refused] == ["Dr", "?", "beaucoup"]


def test_a_person_without_any_key(reading: Reading) -> None:
    assert refusal(reading, hr_key="", numen="").column == "numen"


def test_a_person_without_numen_is_accepted_by_the_hr_key(reading: Reading) -> None:
    feed = reading(text([row(1, numen="")]))
    assert (feed.lines[0].numen, feed.lines[0].hr_key) == (None, "RH1")


def test_a_fourth_posting(reading: Reading) -> None:
    header = [*testing.HEADER, *(f"posting4_{column}" for column in ("uai", "school"))]
    feed = reading(text([row(1), row(2, posting4_uai="0809901C"), row(3)], header=header))
    assert [line.number for line in feed.lines] == [3, 5]
    assert (feed.refused[0].column, feed.refused[0].value) == ("posting4_uai", "0809901C")
    assert "three postings at most" in feed.refused[0].reason


@pytest.mark.parametrize("value", ["20E2000002AB", "20E20000021BC", "n’importe quoi"])
def test_a_wrong_numen_is_never_shown(reading: Reading, value: str) -> None:
    found = refusal(reading, numen=value)
    assert found.column == "numen"
    assert set(found.value) == {"•"}


def test_a_numen_in_a_shifted_line_is_never_shown(reading: Reading) -> None:
    found = refusal(reading, civility=testing.numen(7))
    assert found.value == "20E••••••••BC"


def test_a_value_too_many(reading: Reading) -> None:
    content = text([row(1), row(2), row(3)]).replace("RH2;", "RH2;;")
    feed = reading(content)
    assert [line.number for line in feed.lines] == [3, 5]
    assert "values for" in feed.refused[0].reason
    assert feed.refused_identities[0].lookups == (Numen(testing.numen(2)).lookup,)


def test_an_open_quotation_mark_swallows_nobody_else(reading: Reading) -> None:
    content = text([row(1), row(2), row(3)]).replace("RH2;", '"RH2;')
    feed = reading(content)
    assert [line.number for line in feed.lines] == [3, 5]
    assert "never closed" in feed.refused[0].reason


def test_twins_are_both_refused(reading: Reading) -> None:
    feed = reading(text([row(1), row(2, numen=testing.numen(1)), row(3), row(4, hr_key="RH3")]))
    assert feed.lines == []
    assert [(r.line, r.column, r.reason) for r in feed.refused] == [
        (3, "numen", "also on line 4"),
        (4, "numen", "also on line 3"),
        (5, "hr_key", "also on line 6"),
        (6, "hr_key", "also on line 5"),
    ]
    assert len(feed.refused_identities) == 4


def test_a_million_characters_in_one_field(reading: Reading) -> None:
    feed = reading(text([row(1), row(2, officer="x" * 1_000_000), row(3)]))
    assert [line.number for line in feed.lines] == [3, 5]
    (found,) = feed.refused
    assert (found.line, found.column) == (4, "officer")
    assert str(LINE_LIMIT) in found.reason
    assert len(found.value) <= 40


def test_a_line_without_end_costs_no_memory(reading: Reading, tmp_path: Path) -> None:
    content = text([row(1), row(2, officer="x" * 30_000_000), row(3)]).encode()
    (tmp_path / "feed.csv").write_bytes(content)
    del content
    tracemalloc.start()
    feed = read_feed(tmp_path / "feed.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(feed.lines) == 2
    assert peak < 3_000_000


# A wrong file


def test_an_empty_file(reading: Reading) -> None:
    assert "empty" in rejection(reading, "").reason


def test_nothing_but_marks_is_a_feed_of_nobody(reading: Reading) -> None:
    assert reading(text([])).lines == []


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_a_half_written_file(reading: Reading, kept: int) -> None:
    lines = text([row(1), row(2)]).splitlines(keepends=True)
    assert "half-written" in rejection(reading, "".join(lines[:kept])).reason or kept == 1


def test_cut_in_the_middle_of_a_line(reading: Reading) -> None:
    content = text([row(1), row(2)])
    assert "half-written" in rejection(reading, content[: content.rindex("AMIENS")]).reason


@pytest.mark.parametrize("cut", range(1, 7))
def test_cut_in_the_last_line(reading: Reading, cut: int) -> None:
    error = rejection(reading, text([row(1), row(2)]).rstrip("\n")[:-cut])
    assert error.line in {4, 5}


def test_a_wrong_count(reading: Reading) -> None:
    error = rejection(reading, text([row(1), row(2)]).replace("#FIN;2", "#FIN;3"))
    assert error.line == 5
    assert "announces 3 persons and the file has 2" in error.reason


def test_a_count_of_five_thousand_digits(reading: Reading) -> None:
    error = rejection(reading, text([row(1)]).replace("#FIN;1", f"#FIN;{'9' * 5000}"))
    assert error.line == 4
    assert len(error.reason) < 200
    assert len(reading(text([row(1)]).replace("#FIN;1", f"#FIN;{'0' * 5000}1")).lines) == 1


def test_refused_lines_are_counted(reading: Reading) -> None:
    assert reading(text([row(1), row(2, category="ELEVE")])).count == 2


def test_something_after_the_end(reading: Reading) -> None:
    content = text([row(1)])
    assert rejection(reading, content + "RH9;\n").line == 5
    assert len(reading(content + "\n \n").lines) == 1


@pytest.mark.parametrize(
    "first",
    [
        "",
        "#INSTANTANE",
        "#INSTANTANE;hier",
        "#DATE;2026-09-01",
        "hr_key;numen",
        "#INSTANTANE;20260901",
        "#INSTANTANE;2026-W36-2",
    ],
)
def test_the_first_line(reading: Reading, first: str) -> None:
    content = text([row(1)]).replace("#INSTANTANE;2026-09-01", first)
    assert rejection(reading, content).line == 1


def test_the_first_line_has_a_date_of_either_form(reading: Reading) -> None:
    assert reading(text([row(1)]).replace("2026-09-01", "01/09/2026", 1)).dated == date(2026, 9, 1)


def test_an_unknown_column(reading: Reading) -> None:
    error = rejection(reading, text([row(1)], header=[*testing.HEADER, "salary"]))
    assert (error.line, "salary" in error.reason) == (2, True)


def test_a_missing_column(reading: Reading) -> None:
    error = rejection(reading, text([row(1)], header=[c for c in testing.HEADER if c != "duty_start"]))
    assert (error.line, "duty_start" in error.reason) == (2, True)


def test_a_repeated_column(reading: Reading) -> None:
    assert "twice" in rejection(reading, text([row(1)], header=[*testing.HEADER, "step"])).reason


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(reading: Reading, encoding: str) -> None:
    assert "UTF-16" in rejection(reading, text([row(1)]).encode(encoding)).reason


def test_windows_1252(reading: Reading) -> None:
    error = rejection(reading, text([row(1), row(2, first_name="Éloïse")]).encode("cp1252"))
    assert error.line == 3  # the è of the school's name
    assert "Windows-1252" in error.reason


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_feed(tmp_path / "nowhere.csv")


def test_progress_reaches_the_size_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text(text([row(number) for number in range(1, 1200)]))
    seen: list[int] = []
    read_feed(file, progress=seen.append)
    assert len(seen) >= 3
    assert seen == sorted(seen)
    assert seen[-1] == file.stat().st_size
