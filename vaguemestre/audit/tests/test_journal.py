from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from vaguemestre.audit import journal
from vaguemestre.audit.models import Entry, Seal

pytestmark = pytest.mark.django_db


def fill(count: int = 3) -> None:
    for number in range(count):
        journal.record("a0000001", "account.locked", f"a{number:07d}", reason="perdu", times=number)


def test_a_line_says_who_did_what_to_whom() -> None:
    journal.record("operator:root", "account.opened", "a0000001", source="feed", lines=3, dry=False, note=None)
    entry = Entry.objects.get()
    assert (entry.actor, entry.act, entry.subject) == ("operator:root", "account.opened", "a0000001")
    assert entry.details == {"source": "feed", "lines": 3, "dry": False, "note": None}


def test_many_lines_in_one_go() -> None:
    journal.record_many("system", "account.opened", ["a0000001", "a0000002"], feed="2026-09-01")
    assert list(Entry.objects.order_by("id").values_list("subject", flat=True)) == ["a0000001", "a0000002"]


def test_no_act_without_its_line_nor_the_reverse() -> None:
    def failing_act() -> None:
        with transaction.atomic():
            journal.record("system", "account.opened", "a0000001")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing_act()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(act="nothing"),
        lambda: Entry.objects.filter(seal=None).delete(),
        lambda: Seal.objects.update(digest="0" * 64),
        lambda: Seal.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_or_remove_a_line(change: Callable[[], object]) -> None:
    fill(2)
    Seal.objects.create(entry=Entry.objects.earliest("id"), previous=journal.FIRST, digest="1" * 64)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        change()
    assert set(Entry.objects.values_list("act", flat=True)) == {"account.locked"}
    assert Seal.objects.get().digest == "1" * 64


def test_sealing_goes_on_where_it_stopped() -> None:
    fill(3)
    assert journal.seal() == 3
    assert journal.seal() == 0
    fill(2)
    assert journal.seal() == 2
    assert list(journal.verify()) == []
    assert list(Seal.objects.order_by("id").values_list("entry_id", flat=True)) == list(
        Entry.objects.order_by("id").values_list("id", flat=True)
    )


def test_the_head_moves_with_each_line() -> None:
    assert journal.head() == journal.FIRST
    fill(1)
    journal.seal()
    first = journal.head()
    fill(1)
    journal.seal()
    assert journal.head() != first


def without_triggers(sql: str) -> None:
    """What somebody with all rights on the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for table in ("entry", "seal"):
                for act in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS audit_{table}_no_{act}")
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(sql)


def test_a_changed_line_is_found() -> None:
    fill(3)
    journal.seal()
    changed = Entry.objects.order_by("id")[1]
    without_triggers(f"UPDATE audit_entry SET actor = 'somebody' WHERE id = {changed.pk}")  # noqa: S608 - a number
    assert [flaw.entry_id for flaw in journal.verify()] == [changed.pk]


def test_a_line_taken_out_with_its_seal_is_found() -> None:
    fill(3)
    journal.seal()
    _first, second, third = Entry.objects.order_by("id")
    without_triggers(f"DELETE FROM audit_seal WHERE entry_id = {second.pk}")  # noqa: S608 - a number
    assert [flaw.entry_id for flaw in journal.verify()] == [third.pk]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "newest"])
def test_a_line_taken_out_is_found_though_its_seal_stays(place: int) -> None:
    fill(3)
    journal.seal()
    head, gone = journal.head(), Entry.objects.order_by("id")[place].pk
    without_triggers(f"DELETE FROM audit_entry WHERE id = {gone}")  # noqa: S608 - a number
    try:
        assert [(flaw.entry_id, flaw.reason) for flaw in journal.verify()] == [(gone, "cette ligne a été retirée")]
        assert journal.head() == head
    finally:
        without_triggers(f"DELETE FROM audit_seal WHERE entry_id = {gone}")  # noqa: S608 - a number


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["audit_seal", "audit_entry CASCADE"])
def test_nor_is_it_emptied_at_one_stroke(table: str) -> None:
    fill(2)
    journal.seal()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit: nothing else stands in the way
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table}")
    assert Seal.objects.count() == Entry.objects.count() == 2


def test_two_chains_cannot_grow_from_one_link() -> None:
    fill(2)
    one, two = Entry.objects.order_by("id")
    Seal.objects.create(entry=one, previous=journal.FIRST, digest="1" * 64)
    with pytest.raises(Error), transaction.atomic():
        Seal.objects.create(entry=two, previous=journal.FIRST, digest="2" * 64)


def test_the_command_seals_then_proves(capsys: pytest.CaptureFixture[str]) -> None:
    fill(2)
    call_command("journal", "seal")
    call_command("journal", "verify")
    said = capsys.readouterr().out
    assert "Lignes scellées\N{NO-BREAK SPACE}: 2." in said
    assert "Le journal est entier." in said
    assert journal.head() in said


def test_the_command_names_the_line_that_was_changed() -> None:
    fill(2)
    journal.seal()
    changed = Entry.objects.latest("id")
    without_triggers(f"UPDATE audit_entry SET actor = 'somebody' WHERE id = {changed.pk}")  # noqa: S608 - a number
    said = StringIO()
    with pytest.raises(CommandError, match="pas tel qu’il a été écrit"):
        call_command("journal", "verify", stderr=said)
    assert f"Ligne {changed.pk}" in said.getvalue()
