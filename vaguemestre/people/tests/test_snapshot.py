"""A full dated snapshot: who joins, moves, leaves, waits; and what a refused line must never do."""

from datetime import date
from pathlib import Path

import pytest

from vaguemestre.audit.models import Entry
from vaguemestre.people import feed_writer, testing
from vaguemestre.people.feed import read_feed
from vaguemestre.people.feed_writer import FeedOvertakenError
from vaguemestre.people.models import Pending, Person, Posting, School, Snapshot
from vaguemestre.people.numen import Numen
from vaguemestre.people.refusal import FeedRejectedError
from vaguemestre.people.snapshot import TooManyClosuresError, check_closures, compare
from vaguemestre.people.testing import NOW, REMPARTS, TODAY, Authority, row

pytestmark = pytest.mark.django_db

type Row = dict[str, str]


def person(number: int) -> Person:
    return Person.objects.get(hr_key=f"RH{number}")


def everything() -> list[object]:
    rows: list[object] = []
    for model in (Person, Posting, School, Pending, Snapshot, Entry):
        rows += model.objects.order_by("pk").values_list()
    return rows


def test_joiners(authority: Authority) -> None:
    applied = authority.take(row(1), row(2, **REMPARTS))
    assert [p.hr_key for p in applied.joined] == ["RH1", "RH2"]
    one = person(1)
    assert (one.first_name, one.category, one.step, one.present) == ("Anne", "CERT", 7, True)
    assert one.numen_lookup == Numen(testing.numen(1)).lookup
    posting = person(2).main_posting
    assert posting is not None
    assert (posting.school.name, posting.school.department, posting.share) == ("Collège des Remparts", "02", 100)


def test_the_same_file_twice_changes_nothing(authority: Authority) -> None:
    rows = [row(1), row(2, effective_on="2027-01-04"), row(3, duty_start="2027-01-04"), row(4, category="ELEVE")]
    authority.take(*rows)
    before = everything()
    changes = authority.compare(*rows, dated=date(2026, 11, 2))
    assert (bool(changes), changes.fresh, changes.unchanged) == (False, False, 3)
    feed_writer.apply_changes(changes, now=NOW, by="operator:test")
    assert everything() == before


def test_movers_renamed_and_others(authority: Authority) -> None:
    authority.take(*(row(number) for number in range(1, 5)))
    changes = authority.compare(
        row(1, **REMPARTS), row(2, usual_name="Dupont"), row(3, step="8"), row(4, usual_name="Petit", **REMPARTS)
    )
    assert [c.person.hr_key for c in changes.movers] == ["RH1", "RH4"]
    assert [c.person.hr_key for c in changes.renamed] == ["RH2", "RH4"]
    assert [c.person.hr_key for c in changes.updated] == ["RH3"]
    applied = feed_writer.apply_changes(changes, now=NOW, by="operator:test")
    assert [p.hr_key for p in applied.renamed] == ["RH2", "RH4"]
    assert (person(2).full_name, person(3).step) == ("Anne Dupont", 8)
    assert [p.school_id for p in person(4).postings.all()] == ["0029903D"]
    assert Posting.objects.count() == 4


def test_a_usual_name_that_says_the_same_is_no_renaming(authority: Authority) -> None:
    authority.take(row(1))
    changes = authority.compare(row(1, usual_name=row(1)["last_name"]))
    assert (len(changes.renamed), len(changes.updated)) == (0, 1)


def test_leavers(authority: Authority) -> None:
    authority.take(row(1), row(2))
    applied = authority.take(row(1))
    assert [p.hr_key for p in applied.left] == ["RH2"]
    assert (person(2).present, person(2).duty_end) == (False, date(2026, 11, 2))
    assert authority.compare(row(1)).leavers == []


def test_a_leaver_who_comes_back(authority: Authority) -> None:
    authority.take(row(1), row(2))
    authority.take(row(1))
    applied = authority.take(row(1), row(2, duty_start="2026-11-20"))
    assert [p.hr_key for p in applied.joined] == ["RH2"]
    assert (person(2).present, person(2).duty_end) == (True, None)
    assert Person.objects.count() == 2


def test_a_last_day_told_beforehand(authority: Authority) -> None:
    authority.take(row(1), row(2))
    applied = authority.take(row(1), row(2, duty_end="2026-12-31"))
    assert [p.hr_key for p in applied.dated] == ["RH2"]
    assert (person(2).present, person(2).duty_end) == (True, date(2026, 12, 31))
    authority.take(row(1), today=date(2027, 1, 5))
    assert (person(2).present, person(2).duty_end) == (False, date(2026, 11, 3))


def test_somebody_who_has_already_left_does_not_join(authority: Authority) -> None:
    changes = authority.compare(row(1, duty_end="2026-10-01"))
    assert changes.joiners == []
    assert changes.refused[0].reason == "duty has already ended"


# A refused line never makes a leaver


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "JARDINIER"},
        {"hr_key": "", "birth_date": "?"},  # still known by NUMEN
        {"numen": "?", "birth_date": "?"},  # still known by the key
        {"numen": "?", "hr_key": ""},  # still known by name and birth date
    ],
)
def test_a_refused_line_freezes_its_person(authority: Authority, wrong: Row) -> None:
    authority.take(row(1), row(2), row(3))
    changes = authority.compare(row(1), row(2, step="9", **wrong))
    assert (changes.frozen, [p.hr_key for p in changes.leavers]) == (1, ["RH3"])
    feed_writer.apply_changes(changes, now=NOW, by="operator:test")
    assert (person(2).present, person(2).step) == (True, 7)


def test_when_nobody_is_recognised_nobody_leaves(authority: Authority) -> None:
    authority.take(row(1), row(2), row(3))
    changes = authority.compare(row(1), row(2, hr_key="", numen="?", birth_date="?"))
    assert changes.leavers == []
    assert [p.hr_key for p in changes.held] == ["RH2", "RH3"]
    assert changes.counts()["frozen"] == 2
    assert [p.hr_key for p in authority.compare(row(1)).leavers] == ["RH2", "RH3"]


def test_a_refused_stranger_holds_nobody_back(authority: Authority) -> None:
    authority.take(row(1), row(2))
    assert [p.hr_key for p in authority.compare(row(1), row(9, category="ELEVE")).leavers] == ["RH2"]


def test_twins_freeze_their_person(authority: Authority) -> None:
    authority.take(row(1), row(2))
    changes = authority.compare(row(1), row(1, hr_key="RH8"), row(2))
    assert (changes.leavers, changes.frozen, changes.joiners) == ([], 1, [])


# NUMEN and key of the HR system


def test_a_numen_that_comes_later_joins_the_same_person(authority: Authority) -> None:
    authority.take(row(1, numen=""))
    assert person(1).numen_lookup is None
    changes = authority.compare(row(1))
    assert (len(changes.updated), changes.joiners, changes.leavers) == (1, [], [])
    feed_writer.apply_changes(changes, now=NOW, by="operator:test")
    assert person(1).numen_lookup == Numen(testing.numen(1)).lookup
    assert Person.objects.count() == 1


def test_a_numen_once_known_is_never_taken_away(authority: Authority) -> None:
    authority.take(row(1))
    assert not authority.compare(row(1, numen=""))


def test_the_hr_key_may_change_under_the_same_numen(authority: Authority) -> None:
    authority.take(row(1))
    authority.take(row(1, hr_key="RH77"))
    assert Person.objects.get().hr_key == "RH77"


def test_another_numen_under_a_known_key_is_refused(authority: Authority) -> None:
    authority.take(row(1), row(2))
    changes = authority.compare(row(1, numen=testing.numen(55)), row(2))
    assert "another NUMEN" in changes.refused[0].reason
    assert (changes.frozen, changes.leavers, changes.joiners) == (1, [], [])


def test_a_key_given_to_somebody_else_never_hands_over_an_account(authority: Authority) -> None:
    authority.take(row(1, numen=""), row(2))
    authority.take(row(2))
    stranger = row(1, numen="", first_name="Paul", last_name="Autre", birth_date="1990-05-05")
    changes = authority.compare(stranger, row(2))
    assert "known here as Anne Martinb" in changes.refused[0].reason
    assert (changes.returning, changes.joiners) == ([], [])
    corrected = row(1, numen="", birth_date="1980-03-01")
    assert len(authority.compare(corrected, row(2)).returning) == 1


def test_numen_and_key_of_two_known_people(authority: Authority) -> None:
    authority.take(row(1), row(2, numen=""), row(3))
    changes = authority.compare(row(1, hr_key="RH2"), row(3))
    assert "two people" in changes.refused[0].reason
    assert (changes.frozen, changes.leavers, changes.changed) == (2, [], [])


def test_one_known_person_on_two_lines(authority: Authority) -> None:
    authority.take(row(1), row(3))
    changes = authority.compare(row(1, hr_key=""), row(8, hr_key="RH1"), row(3))
    assert {refusal.line for refusal in changes.refused} == {3, 4}
    assert (changes.frozen, changes.leavers, changes.joiners) == (1, [], [])


CLAIRE, KEVIN = 1, 2
ELSE = {"first_name": "Kevin", "last_name": "Autre", "birth_date": "1990-05-05"}


@pytest.mark.parametrize(
    ("known", "told"),
    [
        # Her first NUMEN is mistyped, and is that of Kevin, who has left.
        ({"numen": ""}, {"numen": testing.numen(KEVIN)}),
        # The same, and she is recognised by name and birth date alone.
        ({"hr_key": ""}, {"hr_key": "", "numen": testing.numen(KEVIN)}),
        # Her new key was Kevin's.
        ({}, {"hr_key": f"RH{KEVIN}"}),
    ],
)
def test_a_line_that_bears_a_key_of_somebody_else_freezes_its_owner_too(
    authority: Authority, known: Row, told: Row
) -> None:
    authority.take(row(CLAIRE, **known), row(KEVIN, **ELSE), row(3))
    authority.take(row(CLAIRE, **known), row(3))
    changes = authority.compare(row(CLAIRE, **known | told), row(3))
    assert len(changes.refused) == 1
    assert (changes.frozen, changes.leavers, changes.joiners, changes.unchanged) == (2, [], [], 1)


def test_keys_that_have_changed_hands_freeze_both(authority: Authority) -> None:
    authority.take(row(CLAIRE), row(KEVIN, **ELSE))
    changes = authority.compare(row(CLAIRE, hr_key="RH2"), row(KEVIN, hr_key="RH8", **ELSE))
    assert (changes.frozen, changes.leavers, changes.joiners, len(changes.refused)) == (2, [], [], 2)


def test_duty_that_has_ended_on_a_line_with_a_mistyped_numen_makes_no_leaver(authority: Authority) -> None:
    authority.take(row(1, hr_key=""), row(2))
    changes = authority.compare(row(1, hr_key="", numen=testing.numen(9), duty_end="2026-10-01"), row(2))
    assert [refusal.reason for refusal in changes.refused] == ["duty has already ended"]
    assert (changes.frozen, changes.leavers, changes.joiners) == (1, [], [])


def test_a_first_numen_on_a_shifted_line_still_leaves_the_key(authority: Authority, tmp_path: Path) -> None:
    authority.take(row(1, numen=""), row(2), row(3))
    shifted = testing.text([row(1), row(2)], dated=date(2026, 11, 9)).replace("12 RUE", "12; RUE", 1)
    (tmp_path / "shifted.csv").write_text(shifted, encoding="utf-8")
    changes = compare(read_feed(tmp_path / "shifted.csv"), TODAY)
    assert (len(changes.refused), changes.frozen, changes.held) == (1, 1, [])
    assert [p.hr_key for p in changes.leavers] == ["RH3"]


def test_a_key_on_a_refused_line_is_read_as_on_any_other(authority: Authority) -> None:
    authority.take(row(1, numen=""), row(2))
    changes = authority.compare(row(1, hr_key="R\u00adH1", birth_date="?"), row(2))
    assert (changes.frozen, changes.leavers) == (1, [])


# Dates


def test_a_change_of_a_later_day_waits(authority: Authority) -> None:
    authority.take(row(1), row(2))
    later = row(1, effective_on="2027-01-04", usual_name="Dupont", **REMPARTS | {"posting1_starts": "2027-01-04"})
    changes = authority.compare(later, row(2))
    assert (len(changes.waiting), changes.changed) == (1, [])
    assert feed_writer.apply_changes(changes, now=NOW, by="operator:test").waiting_days == {date(2027, 1, 4)}
    assert person(1).full_name == "Anne Martinb"
    assert authority.compare(later, row(2)).still_waiting == 1
    assert feed_writer.apply_waiting(today=date(2027, 1, 3), by="system").renamed == []
    applied = feed_writer.apply_waiting(today=date(2027, 1, 4), by="system")
    assert [p.hr_key for p in applied.renamed] == ["RH1"]
    assert person(1).full_name == "Anne Dupont"
    assert [(p.school_id, p.starts) for p in person(1).postings.all()] == [("0029903D", date(2027, 1, 4))]
    assert not Pending.objects.exists()
    assert not authority.compare(later, row(2), today=date(2027, 1, 5))


def test_what_waits_holds_no_numen(authority: Authority) -> None:
    authority.take(row(1))
    authority.take(row(1, effective_on="2027-01-04", step="8"))
    assert testing.numen(1) not in str(Pending.objects.get().facts)


def test_a_newer_feed_replaces_what_waits(authority: Authority) -> None:
    authority.take(row(1))
    authority.take(row(1, effective_on="2027-01-04", step="8"))
    authority.take(row(1, effective_on="2027-02-01", step="9"))
    assert Pending.objects.get().on == date(2027, 2, 1)
    authority.take(row(1))
    assert not Pending.objects.exists()
    assert person(1).step == 7


def test_what_waited_is_dropped_when_the_person_leaves(authority: Authority) -> None:
    authority.take(row(1), row(2))
    authority.take(row(1), row(2, effective_on="2027-01-04", step="8"))
    authority.take(row(1))
    assert not Pending.objects.exists()


def test_the_snapshot_s_date_never_goes_back(authority: Authority, tmp_path: Path) -> None:
    authority.take(row(1))
    authority.take(row(1), row(2))
    with pytest.raises(FeedRejectedError, match="older"):
        authority.compare(row(1), dated=date(2026, 11, 2))
    feed = testing.feed(tmp_path, [row(1)], dated=date(2026, 11, 2))
    assert len(compare(feed, TODAY, allow_older=True).leavers) == 1


def test_another_snapshot_of_the_same_day_is_taken(authority: Authority) -> None:
    authority.take(row(1))
    assert authority.compare(row(1, step="8"), dated=date(2026, 11, 2))


def test_a_snapshot_of_a_day_to_come_is_refused(authority: Authority) -> None:
    with pytest.raises(FeedRejectedError, match="day to come"):
        authority.compare(row(1), dated=date(2026, 11, 26))


# Too many closures, two at once


def test_too_many_closures(authority: Authority) -> None:
    authority.take(*(row(number) for number in range(1, 41)))
    just = authority.compare(*(row(number) for number in range(1, 39)))
    check_closures(just, TODAY)
    changes = authority.compare(*(row(number) for number in range(1, 38)))
    with pytest.raises(TooManyClosuresError) as caught:
        check_closures(changes, TODAY)
    assert (caught.value.closures, caught.value.in_post, caught.value.percent) == (3, 40, 5)
    check_closures(changes, TODAY, percent=10)


def test_a_last_day_in_the_past_is_a_closure_and_one_to_come_is_not(authority: Authority) -> None:
    authority.take(*(row(number) for number in range(1, 5)))
    others = [row(number) for number in range(2, 5)]
    check_closures(authority.compare(row(1, duty_end="2026-12-31"), *others), TODAY)
    with pytest.raises(TooManyClosuresError):
        check_closures(authority.compare(row(1, duty_end="2026-11-20"), *others), TODAY)


def test_leaving_after_an_announced_day_is_not_counted_twice(authority: Authority) -> None:
    authority.take(*(row(number) for number in range(1, 5)))
    others = [row(number) for number in range(2, 5)]
    authority.take(row(1, duty_end="2026-11-23"), *others)
    check_closures(authority.compare(*others), TODAY)


def test_the_second_of_two_imports_compares_again(authority: Authority) -> None:
    authority.take(row(1))
    mine = authority.compare(row(1, step="8"))
    authority.take(row(1, step="9"))
    before = everything()
    with pytest.raises(FeedOvertakenError):
        feed_writer.apply_changes(mine, now=NOW, by="operator:test")
    assert everything() == before


def test_a_feed_that_changes_nothing_still_moves_the_date(authority: Authority) -> None:
    authority.take(row(1))
    authority.take(row(1))
    assert list(Snapshot.objects.order_by("number").values_list("number", "dated")) == [
        (1, date(2026, 11, 2)),
        (2, date(2026, 11, 3)),
    ]


def test_a_school_told_otherwise_is_corrected(authority: Authority) -> None:
    authority.take(row(1))
    authority.take(row(1, posting1_school="Collège Jules-Verne"))
    assert School.objects.get().name == "Collège Jules-Verne"


def test_each_act_is_in_the_journal_without_a_name(authority: Authority) -> None:
    authority.take(row(1), row(2), row(3))
    authority.take(row(1, **REMPARTS), row(2, usual_name="Dupont"))
    entries = list(Entry.objects.order_by("id").values_list("act", "subject", "actor"))
    key = person(1).key
    assert entries[0] == ("person.joined", key, "operator:test")
    assert ("person.moved", key, "operator:test") in entries
    assert ("person.renamed", person(2).key, "operator:test") in entries
    assert ("person.left", person(3).key, "operator:test") in entries
    assert "Martin" not in str(list(Entry.objects.values()))
