"""Batches ordered on a screen: set in the background, downloaded once, and deleted with the last byte."""

from collections.abc import Generator
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.letters.models import Batch
from vaguemestre.letters.printing import (
    AlreadyPrintedError,
    Assembled,
    BatchChangedError,
    assemble_batch,
    open_batches,
    print_batch,
)
from vaguemestre.letters.retention import PrintedFile, delete, printed_files
from vaguemestre.people.models import School

PRINT = due.Job("letters.printing.batch")  # its key: number of the batch, and who ordered it
CHUNK = 64 * 1024


def order_batches(
    *, by: str, now: datetime, department: str | None = None, school: School | None = None,
    account: Account | None = None,
) -> Assembled:  # fmt: skip
    """As `printing.assemble_batch`; each batch is printed within the minute."""
    with transaction.atomic():
        assembled = assemble_batch(now=now, department=department, school=school, account=account)
        for batch in assembled.batches:
            due.at(now, PRINT, f"{batch.number} {by}")
    return assembled


def order_again(number: str, *, by: str, now: datetime) -> bool:
    """A batch that was interrupted. False: it waits no more."""
    waits = number in dict(open_batches())
    if waits:
        due.at(now, PRINT, f"{number} {by}")
    return waits


def orders_under_way() -> set[str]:
    """Numbers of batches."""
    return {key.split(" ")[0] for key in due.keys_under_way(PRINT)}


@PRINT.register
def print_ordered(key: str, now: datetime) -> None:
    number, by = key.split(" ")
    batch = Batch.objects.filter(number=number, printed_at=None).first()
    if batch:
        try:
            print_batch(batch, actor=by, now=now)
        except (AlreadyPrintedError, BatchChangedError):
            return  # what is left of it is offered again


def printed_file(number: str) -> PrintedFile | None:
    return next((file for file in printed_files() if file.batch == number), None)


def read_once(file: PrintedFile, *, by: str) -> Generator[bytes]:
    """The PDF, which is deleted when all of it was read. A download that is cut short leaves it."""
    with file.path.open("rb") as opened:
        journal.record(by, "letter.file-downloaded", file.batch)
        while chunk := opened.read(CHUNK):
            yield chunk
    delete(file)
