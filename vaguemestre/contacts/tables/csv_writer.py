"""Cards as a table that a French spreadsheet opens with a double click: UTF-8 with its mark, semicolons."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.contacts.cards import Card, card_of
from vaguemestre.contacts.models import Contact, ContactAddress, Group
from vaguemestre.contacts.tables.csv_reader import FORMULA

BATCH = 500
MARK = b"\xef\xbb\xbf"
SEVERAL = " ::: "
_KINDS = ("cell", "work", "home", "", "fax")


def csv_chunks(account: Account, *, group: Group | None = None) -> Iterator[bytes]:
    contacts = Contact.objects.filter(account=account).prefetch_related("addresses", "numbers", "groups")
    if group is not None:
        contacts = contacts.filter(groups=group)
    most = ContactAddress.objects.filter(contact__in=contacts.values("pk")).order_by("-position").first()
    width = most.position + 1 if most else 1
    yield MARK + csv_row(_headings(width))
    for contact in contacts.order_by("sort", "pk").iterator(chunk_size=BATCH):
        yield csv_row(_cells(card_of(contact), width))


def safe_cell(cell: str) -> str:
    """A spreadsheet would run what begins so: an apostrophe before it makes it a text."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def csv_row(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return out.getvalue().encode()


def _headings(width: int) -> list[str]:
    first = [_("First name"), _("Family name"), _("Whole name"), _("Organisation"), _("Department of the organisation")]
    first.append(_("Function"))
    mails = [_("E-mail address")] + [f"{_('E-mail address')} {number}" for number in range(2, width + 1)]
    numbers = [_("Telephone, mobile"), _("Telephone, work"), _("Telephone, private"), _("Telephone"), _("Fax")]
    return [*first, *mails, *numbers, _("Groups"), _("Note")]


def _cells(card: Card, width: int) -> list[str]:
    mails = [line.value for line in card.addresses][:width]
    numbers = [SEVERAL.join(line.value for line in card.numbers if line.kind == kind) for kind in _KINDS]
    return [
        card.given, card.family, card.name, card.organisation, SEVERAL.join(card.units), card.function,
        *mails, *[""] * (width - len(mails)), *numbers, SEVERAL.join(card.groups), card.note,
    ]  # fmt: skip
