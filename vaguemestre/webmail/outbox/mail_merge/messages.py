"""The letters of a mailing: what each becomes for its line, and what is wrong with some."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _, ngettext

from vaguemestre.webmail.compose import merge_fields
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.models.mail_merge import MailMerge
from vaguemestre.webmail.outbox.mail_merge.table import Table, TableRow
from vaguemestre.webmail.people.address_list import Recipient, is_address, parse_recipients, recipients_text

NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A letter before it leaves. `faults`: sentences; with one of them it does not leave."""

    number: int
    recipient: Recipient
    words: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeMessage:
    """All that there is to say of a table and a letter. `unknown`: variables that no column has."""

    column: int
    letters: tuple[RenderedMessage, ...]
    unknown: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def sound(self) -> list[RenderedMessage]:
        return [one for one in self.letters if not one.faults]

    @property
    def faulty(self) -> list[RenderedMessage]:
        return [one for one in self.letters if one.faults]


def merge_message(mailing: MailMerge, table: Table, column: int, today: date) -> MergeMessage:
    """Three queries more where colleagues have to be known to HR, whatever the number of lines."""
    outgoing, account = mailing.letter, mailing.account
    wanted = merge_fields.field_names(outgoing.subject, outgoing.text)
    columns = {merge_fields.field_key(name) for name in table.head}
    recipients = [_recipient(line, table, column) for line in table.lines]
    missing_here = {merge_fields.field_key(name) for name in wanted} - columns
    from_hr = bool(missing_here & {merge_fields.field_key(name) for name in merge_fields.OF_RECIPIENT})
    known = merge_fields.values_by_recipient(recipients) if from_hr else {}
    shared = {**merge_fields.sender_values(account), **merge_fields.date_values(today)}
    letters = tuple(_drawn(table, recipients, wanted, shared, known))
    findable = columns | set(shared) | {merge_fields.field_key(name) for name in merge_fields.OF_RECIPIENT}
    return MergeMessage(
        column, letters,
        unknown=tuple(name for name in wanted if merge_fields.field_key(name) not in findable),
        unused=tuple(
            name for place, name in enumerate(table.head)
            if place != column and merge_fields.field_key(name) not in {merge_fields.field_key(one) for one in wanted}
        ),
    )  # fmt: skip


def message_subject(outgoing: Outgoing, words: merge_fields.Words) -> str:
    return merge_fields.fill_subject(outgoing.subject, words)


def message_text(outgoing: Outgoing, words: merge_fields.Words) -> str:
    return merge_fields.fill_text(outgoing.text, words)


def message_html(outgoing: Outgoing, words: merge_fields.Words) -> str:
    return merge_fields.fill_html(outgoing.html, words)


def recipient_text(name: str, address: str) -> str:
    """As it is kept and read again; a name that would be read as more than one person is left out."""
    line = recipients_text([Recipient(name, address)])
    read = parse_recipients(line)
    return line if len(read) == 1 and read[0].valid and read[0].address == address else address


def cell_texts(table: Table) -> Iterator[str]:
    """Every cell, for what nobody sends."""
    for line in table.lines:
        yield from line.cells


def _drawn(
    table: Table, recipients: list[Recipient], wanted: list[str], shared: dict[str, str],
    known: dict[str, dict[str, str]],
) -> Iterator[RenderedMessage]:  # fmt: skip
    seen: dict[str, int] = {}
    for line, recipient in zip(table.lines, recipients, strict=True):
        cells = dict(zip(map(merge_fields.field_key, table.head), line.cells, strict=True))
        # A column that is there is meant, also where it is empty: nobody else's word takes its place.
        words = {**shared, **known.get(recipient.address.lower(), {}), **cells}
        words = {name: value for name, value in words.items() if value}
        first = seen.setdefault(recipient.address.lower(), line.number)
        yield RenderedMessage(line.number, recipient, words, tuple(_faults(line, recipient, wanted, words, first)))


def _faults(
    line: TableRow, recipient: Recipient, wanted: list[str], words: dict[str, str], first: int
) -> Iterator[str]:
    if not recipient.address:
        yield _("There is no address on this line.")
    elif not recipient.valid:
        yield _("“%s” is not an address.") % recipient.address[:100]
    elif first != line.number:
        yield _("The same address as on line %d, which gets the letter.") % first
    missing = [f"{{{{{name}}}}}" for name in wanted if merge_fields.field_key(name) not in words]
    if missing:
        said = ngettext("%s has no value here.", "%s have no value here.", len(missing))
        yield said % ", ".join(missing[:5])
    if line.too_long:
        yield _("This line has more cells than there are headings.")


def _recipient(line: TableRow, table: Table, column: int) -> Recipient:
    """The address with the name that the table has beside it."""
    found = parse_recipients(line.cells[column])
    address = found[0].address if len(found) == 1 and found[0].valid else " ".join(line.cells[column].split())
    cells = dict(zip(map(merge_fields.field_key, table.head), line.cells, strict=True))
    name = " ".join(f"{cells.get('prenom', '')} {cells.get('nom', '')}".split())[:NAME_LIMIT]
    if not is_address(address):
        return Recipient(name, address[:254], valid=False)
    return Recipient(name or found[0].name, address)
