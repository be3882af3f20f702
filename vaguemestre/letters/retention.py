"""Printed letters do not stay: a PDF holds NUMEN and passwords in clear, and only waits for its printer.

The folder itself says what is there, so that a file put back from a copy, or of before this rule, goes as well."""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.letters.models import Batch

logger = logging.getLogger(__name__)

PREFIX = "lettres-"
LONGEST = 60  # of a name that no batch has; the journal takes no longer one
CUT_SHORT = timedelta(hours=1)  # what a crash left half-written; a batch is set in minutes


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """`batch`: the number in its name, as text. `until`: when it goes by itself."""

    batch: str
    path: Path
    until: datetime


def printed_files() -> list[PrintedFile]:
    """What lies in DATA/letters, the first to go first."""
    found = [(_number(path), path, written) for path, written in _files(f"{PREFIX}*.pdf")]
    batches = Batch.objects.filter(number__in=[number for number, *_file in found], printed_at__isnull=False)
    printed = dict(batches.values_list("number", "printed_at"))
    kept = timedelta(days=academy().letter.kept_days)
    files = [PrintedFile(number, path, (printed.get(number) or written) + kept) for number, path, written in found]
    return sorted(files, key=lambda file: (file.until, file.batch))


@due.recurring("letters.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    for file in printed_files():
        if file.until <= now:
            delete(file)
    for path, written in _files(f".{PREFIX}*.partial"):
        if written + CUT_SHORT <= now:
            with _logged(path.name):
                path.unlink(missing_ok=True)
                logger.warning("letters: a file that was cut short is deleted")


def delete(file: PrintedFile) -> None:
    with _logged(file.batch), transaction.atomic():
        journal.record("system", "letter.file-deleted", file.batch)
        file.path.unlink(missing_ok=True)


@contextmanager
def _logged(name: str) -> Iterator[None]:
    """One that cannot be deleted keeps no other from it."""
    try:
        yield
    except OSError:
        logger.exception("letters: %a cannot be deleted", name)


def _files(pattern: str) -> Iterator[tuple[Path, datetime]]:
    """Each with when it was written. No folder; nor what goes while one looks, or leads nowhere."""
    for path in (settings.DATA / "letters").glob(pattern) if settings.DATA else ():
        with suppress(OSError):
            facts = path.stat()
            if stat.S_ISREG(facts.st_mode):
                yield path, datetime.fromtimestamp(facts.st_mtime, UTC)


def _number(path: Path) -> str:
    name = os.fsencode(path.stem).decode(errors="replace")  # a name of a disk need not be text
    return name.removeprefix(PREFIX)[:LONGEST]
