"""What left in an account's name, as far as its Sent folder tells: `accounts.ports.sent_list`, for the shutdown.

Asked over the administration socket: the mailbox may be blocked by then. What a mail program sends without a copy is
not here; Postfix's log has it."""

from datetime import UTC, datetime
from typing import NamedTuple

from vaguemestre.accounts.compromise.account_shutdown import MOST_SENT
from vaguemestre.engine import doveadm
from vaguemestre.mailbox.mime.header_text import FIELD_LIMIT, header_text
from vaguemestre.webmail.people.address_list import parse_recipients

FOLDER = "Sent"
MOST = MOST_SENT


class SentMessage(NamedTuple):
    at: datetime
    recipients: tuple[str, ...]  # addresses, everybody once
    subject: str


class SentLogUnknownError(LookupError):
    """Dovecot does not answer: what was sent is not known, which is not the same as nothing."""


def sent_since(account_key: str, since: datetime) -> list[SentMessage]:
    """The newest first. Raises SentLogUnknownError."""
    try:
        rows = doveadm.headers_since(account_key, FOLDER, since, ["to", "cc", "bcc", "subject"])
    except doveadm.DoveadmError as error:
        raise SentLogUnknownError(str(error)) from error
    found = [_sent(row) for row in rows if row[0].isdigit()]
    return sorted((one for one in found if one.at >= since.replace(microsecond=0)), reverse=True)[:MOST]


def _sent(row: list[str]) -> SentMessage:
    moment, *headers = row
    to, cc, bcc, subject = (header_text(header.encode("utf-8", "replace"), limit=FIELD_LIMIT) for header in headers)
    people = parse_recipients("\n".join((to, cc, bcc)))
    return SentMessage(datetime.fromtimestamp(int(moment), UTC), tuple(person.address for person in people), subject)
