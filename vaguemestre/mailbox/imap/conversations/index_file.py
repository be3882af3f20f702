"""What is remembered of an account's exchanges, kept in a file: a process that knows nothing of the account, because it
has just started or had to forget, need not ask for every message again. Some forty-five bytes a message.

A file is a memory like another: all that it says is held against the list of folders (`index_update`), and one that is
damaged, of another form or another account's is as good as none. It holds numbers, and no word of any message.
"""

import json
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path

from vaguemestre.mailbox.imap.conversations.account_files import AccountFiles
from vaguemestre.mailbox.imap.conversations.conversation_index import ConversationIndex, IndexSegment

_FORM = f"exchanges 3 {sys.byteorder} {array('I').itemsize} {array('Q').itemsize}".encode().ljust(32)
_MAC = 16  # bytes
_SIZE = struct.Struct("<I")
_WORTH_WRITING = 50  # messages that came or left since


@dataclass(frozen=True, slots=True)
class IndexFile:
    """`secret`: of this installation; it makes the numbers of identifiers, and shows that a file is ours."""

    folder: Path
    secret: bytes = field(repr=False)

    @property
    def files(self) -> AccountFiles:
        return AccountFiles(self.folder)

    def threads(self, user: str) -> ConversationIndex:
        """As last kept; empty when there is nothing of use."""
        key = blake2b(user.encode(), key=self.secret).digest()
        whole = self.files.read(user)
        form, mac, packed = whole[: len(_FORM)], whole[len(_FORM) :][:_MAC], whole[len(_FORM) + _MAC :]
        if form != _FORM or not compare_digest(mac, _mac(packed, key)):
            return ConversationIndex(key)
        return _unpacked(packed, key)

    def keep(self, user: str, threads: ConversationIndex, *, at_once: bool = False) -> None:
        """Once there is enough that the file does not say (`at_once`: whatever it says, should there be one). Hold the
        lock."""
        if not at_once and threads.unsaid < _WORTH_WRITING and not (threads.unsaid and threads.fresh):
            return
        packed = _packed(threads)
        self.files.write(user, b"".join((_FORM, _mac(packed, threads.key), packed)))
        threads.unsaid, threads.fresh = 0, False


def _mac(packed: bytes, key: bytes) -> bytes:
    return blake2b(packed, key=key, digest_size=_MAC).digest()


def _packed(threads: ConversationIndex) -> bytes:
    numbers = list(_arrays(threads))
    said = {
        "folders": threads.numbers,
        "shelves": [
            [one.folder, one.number, one.validity, one.uid_next, one.exchanges] for one in threads.shelves.values()
        ],
        "arrays": [[one.typecode, len(one)] for one in numbers],
    }
    head = json.dumps(said).encode()
    return b"".join((_SIZE.pack(len(head)), head, *(one.tobytes() for one in numbers)))


def _arrays(threads: ConversationIndex) -> Iterator["array[int]"]:
    for shelf in threads.shelves.values():
        yield from (shelf.uids, shelf.groups, shelf.came)
    yield from threads.identifiers.arrays()
    yield from (threads.parents, threads.only)
    several = threads.several
    yield array("I", several)
    yield array("I", map(len, several.values()))
    yield array("Q", (one for members in several.values() for one in members))


def _unpacked(packed: bytes, key: bytes) -> ConversationIndex:
    threads = ConversationIndex(key, fresh=False)
    (size,) = _SIZE.unpack_from(packed)
    said = json.loads(packed[_SIZE.size :][:size])
    arrays = _read(packed, _SIZE.size + size, said["arrays"])
    threads.numbers = said["folders"]
    for folder, number, validity, uid_next, exchanges in said["shelves"]:
        threads.shelves[folder] = IndexSegment(
            folder, number, validity, uid_next, exchanges, uids=next(arrays), groups=next(arrays), came=next(arrays)
        )
    threads.identifiers.take(next(arrays), next(arrays), next(arrays), next(arrays))
    threads.parents, threads.only = next(arrays), next(arrays)
    roots, sizes, members = next(arrays), next(arrays), next(arrays)
    start = 0
    for root, count in zip(roots, sizes, strict=True):
        threads.several[root] = list(members[start : start + count])
        start += count
    return threads


def _read(packed: bytes, start: int, sizes: list[tuple[str, int]]) -> Iterator["array[int]"]:
    for typecode, count in sizes:
        found = array(typecode)
        end = start + count * found.itemsize
        found.frombytes(packed[start:end])
        start = end
        yield found
