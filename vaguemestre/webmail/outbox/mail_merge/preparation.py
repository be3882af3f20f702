"""A mailing before it leaves: its table and its letters put together, and what is said before the button."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.mail_access import mailbox_closure
from vaguemestre.handouts import message_links
from vaguemestre.web.number_text import number_text, octets_text
from vaguemestre.webmail.compose import attached_files, merge_fields, send_checks, sensitive_data, signatures
from vaguemestre.webmail.compose.send_checks import SendWarning
from vaguemestre.webmail.models.mail_merge import MailMerge
from vaguemestre.webmail.outbox.delivery import SendRefusal, SendRefusedError
from vaguemestre.webmail.outbox.mail_merge import messages, rate, table
from vaguemestre.webmail.outbox.mail_merge.messages import MergeMessage, RenderedMessage
from vaguemestre.webmail.outbox.mail_merge.table import Table, UnreadableTableError
from vaguemestre.webmail.people.correspondents import is_outside
from vaguemestre.webmail.preferences import lookup

SHOWN_FAULTS = 50


@dataclass(frozen=True, slots=True)
class MergePreparation:
    mailing: MailMerge
    table: Table
    drafted: MergeMessage

    @property
    def letters(self) -> tuple[RenderedMessage, ...]:
        return self.drafted.letters

    @property
    def columns(self) -> list[tuple[int, str]]:
        return list(enumerate(self.table.head))

    @property
    def faulty(self) -> list[RenderedMessage]:
        return self.drafted.faulty[:SHOWN_FAULTS]


@dataclass(frozen=True, slots=True)
class MergeSummary:
    button: str
    aside: str
    how_long: str
    copies: str
    outside: str
    unknown: str
    unused: str
    more_faults: str


def prepare_merge(mailing: MailMerge, today: date) -> MergePreparation | None:
    """None while there is no table. Raises UnreadableTableError."""
    if not mailing.typed.strip():
        return None
    read = table.parse_table(mailing.typed)
    column = read.address_column(mailing.address_column)
    if column is None:
        raise UnreadableTableError(_("No column holds addresses. Add one, for instance called “courriel”."))
    return MergePreparation(mailing, read, messages.merge_message(mailing, read, column, today))


def merge_field_names(mailing: MailMerge) -> list[str]:
    return merge_fields.field_names(mailing.letter.subject, mailing.letter.text)


def merge_warnings(mailing: MailMerge) -> list[SendWarning]:
    """What is worth a look in any letter; that to whom it goes is the table's."""
    signed = signatures.signature_text(lookup.load_preferences(mailing.account))
    passed = (
        send_checks.WarningCode.EMPTY_FIELD,
        send_checks.WarningCode.VISIBLE_RECIPIENTS,
        send_checks.WarningCode.NEW_RECIPIENT,
    )
    return send_checks.find_warnings(mailing.letter, signed, lambda: None, passed=passed)


def check_merge(ready: MergePreparation, now: datetime) -> None:
    """Raises `SendRefusedError` for what its author has to mend first."""
    outgoing, account = ready.mailing.letter, ready.mailing.account
    if why := mailbox_closure.sending_closed_text(account, now):
        raise SendRefusedError(SendRefusal.ACCOUNT_CLOSED, why)
    if not ready.drafted.sound:
        raise UnreadableTableError(_("No letter can leave: each has a fault, which is said beside it."))
    if attached_files.encoded_size(outgoing) > attached_files.size_limit():
        raise SendRefusedError(SendRefusal.TOO_LARGE)
    if message_links.handouts_of_draft(outgoing.account_id, outgoing.key):
        raise SendRefusedError(SendRefusal.LINKED_FILE)
    texts = [outgoing.subject, outgoing.text]
    if sensitive_data.holds_numen(account, [*texts, *messages.cell_texts(ready.table)]):
        raise SendRefusedError(SendRefusal.NUMEN)
    if sensitive_data.holds_password(account, [outgoing.subject, send_checks.own_words(outgoing.text, "")], now):
        raise SendRefusedError(SendRefusal.PASSWORD)


def merge_summary(ready: MergePreparation, now: datetime) -> MergeSummary:
    sound, faulty = len(ready.drafted.sound), len(ready.drafted.faulty)
    outside = sum(is_outside(one.recipient.address) for one in ready.drafted.sound)
    more = faulty - SHOWN_FAULTS
    return MergeSummary(
        button=ngettext("Send %s letter", "Send %s letters", sound) % number_text(sound),
        aside=ngettext("%s line has a fault and will not leave.", "%s lines have a fault and will not leave.", faulty)
        % number_text(faulty) if faulty else "",
        how_long=_how_long(ready, sound, now),
        copies=_copies(ready, sound),
        outside=ngettext("%s is outside the academy.", "%s are outside the academy.", outside) % number_text(outside)
        if outside else "",
        unknown=_named(ready.drafted.unknown, _("The table has no column for: %s.")),
        unused=_named(ready.drafted.unused, _("Columns that the letter does not use: %s.")),
        more_faults=ngettext("and %s more", "and %s more", more) % number_text(more) if more > 0 else "",
    )  # fmt: skip


def _how_long(ready: MergePreparation, count: int, now: datetime) -> str:
    ends = rate.duration_text(rate.expected_duration(ready.mailing.account_id, count, now))
    return _("The last one leaves %s: letters are spread over time, so that the mail server takes them all.") % ends


def _copies(ready: MergePreparation, count: int) -> str:
    weight = attached_files.encoded_size(ready.mailing.letter) * count
    return _("Each has its copy in Sent: about %s in all.") % octets_text(weight)


def _named(names: tuple[str, ...], said: str) -> str:
    return said % ", ".join(_("“%s”") % name for name in names[:8]) if names else ""
