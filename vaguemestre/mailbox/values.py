"""Values checked once, at the edge: what comes from a URL or a form becomes one of these or raises
`InvalidValueError`."""

import re
import unicodedata
from enum import StrEnum, auto
from typing import Self

from vaguemestre.mailbox import modified_utf7

SEPARATOR = "/"
_UID = re.compile(r"[1-9][0-9]{0,9}")  # one for each message of a long answer
_SECOND = re.compile(r"[0-9]{1,10}")


class InvalidReason(StrEnum):
    EMPTY = auto()
    SEPARATOR = auto()
    CONTROL = auto()
    LONG = auto()
    RESERVED = auto()
    FORM = auto()


class InvalidValueError(ValueError):
    """`reason`: for the caller's sentence."""

    def __init__(self, kind: str, reason: InvalidReason) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason


class Uid(int):
    """Number of a message in its folder; never given twice there."""

    def __new__(cls, value: int | str) -> Self:
        text = str(value)
        if not _UID.fullmatch(text) or int(text) > 0xFFFF_FFFF:
            raise InvalidValueError("uid", InvalidReason.FORM)
        return super().__new__(cls, int(text))

    @property
    def word(self) -> str:
        return str(int(self))


class BeforeUid(Uid):
    """Where a list continues: below a message, by the second in which it was received, since it may leave meanwhile."""

    second: int

    def __new__(cls, value: int | str, second: int) -> Self:
        below = super().__new__(cls, value)
        below.second = min(max(second, 0), 0xFFFF_FFFF)
        return below

    @staticmethod
    def read(word: str) -> Uid | None:
        """Without a second, the number alone; None where it is neither."""
        number, dash, second = word.partition("-")
        try:
            return BeforeUid(number, int(second)) if _SECOND.fullmatch(second) else None if dash else Uid(number)
        except InvalidValueError:
            return None

    @property
    def word(self) -> str:
        return f"{super().word}-{self.second}"


class MailboxId(str):
    """Permanent identity of a folder, whatever its name becomes."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        if not re.fullmatch(r"[0-9a-f]{32}", value):
            raise InvalidValueError("mailbox id", InvalidReason.FORM)
        return super().__new__(cls, value)


class PartPath(str):
    """Place of a part in a message: "1", "2.1.3"."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        if not re.fullmatch(r"[1-9][0-9]{0,3}(\.[1-9][0-9]{0,3}){0,100}", value):
            raise InvalidValueError("part", InvalidReason.FORM)
        return super().__new__(cls, value)


class BelowHead(PartPath):
    """All that stands below the head of a message, for one of which the server makes out no part."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return str.__new__(cls, "TEXT")


class PiecePath(PartPath):
    """Place of a file: a part, then its places inside what holds it (message, winmail.dat): "2", "2.1-3", "4-1-2"."""

    __slots__ = ()
    DEPTH_LIMIT = 4

    def __new__(cls, value: str) -> Self:
        head, *inside = value.split("-")
        if len(inside) > cls.DEPTH_LIMIT or not all(re.fullmatch(r"[1-9][0-9]{0,2}", place) for place in inside):
            raise InvalidValueError("piece", InvalidReason.FORM)
        return str.__new__(cls, "-".join([PartPath(head), *inside]))

    @property
    def part(self) -> PartPath:
        return PartPath(self.partition("-")[0])

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(int(place) for place in self.split("-")[1:])

    @property
    def holder(self) -> "PiecePath":
        """What this one lies in; of a part, the part itself."""
        return PiecePath(self.rpartition("-")[0] or self)

    @property
    def holds_more(self) -> bool:
        """False at the deepest level: what lies inside has no address."""
        return self.count("-") < self.DEPTH_LIMIT

    def within(self, place: int) -> "PiecePath":
        return PiecePath(f"{self}-{place}")


class FolderName(str):
    """Whole name of a folder, its parents before it: "Élèves/6e B". One label is made with `within`."""

    __slots__ = ()
    LABEL_LIMIT = 100
    DEPTH_LIMIT = 10

    def __new__(cls, value: str) -> Self:
        labels = value.split(SEPARATOR)
        if len(labels) > cls.DEPTH_LIMIT:
            raise InvalidValueError("folder", InvalidReason.LONG)
        return super().__new__(cls, SEPARATOR.join(map(cls._label, labels)))

    @classmethod
    def within(cls, label: str, parent: "FolderName | None" = None) -> Self:
        """The name typed by a person, under a parent: a separator in it is refused, not silently a new level. The
        parent is there already, and stays what it is called."""
        if SEPARATOR in label:
            raise InvalidValueError("folder", InvalidReason.SEPARATOR)
        if parent is None:
            return cls(label)
        if parent.depth + 1 >= cls.DEPTH_LIMIT:
            raise InvalidValueError("folder", InvalidReason.LONG)
        return cls.existing(f"{parent}{SEPARATOR}{cls._label(label)}")

    @classmethod
    def existing(cls, name: str) -> Self:
        """A name that the server has or had, or one made of such: another program may have given what we refuse."""
        return super().__new__(cls, name)

    @classmethod
    def from_wire(cls, wire: bytes) -> Self:
        """The name of a folder that exists already, whatever another program called it; made safe to show."""
        return cls.existing(
            "".join("\ufffd" if unicodedata.category(c)[0] == "C" else c for c in modified_utf7.decode_name(wire))
        )

    @property
    def label(self) -> str:
        return self.rsplit(SEPARATOR, 1)[-1]

    @property
    def parent(self) -> "FolderName | None":
        head, separator, _ = self.rpartition(SEPARATOR)
        return FolderName.existing(head) if separator else None

    @property
    def depth(self) -> int:
        return self.count(SEPARATOR)

    @property
    def wire(self) -> bytes:
        return modified_utf7.encode_name(self)

    @classmethod
    def _label(cls, text: str) -> str:
        label = unicodedata.normalize("NFC", text).strip()
        if not label:
            raise InvalidValueError("folder", InvalidReason.EMPTY)
        # Cf: invisible marks that turn text round or make two names look alike; the emoji joiner is the exception.
        if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in label) or any(
            unicodedata.category(c) == "Cf" and c != "\u200d" for c in label
        ):
            raise InvalidValueError("folder", InvalidReason.CONTROL)
        # "*" and "%" are wildcards of LIST; a leading "~" or "." means something to file systems.
        if set(label) & {"*", "%"} or label[0] in "~.":
            raise InvalidValueError("folder", InvalidReason.RESERVED)
        # On disk it is a folder, under its name as it travels.
        if len(label) > cls.LABEL_LIMIT or max(len(label.encode()), len(modified_utf7.encode_name(label))) > 255:
            raise InvalidValueError("folder", InvalidReason.LONG)
        return label


class Flag(str):
    """A system flag ("\\Seen") or a keyword ("$Forwarded", "urgent"): an atom of RFC 3501, which needs no quotes."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        if not re.fullmatch(r"\\?[A-Za-z0-9!#$&',\-./:;<=>?@^_`|}~+\[]{1,60}", value):
            raise InvalidValueError("flag", InvalidReason.FORM)
        return super().__new__(cls, value)


SEEN = Flag("\\Seen")
FLAGGED = Flag("\\Flagged")
ANSWERED = Flag("\\Answered")
DRAFT = Flag("\\Draft")
DELETED = Flag("\\Deleted")  # by another program, which takes it away later: nothing of ours leaves a message so
FORWARDED = Flag("$Forwarded")
RETURNED = Flag("$new")  # put off, and back since: "made prominent by a recent act", in the words of IANA's registry
ASKS = Flag("$Asks")  # what one sent waits for an answer: its author asked for a reminder, or asked a question in it
SETTLED = Flag("$Settled")  # what one sent waits for none: it is one letter of a mailing, or its author says so
UNDELIVERED = Flag("$Undelivered")  # what one sent, and the report of it: it did not reach somebody
PINNED = Flag("$Pinned")  # its person wants it on top of its folder
JUNK = Flag("$Junk")  # thrown away from the junk: what is held back there stays so in the bin, and when it is recovered
MDN_SENT = Flag("$MDNSent")  # a receipt was sent, or will not be
ATTACHED = Flag("$HasAttachment")  # this one or the other is set by Dovecot when a message is stored
NOT_ATTACHED = Flag("$HasNoAttachment")
