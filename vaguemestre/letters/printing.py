"""Batches: assembled, set by typst, written to disk, and only then wiped. A batch is printed once."""

import os
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby, islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.letters import serial_numbers
from vaguemestre.letters.address_block import AddressRefusedError
from vaguemestre.letters.letter_content import UnprintableError, check_printable, letter_frame, letter_sheet
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.retention import PREFIX
from vaguemestre.letters.typesetting import typeset
from vaguemestre.people.models import School

LARGEST = 1000  # typst holds a whole document in memory: 800 MB at this size


class AlreadyPrintedError(Exception):
    """The passwords of this batch are wiped; only a re-issue makes new letters."""


class BatchChangedError(Exception):
    """A letter of the batch was revoked while it was being set; nothing was printed: print it again."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A letter that stays sealed until somebody corrects what `reason` names."""

    letter: Letter
    reason: str


@dataclass(frozen=True, slots=True)
class Assembled:
    batches: list[Batch]
    withheld: list[Withheld]


@dataclass(frozen=True, slots=True)
class Printed:
    path: Path
    letters: int
    withheld: list[Withheld]


def printing_folder(folder: Path | None) -> Path:
    """Where the PDFs go: `folder`, or DATA/letters. To be asked before anything is assembled. Raises OSError."""
    folder = folder or _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def assemble_batch(
    *, now: datetime, department: str | None = None, school: School | None = None, account: Account | None = None
) -> Assembled:
    """Every sealed letter that is in no batch yet (of a department, an establishment, one person), in batches."""
    wanted = Q(batch=None)
    if department:
        wanted &= Q(department=department)
    if school:
        wanted &= Q(account__person__postings__school=school, account__person__postings__rank=1)
    if account:
        wanted &= Q(account=account)
    with transaction.atomic():
        good, withheld = _sorted_out(_sealed(wanted), now)
        good.sort(key=_order)
        batches = [
            _new_batch(part, code, school, now)
            for code, group in groupby(good, key=lambda letter: letter.department)
            for part in batched(group, LARGEST, strict=False)
        ]
    return Assembled(batches, withheld)


def print_batch(batch: Batch, *, actor: str, now: datetime, folder: Path | None = None) -> Printed:
    """The PDF in `folder` (DATA/letters), readable by its owner only. Raises AlreadyPrintedError, BatchChangedError,
    OSError."""
    if batch.printed_at:
        raise AlreadyPrintedError(batch.number)
    folder = printing_folder(folder)
    letters, withheld = _sorted_out(_sealed(Q(batch=batch)), now)
    letters.sort(key=_order)
    sheets = [letter_sheet(letter, now=now) for letter in letters]
    if not sheets:
        raise BatchChangedError(batch.number)
    path = folder / f"{PREFIX}{batch.number}.pdf"
    waiting = _written(typeset({**letter_frame(batch.number), "letters": sheets}), folder)
    try:
        _finish(batch, letters, withheld, waiting, path, actor, now)
    finally:
        waiting.unlink(missing_ok=True)
    return Printed(path, len(letters), withheld)


def open_batches() -> list[tuple[str, int]]:
    """Number and letters of those assembled and not printed: whoever printed them was killed, or is at it now."""
    held = Count("letters", filter=Q(letters__state=Letter.State.SEALED))
    found = Batch.objects.filter(printed_at=None).annotate(held=held).filter(held__gt=0)
    return list(found.order_by("pk").values_list("number", "held"))


def withheld_letters(departments: Collection[str] | None, *, now: datetime, most: int) -> list[Withheld]:
    """The first letters ready to print which nobody can print as they are, of these departments or of all."""
    mine = Q() if departments is None else Q(department__in=departments)
    letters = _sealed(mine).order_by("pk").iterator(chunk_size=most)
    return list(islice(filter(None, (_refused(letter, now) for letter in letters)), most))


def _folder() -> Path:
    if settings.DATA is None:
        raise FileNotFoundError("no data folder: name one for the letters")
    return settings.DATA / "letters"


def _sealed(wanted: Q) -> QuerySet[Letter]:
    letters = Letter.objects.filter(wanted, state=Letter.State.SEALED).select_related("account__person")
    return letters.prefetch_related("account__person__postings__school")


def _sorted_out(letters: Iterable[Letter], now: datetime) -> tuple[list[Letter], list[Withheld]]:
    good, withheld = [], []
    for letter in letters:
        if held := _refused(letter, now):
            withheld.append(held)
        else:
            good.append(letter)
    return good, withheld


def _refused(letter: Letter, now: datetime) -> Withheld | None:
    try:
        check_printable(letter, now=now)
    except (AddressRefusedError, UnprintableError) as refusal:
        return Withheld(letter, str(refusal))
    return None


def _order(letter: Letter) -> tuple[str, ...]:
    """As they are handed out: by department, establishment, then name."""
    person = letter.account.person
    posting = person.main_posting
    place = (posting.school.city, posting.school.name) if posting else ("", "")
    return (letter.department, *place, person.family_name, person.first_name, letter.number)


def _new_batch(letters: Sequence[Letter], department: str, school: School | None, now: datetime) -> Batch:
    number = serial_numbers.take_numbers("L", department, 1, now=now)[0]
    batch = Batch.objects.create(number=number, department=department, school=school, created_at=now)
    keys = [letter.pk for letter in letters]
    Letter.objects.filter(pk__in=keys, batch=None, state=Letter.State.SEALED).update(batch=batch)
    return batch


def _finish(
    batch: Batch, letters: list[Letter], withheld: list[Withheld], waiting: Path, path: Path, actor: str, now: datetime
) -> None:
    """In one transaction: the secrets go, the journal says so, and the file takes its name."""
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        left_out = [held.letter.pk for held in withheld]
        Letter.objects.filter(pk__in=left_out, batch=batch).update(batch=None)
        mine = Letter.objects.select_for_update().filter(batch=batch, state=Letter.State.SEALED)
        if set(mine.values_list("pk", flat=True)) != {letter.pk for letter in letters}:
            raise BatchChangedError(batch.number)
        mine.update(state=Letter.State.PRINTED, sealed=None, printed_at=now)
        Batch.objects.filter(pk=batch.pk).update(printed_at=now)
        _tell(batch, letters, actor)
        waiting.replace(path)
    batch.printed_at = now


def _tell(batch: Batch, letters: list[Letter], actor: str) -> None:
    """One line a letter; it says whether the NUMEN stands in it."""
    for has_numen in (True, False):
        keys = [letter.account_id for letter in letters if _shows_numen(letter) is has_numen]
        details: dict[str, journal.Detail] = {"holds": "numen"} if has_numen else {}
        journal.record_many(actor, "letter.printed", keys, batch=batch.number, **details)


def _shows_numen(letter: Letter) -> bool:
    return academy().letter.include_numen and bool(letter.account.person.numen_cipher)


def _written(document: bytes, folder: Path) -> Path:
    """On disk for good, under a name that nobody takes for a finished batch."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{PREFIX}", suffix=".partial", delete=False) as file:
        file.write(document)
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)
