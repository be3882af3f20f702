"""Printed letters go by themselves, whatever their batch; what the folder holds is what there is to see."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.letters import letter_issue, printing, retention, sealed_passwords
from vaguemestre.letters.tests.cast import NOW, joiner

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.DATA = tmp_path
    return tmp_path / "letters"


def printed() -> printing.Printed:
    letter_issue.prepare_letters([joiner()], now=NOW)
    sealed_passwords.seal_pending(now=NOW)
    return printing.print_batch(printing.assemble_batch(now=NOW).batches[0], actor="operator:root", now=NOW)


def written(path: Path, days: float) -> Path:
    """Of so many days ago."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"%PDF")
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_a_printed_file_is_gone_after_its_days_and_the_journal_says_so(folder: Path) -> None:
    path = printed().path
    assert path.parent == folder
    [file] = retention.printed_files()
    assert (file.path, file.until) == (path, NOW + WEEK)
    retention.sweep("", NOW + WEEK - timedelta(seconds=1))
    assert path.exists()
    retention.sweep("", NOW + WEEK)
    assert not path.exists()
    assert retention.printed_files() == []
    [told] = Entry.objects.filter(act="letter.file-deleted")
    assert (told.actor, told.subject) == ("system", file.batch)


def test_files_of_before_this_rule_or_of_no_known_batch_go_too(folder: Path) -> None:
    old, new = written(folder / "lettres-L2025-80-001.pdf", 8), written(folder / "lettres-L2025-80-002.pdf", 6)
    retention.sweep("", NOW)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_a_crash_left_half_written_goes_within_the_hour(folder: Path) -> None:
    cut_short = written(folder / ".lettres-abc.partial", 0.1)
    being_written = written(folder / ".lettres-def.partial", 0.001)
    retention.sweep("", NOW)
    assert (cut_short.exists(), being_written.exists()) == (False, True)


def test_what_is_odd_keeps_no_letter_from_going(folder: Path) -> None:
    gone = written(folder / "lettres-L2025-80-001.pdf", 8)
    long = written(folder / f"lettres-{'z' * 200}.pdf", 8)
    no_text = written(folder / os.fsdecode(b"lettres-\xe9t\xe9.pdf"), 8)
    (folder / "lettres-dossier.pdf").mkdir()
    (folder / "lettres-parti.pdf").symlink_to(folder / "absent")  # as one that goes between two looks
    (folder / "lettres-boucle.pdf").symlink_to(folder / "lettres-boucle.pdf")
    (folder / ".lettres-parti.partial").symlink_to(folder / "absent")
    assert len(retention.printed_files()) == 3
    retention.sweep("", NOW)
    assert [path.exists() for path in (gone, long, no_text)] == [False] * 3
    told = Entry.objects.filter(act="letter.file-deleted").values_list("subject", flat=True)
    assert set(told) == {"L2025-80-001", "z" * 60, "�t�"}


def test_one_that_cannot_be_deleted_holds_no_other(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A folder put in its place between the look and the deletion cannot be unlinked, even by root."""
    stuck, gone = written(folder / "lettres-L2025-80-001.pdf", 9), written(folder / "lettres-L2025-80-002.pdf", 8)
    files = retention.printed_files()
    stuck.unlink()
    stuck.mkdir()
    for file in files:
        retention.delete(file)
    assert (stuck.exists(), gone.exists()) == (True, False)
    assert "L2025-80-001" in caplog.text
    assert [entry.subject for entry in Entry.objects.filter(act="letter.file-deleted")] == ["L2025-80-002"]


def test_the_clock_does_it() -> None:
    [every] = [job.every for job in due.jobs().values() if job.act is retention.sweep]
    assert every is not None
    assert every <= 3600
