"""A list as its reader last saw it: of a folder that changed since, only what changed is asked."""

import os
import pickle
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vaguemestre.mailbox.imap.conversations.account_files import AccountFiles
from vaguemestre.mailbox.imap.conversations.overview import ConversationOverview
from vaguemestre.mailbox.imap.folder_list import KnownFolder
from vaguemestre.mailbox.messages import Address, Part, Row
from vaguemestre.mailbox.values import MailboxId, Uid

_NONCE = 12
# Where these classes are and what they hold: a file of before another version of them is not read.
_FORM = repr(
    [Uid, MailboxId, *((made, one.name, one.type) for made in (Row, Part, Address) for one in fields(made))]
).encode()
ENDING = ".list"

type FiledRow = tuple[MailboxId, int, Row]  # with its folder and that one's UIDVALIDITY


@dataclass(frozen=True, slots=True)
class KeptMarks:
    """Flags of the messages of a page, as they were when the folder had this `modseq` (RFC 7162)."""

    validity: int = 0
    modseq: bytes = b""
    flags: Mapping[Uid, frozenset[str]] = field(default_factory=dict)

    def are_of(self, known: KnownFolder) -> bool:
        return bool(self.modseq) and self.validity == known.validity


NOTHING_KEPT = KeptMarks(), frozenset[Uid]()


@dataclass(frozen=True, slots=True)
class KeptList:
    overview: ConversationOverview
    marks: KeptMarks
    filed: frozenset[Uid]  # its rows that the file has


@dataclass(frozen=True, slots=True)
class ListFiles:
    """The top of an inbox, for a process that never saw it. Words of mail: sealed by a key of this installation, for
    its reader alone, in the form that `Row` has now."""

    folder: Path
    key: bytes = field(repr=False)

    @property
    def files(self) -> AccountFiles:
        return AccountFiles(self.folder, ENDING)

    def read(self, user: str) -> tuple[KeptMarks, list[FiledRow]]:
        """Nothing where there is none, or none that was sealed for this."""
        sealed = self.files.read(user)
        try:
            packed = AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _FORM + user.encode())
        except (InvalidTag, ValueError):
            return KeptMarks(), []
        marks, rows = pickle.loads(zlib.decompress(packed))  # noqa: S301 - what the seal lets through, we wrote
        return KeptMarks(*marks), rows

    def write(self, user: str, marks: KeptMarks, rows: Iterable[FiledRow]) -> None:
        whole = (marks.validity, marks.modseq, dict(marks.flags)), list(rows)
        nonce = os.urandom(_NONCE)
        packed = zlib.compress(pickle.dumps(whole), 1)
        self.files.write(user, nonce + AESGCM(self.key).encrypt(nonce, packed, _FORM + user.encode()))
