"""Seeds become keys of a department's stock: those of a file in one transaction, known ones left as they are."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp.pskc_file import BadLine, PskcImport, Seed
from vaguemestre.accounts.secret_sealing import Purpose, seal
from vaguemestre.audit import journal


@dataclass(frozen=True)
class StockImport:
    added: list[str]
    known: list[str]
    bad: list[BadLine]


class BadLinesError(Exception):
    """Some keys of the file cannot be used: nothing was kept. `reading.bad` says which."""

    def __init__(self, reading: PskcImport) -> None:
        super().__init__(str(len(reading.bad)))
        self.reading = reading


@transaction.atomic
def add_to_stock(
    reading: PskcImport, *, department: str, by: str, now: datetime, without_bad: bool = False
) -> StockImport:
    """Raises BadLinesError, unless they are left out knowingly. A serial that is known keeps its secret and holder."""
    if reading.bad and not without_bad:
        raise BadLinesError(reading)
    serials = [seed.serial for seed in reading.seeds]
    known = set(OtpKey.objects.filter(serial__in=serials).values_list("serial", flat=True))
    new = [seed for seed in reading.seeds if seed.serial not in known]
    keys = OtpKey.objects.bulk_create([_key(seed, department, now) for seed in new], batch_size=500)
    journal.record_many(by, "otp-key.imported", [key.subject for key in keys], department=department)
    return StockImport([key.serial for key in keys], sorted(known), reading.bad)


def _key(seed: Seed, department: str, now: datetime) -> OtpKey:
    return OtpKey(
        serial=seed.serial, kind=seed.kind, algorithm=seed.algorithm, digits=seed.digits, period=seed.period,
        secret=seal(seed.secret, Purpose.FACTOR), counter=seed.counter, drift=seed.drift,
        department=department, imported_at=now,
    )  # fmt: skip
