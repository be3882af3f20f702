"""The answer to an invitation as a mail (RFC 6047): a sentence for the organiser, the calendar's own words for their
program."""

import secrets
from base64 import encodebytes
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import header_fields
from vaguemestre.mailbox.mime.message_builder import text_part


def build_reply(
    *,
    guest: Address,
    to: Address,
    subject: str,
    text: str,
    calendar: bytes,
    date: datetime,
    message_id: str,
    in_reply_to: str = "",
    references: Sequence[str] = (),
) -> bytes:
    """Raises `InvalidValueError` for an address that cannot be written."""
    boundary = f"=_{secrets.token_hex(16)}"
    line = f"--{boundary}".encode("ascii")
    return b"".join(
        [
            header_fields.address_field("From", [guest]),
            header_fields.address_field("To", [to]),
            header_fields.text_field("Subject", subject),
            header_fields.text_field("Date", format_datetime(date)),
            header_fields.identifier_field("Message-ID", [message_id]),
            header_fields.identifier_field("In-Reply-To", [in_reply_to]),
            header_fields.identifier_field("References", [*references, in_reply_to]),
            b"MIME-Version: 1.0\r\n",
            b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n\r\n' % boundary.encode("ascii"),
            line, b"\r\n", text_part(text), b"\r\n", line,
            b"\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n",
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            encodebytes(calendar).replace(b"\n", b"\r\n"), line, b"--\r\n",
        ]
    )  # fmt: skip
