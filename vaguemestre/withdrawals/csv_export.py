"""Those who had read it, as a table for a spreadsheet: whom to call."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from vaguemestre.contacts.tables.csv_writer import MARK, safe_cell
from vaguemestre.withdrawals import withdrawal_status
from vaguemestre.withdrawals.models import Withdrawal


def csv_chunks(withdrawal: Withdrawal) -> Iterator[bytes]:
    yield MARK + _row([_("Name"), _("Address"), _("Post"), _("Department"), _("Answered it")])
    for reader in withdrawal_status.readers_of(withdrawal):
        person = reader.account.person
        answered = _("yes") if reader.answered else ""
        yield _row([person.full_name, reader.account.address, reader.post, person.department, answered])


def _row(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode()
