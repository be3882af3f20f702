"""Those who had read it, as a table for a spreadsheet: whom to call."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from vaguemestre.contacts.tables.csv_writer import MARK, csv_row
from vaguemestre.withdrawals import withdrawal_status
from vaguemestre.withdrawals.models import Withdrawal


def csv_chunks(withdrawal: Withdrawal) -> Iterator[bytes]:
    yield MARK + csv_row([_("Name"), _("Address"), _("Post"), _("Department"), _("Answered it")])
    for reader in withdrawal_status.readers_of(withdrawal):
        person = reader.account.person
        answered = _("yes") if reader.answered else ""
        yield csv_row([person.full_name, reader.account.address, reader.post, person.department, answered])
