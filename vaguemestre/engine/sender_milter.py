"""A milter for submissions: the From: line must be an address of the person who signed in, or of a shared mailbox where
they may write.

Postfix compares the envelope alone; what people see is the From: line, and that is what gets signed in the authority's
name. Runs on its own (`python -m vaguemestre.engine.sender_milter SOCKET MAIL_FILE DOMAIN`), without Django: it
reads the same projected file as the daemons. While it is down submissions wait (milter_default_action = tempfail).
"""

import asyncio
import logging
import re
import sqlite3
import struct
import sys
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from pathlib import Path

# Milter protocol 6. What is not needed is not sent: no connection, HELO, recipient, body; headers want no answer.
VERSION = 6
NOT_SENT = 0x1 | 0x2 | 0x8 | 0x10 | 0x100 | 0x200
NO_REPLY_TO_HEADERS = 0x80
WATCHED = {b"from", b"sender"}
LONGEST_PACKET = 1024 * 1024
CONTINUE, ACCEPT, TEMPFAIL = b"c", b"a", b"t"
FOREIGN = b"y550 5.7.1 L'adresse du champ From n'est pas la votre\0"
UNREADABLE = b"y550 5.7.1 Il faut une seule ligne From, avec une adresse lisible\0"
# Their own address, or that of a shared mailbox where they may write: the same as postfix/sql/senders.cf.
OWNED = """SELECT 1 FROM mail_login l WHERE l.name = ?1 AND l.receives AND (l.key = ?2 OR EXISTS
    (SELECT 1 FROM mail_membership m WHERE m.box = l.key AND m.member = ?2 AND m.rights <> 'reader'))"""


logger = logging.getLogger("sendercheck")


class Owners:
    """Whose address is this? Asked in the projected file, opened for each message: the answer is never old."""

    def __init__(self, file: Path, domain: str) -> None:
        self.uri = f"file:{file}?mode=ro"
        self.domain = domain.lower()

    def owns(self, key: str, addresses: list[str]) -> bool:
        connection = sqlite3.connect(self.uri, uri=True, timeout=5)
        try:
            return all(self._owns_one(connection, key, address) for address in addresses)
        finally:
            connection.close()

    def _owns_one(self, connection: sqlite3.Connection, key: str, address: str) -> bool:
        local, _, domain = address.lower().rpartition("@")
        name = local.partition("+")[0].replace(".", "")
        return domain == self.domain and connection.execute(OWNED, (name, key)).fetchone() is not None


@dataclass
class Letter:
    key: str | None = None
    from_lines: list[str] = field(default_factory=list)
    sender_lines: list[str] = field(default_factory=list)

    def note(self, name: bytes, value: bytes) -> None:
        lines = self.from_lines if name.lower() == b"from" else self.sender_lines
        lines.append(value.decode("utf-8", "surrogateescape"))

    def addresses(self) -> list[str] | None:
        """None when the lines cannot be read as every mail program would read them."""
        if len(self.from_lines) != 1 or len(self.sender_lines) > 1:
            return None
        found = [_addresses(line) for line in (*self.from_lines, *self.sender_lines)]
        return [address for line in found for address in line] if all(found) else None


def _addresses(line: str) -> list[str]:
    try:
        # A long name is folded before its address: the line as it was before that.
        header = policy.default.header_factory("From", re.sub(r"\r?\n(?=[ \t])", "", line).strip())
        if header.defects:
            return []
        return [address.addr_spec for address in header.addresses]
    except (MessageError, ValueError, IndexError, AttributeError):
        return []  # the parser of the standard library raises these on hostile lines


async def judge(letter: Letter, owners: Owners) -> bytes:
    if letter.key is None:
        return ACCEPT  # not signed in: not a submission, Postfix has its own rules
    addresses = letter.addresses()
    if addresses is None:
        return UNREADABLE
    try:
        owned = await asyncio.to_thread(owners.owns, letter.key, addresses)
    except sqlite3.Error as error:
        logger.error("%s", error)
        return TEMPFAIL
    return ACCEPT if owned else FOREIGN


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, owners: Owners) -> None:
    letter = Letter()
    try:
        while (packet := await _receive(reader)) is not None:
            command, data = packet[:1], packet[1:]
            if command in {b"A", b"K", b"M"}:
                letter = Letter(key=letter.key if command == b"M" else None)
            if command == b"Q":
                return
            answer = await _answer(command, data, letter, owners)
            if answer:
                writer.write(struct.pack("!I", len(answer)) + answer)
                await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError, ValueError, struct.error):
        return  # gone, or no milter client: whoever speaks nonsense is hung up on
    finally:
        writer.close()


async def _answer(command: bytes, data: bytes, letter: Letter, owners: Owners) -> bytes | None:
    if command == b"O":
        return _negotiate(data)
    if command == b"D":
        letter.key = _macros(data).get("{auth_authen}", letter.key) or None
        return None
    if command == b"L":
        name, value = data.split(b"\0")[:2]
        if name.lower() in WATCHED:
            letter.note(name, value)
        return None
    if command in {b"A", b"K"}:
        return None
    return await judge(letter, owners) if command in {b"N", b"E"} else CONTINUE


def _negotiate(data: bytes) -> bytes:
    version, _actions, offered = struct.unpack("!III", data[:12])
    return b"O" + struct.pack("!III", min(version, VERSION), 0, offered & (NOT_SENT | NO_REPLY_TO_HEADERS))


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
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Owners(Path(sys.argv[2]), sys.argv[3])))
