"""A milter for submissions: From, Sender and the same of each resending must be addresses of the person who signed in,
or of a shared mailbox where they may write; and so must every address of ours that a name in them holds.

Postfix compares the envelope alone; what people see is the From: line, often its name alone, and that is what gets
signed in the authority's name. A message from a shared mailbox gets one recipient more, who keeps a copy for its Sent
(`engine/copy_addresses.py`): once the queue has the message, it has that recipient too.
Runs on its own (`python -m vaguemestre.engine.sender_milter SOCKET MAIL_FILE DOMAIN`), without Django: it reads the
same projected file as the daemons. While it is down submissions wait (milter_default_action = tempfail).
"""

import asyncio
import logging
import re
import sqlite3
import struct
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from pathlib import Path

from vaguemestre.engine import copy_addresses
from vaguemestre.mailbox.mime.header_text import header_text
from vaguemestre.mailbox.sandbox import watchdog

# Milter protocol 6. What is not needed is not sent: no connection, HELO, recipient, body; headers want no answer.
VERSION = 6
NOT_SENT = 0x1 | 0x2 | 0x8 | 0x10 | 0x100 | 0x200
NO_REPLY_TO_HEADERS = 0x80
ADDS_RECIPIENTS = 0x80  # with parameters (SMFIF_ADDRCPT_PAR)
FIELDS = {name.lower(): name for name in ("From", "Sender", "Resent-From", "Resent-Sender")}
ONE_AT_MOST = ("From", "Sender")
MOST_FIELDS = 20  # a message may have been sent again more than once
LONGEST_FIELD = 2000  # bytes; reading a hostile one costs their square
LONGEST_PACKET = 1024 * 1024
CONTINUE, ACCEPT, TEMPFAIL = b"c", b"a", b"t"
FOREIGN = "L'adresse du champ %s n'est pas la votre"
FOREIGN_IN_NAME = "Le nom affiche dans le champ %s contient une adresse qui n'est pas la votre"
UNREADABLE = "Il faut dans le champ %s une adresse lisible"
NOT_ALONE = "Il faut un seul champ %s"
TOO_MANY = "Trop de champs %s"
# Their own address, or that of a shared mailbox where they may write: the same as postfix/sql/senders.cf.
OWNED = """SELECT l.key FROM mail_login l WHERE l.name = ?1 AND l.receives AND (l.key = ?2 OR EXISTS
    (SELECT 1 FROM mail_membership m WHERE m.box = l.key AND m.member = ?2 AND m.rights <> 'reader'))"""
# What no eye sees in a name: quotes, marks over a letter, and signs without a shape.
_UNSEEN_CATEGORIES = {"Mn", "Me", "Cf", "Cc"}
_UNSEEN = frozenset('"\\\u115f\u1160\u2800')
_TURNED_ROUND = re.compile("[\u202d\u202e]")  # letters after it run the other way
_LOCAL_PART = re.compile(r"[\w.+-]*\Z")
_LONGEST_LOCAL_PART = 64


logger = logging.getLogger("sendercheck")


class Owners:
    """Whose address is this? Asked in the projected file, opened for each message: the answer is never old."""

    def __init__(self, file: Path, domain: str) -> None:
        self.uri = f"file:{file}?mode=ro"
        self.domain = domain.lower()
        # Of another alphabet's letter it is not known which one of ours it looks like: it stands for any.
        letters = (f"(?:{re.escape(letter)}|[^\x00-\x7f])" for letter in self.domain)
        self._at_domain = re.compile(rf"@\s*{r'\s*'.join(letters)}(?![a-z0-9])")

    def judge(self, key: str, senders: "Senders") -> "Judgement":
        """Whether this person may send that, and the shared mailboxes that it is from."""
        connection = sqlite3.connect(self.uri, uri=True, timeout=5)
        boxes: set[str] = set()
        try:
            for sender in senders.fields:
                owners = [self._owner(connection, key, address) for address in sender.addresses]
                if not all(owners):
                    return Judgement(FOREIGN % sender.name)
                if not all(self._owner(connection, key, address) for address in self.named(sender.readings)):
                    return Judgement(FOREIGN_IN_NAME % sender.name)
                boxes |= {*owners} - {key} if sender.name == "From" else set()
        finally:
            connection.close()
        return Judgement(boxes=frozenset(boxes))

    def named(self, readings: Iterable[str]) -> set[str]:
        """The addresses of our domain that an eye finds in a text, however they are dressed up."""
        return {
            f"{_local_part(text[: found.start()])}@{self.domain}"
            for text in map(_as_seen, readings)
            for found in self._at_domain.finditer(text)
        }

    def _owner(self, connection: sqlite3.Connection, key: str, address: str) -> str:
        """This person, or the shared mailbox in whose name they may write; empty for any other."""
        local, _, domain = address.lower().rpartition("@")
        name = local.partition("+")[0].replace(".", "")
        found = connection.execute(OWNED, (name, key)).fetchone() if domain == self.domain else None
        return str(found[0]) if found else ""


def _as_seen(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        sign for sign in plain
        if sign.isspace() or not (sign in _UNSEEN or unicodedata.category(sign) in _UNSEEN_CATEGORIES)
    )  # fmt: skip


def _local_part(before: str) -> str:
    found = _LOCAL_PART.search(before.rstrip()[-_LONGEST_LOCAL_PART:])
    return found[0] if found else ""


@dataclass(frozen=True)
class SenderField:
    """`readings`: the whole of it in each way that a mail program may show."""

    name: str
    addresses: tuple[str, ...]
    readings: tuple[str, ...]


@dataclass
class Senders:
    """The fields of a message that say whom it is from."""

    fields: list[SenderField] = field(default_factory=list)
    refusal: str = ""  # of what cannot be read as every mail program would read it

    def note(self, raw_name: bytes, value: bytes) -> None:
        name = FIELDS.get(raw_name.decode("ascii", "replace").strip().lower())
        if name is None or self.refusal:
            return
        if name in ONE_AT_MOST and any(one.name == name for one in self.fields):
            self.refusal = NOT_ALONE % name
        elif len(self.fields) == MOST_FIELDS:
            self.refusal = TOO_MANY % name
        elif sender := _read_field(name, value):
            self.fields.append(sender)
        else:
            self.refusal = UNREADABLE % name

    def completed(self) -> str:
        """The refusal of a message of which all fields were noted."""
        missing = not any(one.name == "From" for one in self.fields)
        return self.refusal or (NOT_ALONE % "From" if missing else "")


def _read_field(name: str, value: bytes) -> SenderField | None:
    """None when it cannot be read."""
    if len(value) > LONGEST_FIELD:
        return None
    # A long name is folded before its address: the line as it was before that.
    line = re.sub(r"\r?\n(?=[ \t])", "", value.decode("utf-8", "surrogateescape")).strip()
    try:
        header = policy.default.header_factory("From", line)
        addresses = tuple(address.addr_spec for address in header.addresses)
        names = [one.display_name or "" for one in (*header.groups, *header.addresses)]
    except (MessageError, ValueError, IndexError, AttributeError, RecursionError):
        return None  # the parser of the standard library raises these on hostile lines
    readings = (line, header_text(line.encode("utf-8", "surrogateescape"), limit=LONGEST_FIELD), "\n".join(names))
    if header.defects or not addresses or any(map(_TURNED_ROUND.search, readings)):
        return None
    return SenderField(name, addresses, readings)


@dataclass(frozen=True)
class Judgement:
    refusal: str = ""  # empty when it may leave
    boxes: frozenset[str] = frozenset()


@dataclass
class Letter:
    key: str | None = None
    senders: Senders = field(default_factory=Senders)
    boxes: frozenset[str] = frozenset()


async def judge(letter: Letter, owners: Owners) -> bytes:
    if letter.key is None:
        return ACCEPT  # not signed in: not a submission, Postfix has its own rules
    refusal = letter.senders.completed()
    if not refusal:
        try:
            judgement = await asyncio.to_thread(owners.judge, letter.key, letter.senders)
        except sqlite3.Error as error:
            logger.error("%s", error)
            return TEMPFAIL
        refusal, letter.boxes = judgement.refusal, judgement.boxes
    if refusal:
        return f"y550 5.7.1 {refusal}\0".encode("ascii")
    return CONTINUE if letter.boxes else ACCEPT


def _copies(letter: Letter) -> list[bytes]:
    """At the end of a message alone may recipients be added. A late copy is not reported."""
    added = (f"2<{copy_addresses.copy_address(box)}>\0NOTIFY=NEVER\0".encode() for box in sorted(letter.boxes))
    return [*added, ACCEPT]


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, owners: Owners) -> None:
    letter = Letter()
    try:
        while (packet := await _receive(reader)) is not None:
            command, data = packet[:1], packet[1:]
            if command in {b"A", b"K", b"M"}:
                letter = Letter(key=letter.key if command == b"M" else None)
            if command == b"Q":
                return
            for answer in await _answers(command, data, letter, owners):
                writer.write(struct.pack("!I", len(answer)) + answer)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, ValueError, struct.error):
        return  # gone, or no milter client: whoever speaks nonsense is hung up on
    finally:
        writer.close()


async def _answers(command: bytes, data: bytes, letter: Letter, owners: Owners) -> list[bytes]:
    if command == b"O":
        return [_negotiate(data)]
    if command == b"D":
        letter.key = _macros(data).get("{auth_authen}", letter.key) or None
        return []
    if command == b"L":
        name, value = data.split(b"\0")[:2]
        letter.senders.note(name, value)
        return []
    if command in {b"A", b"K"}:
        return []
    if command == b"N":
        return [await judge(letter, owners)]
    return _copies(letter) if command == b"E" else [CONTINUE]


def _negotiate(data: bytes) -> bytes:
    version, actions, offered = struct.unpack("!III", data[:12])
    kept = actions & ADDS_RECIPIENTS
    return b"O" + struct.pack("!III", min(version, VERSION), kept, offered & (NOT_SENT | NO_REPLY_TO_HEADERS))


def _macros(data: bytes) -> dict[str, str]:
    words = data[1:].decode("utf-8", "replace").split("\0")
    return dict(zip(words[::2], words[1::2], strict=False))


async def _receive(reader: asyncio.StreamReader) -> bytes | None:
    try:
        (length,) = struct.unpack("!I", await reader.readexactly(4))
    except asyncio.IncompleteReadError:
        return None
    if not 0 < length <= LONGEST_PACKET:
        return None
    return await reader.readexactly(length)


async def serve(path: Path, owners: Owners) -> None:
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(lambda r, w: converse(r, w, owners), path)
    path.chmod(0o666)  # Postfix's users connect; whoever else does learns nothing
    async with server:
        while True:
            watchdog.beat()
            await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Owners(Path(sys.argv[2]), sys.argv[3])))
