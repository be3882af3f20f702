"""The answer to somebody who asked whether their message was read (RFC 8098): a report for their program, a sentence
for them."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime import header_fields
from vaguemestre.mailbox.mime.message_builder import text_part

PROGRAM = "Vaguemestre"


def build_receipt(
    *,
    reader: Address,
    read_as: str,
    to: Address,
    subject: str,
    text: str,
    date: datetime,
    message_id: str,
    original_id: str = "",
    references: Sequence[str] = (),
    automatic: bool,
) -> bytes:
    """`read_as`: the reader's address that the message had come to. `automatic`: nobody pressed a button for it."""
    boundary = f"=_{secrets.token_hex(16)}"
    line = f"--{boundary}".encode("ascii")
    head = [
        header_fields.address_field("From", [reader]),
        header_fields.address_field("To", [to]),
        header_fields.text_field("Subject", subject),
        header_fields.text_field("Date", format_datetime(date)),
        header_fields.identifier_field("Message-ID", [message_id]),
        header_fields.identifier_field("In-Reply-To", [original_id]),
        header_fields.identifier_field("References", [*references, original_id]),
        b"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n",
        b'Content-Type: multipart/report; report-type=disposition-notification;\r\n boundary="%s"\r\n\r\n'
        % boundary.encode("ascii"),
    ]
    report = [
        f"Reporting-UA: {PROGRAM}\r\nFinal-Recipient: rfc822;{header_fields.wire_address(read_as)}\r\n".encode("ascii"),
        header_fields.identifier_field("Original-Message-ID", [original_id]),
        b"Disposition: manual-action/MDN-sent-%s; displayed\r\n" % (b"automatically" if automatic else b"manually"),
    ]
    return b"".join(
        [
            *head, line, b"\r\n", text_part(text), b"\r\n", line,
            b"\r\nContent-Type: message/disposition-notification\r\n\r\n", *report, b"\r\n", line, b"--\r\n",
        ]
    )  # fmt: skip
