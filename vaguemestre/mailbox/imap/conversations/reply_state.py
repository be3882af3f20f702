"""A message as somebody's turn in a conversation: what decides whether it waits for an answer, or is one. Read once,
since none of it ever changes."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from vaguemestre.mailbox.imap.body_structure import string_octets, value_at
from vaguemestre.mailbox.imap.fetch_rows import FetchRow, read_row
from vaguemestre.mailbox.mime.header_text import message_ids, parse_block
from vaguemestre.mailbox.values import ASKS, MailboxId

_SECTION = "BODY[HEADER.FIELDS (REFERENCES AUTO-SUBMITTED CONTENT-TYPE)]"
_ITEMS = b"UID FLAGS INTERNALDATE ENVELOPE BODY.PEEK[HEADER.FIELDS (REFERENCES AUTO-SUBMITTED CONTENT-TYPE)]"
WANTED = b"(%s)" % _ITEMS
WANTED_OF_ONES_OWN = b"(%s PREVIEW)" % _ITEMS
_ADDRESSES = re.compile(r"https?://\S+")
_FORWARD = re.compile(r"(?i)\s*(?:tr|fwd?|wg)\s?:")
_HANDED_ON = re.compile(r"[-_]{5,}")  # below it stands what somebody else wrote


@dataclass(frozen=True, slots=True)
class ReplyState:
    """`at`: when it was written. What was put off and came back bears a later date of arrival, so that the earlier of
    both hours counts. `answers`: the message that it answers. `people`: whom it names as recipients."""

    uid: int
    at: datetime
    message_id: str
    answers: str
    names: frozenset[str]
    sender: str
    people: tuple[str, ...]
    recipients: int
    automatic: bool
    forward: bool
    asks: bool


def parse_reply_state(message: FetchRow) -> ReplyState:
    row = read_row(message)
    envelope = message.items.get("ENVELOPE")
    answered = message_ids(
        string_octets(value_at(envelope if isinstance(envelope, list) else [], 8)).decode("ascii", "replace")
    )
    fields = parse_block(string_octets(message.items.get(_SECTION)))
    return ReplyState(
        uid=message.uid,
        at=min(row.sent, row.received) if row.sent else row.received,
        message_id=row.message_id,
        answers=answered[0] if answered else "",
        names=frozenset((*answered, *message_ids(fields.get("References")))),
        sender=row.sender.address.lower() if row.sender else "",
        people=tuple(person.address.lower() for person in (*row.to, *row.cc)),
        recipients=row.recipients,
        automatic=fields.get("Auto-Submitted").lower() not in {"", "no"} or _is_report(fields.get("Content-Type")),
        forward=_FORWARD.match(row.subject) is not None,
        asks=ASKS in message.flags or expects_reply(_HANDED_ON.split(row.preview, maxsplit=1)[0]),
    )


def _is_report(content_type: str) -> bool:
    return content_type.lower().startswith("multipart/report")


def expects_reply(words: str) -> bool:
    """Whether somebody's own words hold a question. That of an address on the web is none."""
    return "?" in _ADDRESSES.sub("", words)


class ReplyStateCache:
    """By folder identity, its validity, and UID; the least used leave first."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._turns: OrderedDict[tuple[MailboxId, int, int], ReplyState] = OrderedDict()
        self._lock = Lock()

    def get(self, folder: MailboxId, validity: int, uid: int) -> ReplyState | None:
        key = (folder, validity, int(uid))
        with self._lock:
            turn = self._turns.get(key)
            if turn is not None:
                self._turns.move_to_end(key)
            return turn

    def put(self, folder: MailboxId, validity: int, turn: ReplyState) -> None:
        with self._lock:
            self._turns[folder, validity, turn.uid] = turn
            while len(self._turns) > self._limit:
                self._turns.popitem(last=False)
