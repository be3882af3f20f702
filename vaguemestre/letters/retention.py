"""Printed letters do not stay: a PDF holds NUMEN and passwords in clear, and only waits for its printer.

The folder itself says what is there, so that a file put back from a copy, or of before this rule, goes as well."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.audit import journal
from vaguemestre.letters.models import Batch

logger = logging.getLogger(__name__)

PREFIX = "lettres-"
CUT_SHORT = timedelta(hours=1)  # what a crash left half-written; a batch is set in minutes


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """`batch`: the number in its name. `until`: when it goes by itself."""

    batch: str
    path: Path
    until: datetime


def printed_files() -> list[PrintedFile]:
    """What lies in DATA/letters, the first to go first."""
    found = {path.stem.removeprefix(PREFIX): path for path in _files(f"{PREFIX}*.pdf")}
    printed = dict(Batch.objects.filter(number__in=found, printed_at__isnull=False).values_list("number", "printed_at"))
    kept = timedelta(days=academy().letter.kept_days)
    files = [
        PrintedFile(number, path, (printed.get(number) or _written(path)) + kept) for number, path in found.items()
    ]
    return sorted(files, key=lambda file: (file.until, file.batch))


def sweep(_key: str, now: datetime) -> None:
    """The clock's call."""
    for file in printed_files():
        if file.until <= now:
            with transaction.atomic():
                journal.record("system", "letter.file-deleted", file.batch)
                file.path.unlink(missing_ok=True)
    for path in _files(f".{PREFIX}*.partial"):
        if _written(path) + CUT_SHORT <= now:
            path.unlink(missing_ok=True)
            logger.warning("letters: a file that was cut short is deleted")


def _files(pattern: str) -> Iterator[Path]:
    return (settings.DATA / "letters").glob(pattern) if settings.DATA else iter(())


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
