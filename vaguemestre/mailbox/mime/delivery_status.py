"""What servers and mail programs report about a message sent: delivery (RFC 3464) and reading (RFC 8098).

Whoever writes such a report may lie in it. Here it is only read; whose message it is about is judged by who asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Final, Literal

Kind = Literal["read", "discarded", "failed", "delayed", "delivered"]
STATUS: Final = "message/delivery-status"
DISPOSITION: Final = "message/disposition-notification"
ORIGINALS: Final = ("text/rfc822-headers", "message/rfc822", "message/global-headers", "message/global")
INPUT_LIMIT: Final = 256 * 1024
MOST: Final = 100  # recipients of one report
SAID_LIMIT: Final = 500
_ACTIONS: dict[str, Kind] = {
    "failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered",
}  # fmt: skip
_DISPOSITIONS: dict[str, Kind] = {"displayed": "read", "deleted": "discarded"}
_IDENTIFIER = re.compile(r"<[^<>\s]{1,250}>")
_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """`status`: RFC 3463, empty when the report has none. `said`: the other server's own words, on one line."""

    kind: Kind
    address: str
    status: str = ""
    said: str = ""


def read_status(text: str) -> list[DeliveryStatus]:
    """The recipients of a `message/delivery-status`, a block of fields each; the first block is about the message."""
    found = (_of_recipient(_fields(block)) for block in _blocks(text))
    return [told for told in found if told][:MOST]


def read_disposition(text: str) -> tuple[DeliveryStatus | None, str]:
    """What a `message/disposition-notification` says, and the Message-ID it is about."""
    fields = _fields(text)
    done = _line(fields, "Disposition").rpartition(";")[2].partition("/")[0].strip().lower()
    kind, address = _DISPOSITIONS.get(done), _address(fields, "Final-Recipient")
    told = DeliveryStatus(kind, address) if kind and address else None
    return told, parse_identifier(_line(fields, "Original-Message-ID"))


def returned_message_id(text: str) -> str:
    """Of the returned message, whole or its header alone."""
    return parse_identifier(_line(_fields(text.partition("\n\n")[0]), "Message-ID"))


def parse_identifier(text: str) -> str:
    found = _IDENTIFIER.search(text)
    return found[0] if found else ""


def _of_recipient(fields: Message) -> DeliveryStatus | None:
    kind = _ACTIONS.get(_line(fields, "Action").lower())
    # The one that was written to, where the last server knows it by another name.
    address = _address(fields, "Original-Recipient") or _address(fields, "Final-Recipient")
    if kind is None or not address:
        return None
    said = _line(fields, "Diagnostic-Code")
    said = said.partition(";")[2].strip() or said
    code = _CODE.search(_line(fields, "Status")) or _CODE.search(said)
    return DeliveryStatus(kind, address, code[0] if code else "", said[:SAID_LIMIT])


def _blocks(text: str) -> Iterator[str]:
    yield from (block for block in re.split(r"\n[ \t]*\n", text.strip("\n")) if block.strip())


def _fields(block: str) -> Message:
    return HeaderParser().parsestr(block.strip("\n") + "\n\n", headersonly=True)


def _address(fields: Message, name: str) -> str:
    kind, _semicolon, address = _line(fields, name).partition(";")
    return address.strip().strip("<>")[:320] if kind.strip().lower() in {"rfc822", "utf-8"} else ""


def _line(fields: Message, name: str) -> str:
    """On one line, and nothing in it that is not seen."""
    return " ".join(_UNSEEN.sub(" ", str(fields.get(name, ""))).split())
