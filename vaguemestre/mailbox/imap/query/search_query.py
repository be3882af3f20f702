"""What a search asks for, and how far it looked. `search_keys.py` says it to the server."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.mime.word_stems import fold, stems, whole_form
from vaguemestre.mailbox.values import Flag, InvalidReason, InvalidValueError, MailboxId, Uid

Where = Literal["anywhere", "from", "to", "cc", "subject", "file"]
EVERYWHERE = b"Virtual/All"  # every folder but those: engine/dovecot/virtual
LEFT_OUT = ("trash", "junk")
WORDS_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or with `phrase` several that follow one another. Raises `InvalidValueError` for what cannot be
    found."""

    text: str
    where: Where = "anywhere"
    phrase: bool = False
    excluded: bool = False

    LIMIT = 100

    def __post_init__(self) -> None:
        if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in self.text):
            raise InvalidValueError("term", InvalidReason.CONTROL)
        if len(self.text) > self.LIMIT:
            raise InvalidValueError("term", InvalidReason.LONG)
        if sum(map(str.isalnum, fold(self.text))) < 2:  # the index knows no single letter, and would answer "all"
            raise InvalidValueError("term", InvalidReason.EMPTY)

    @property
    def words(self) -> list[str]:
        """What the index keeps apart."""
        return split_words(self.text)

    @property
    def plain(self) -> bool:
        """In the text or in the name of a file, in any order."""
        return self.where == "anywhere" and not (self.excluded or self.phrase)

    @property
    def numbers(self) -> bool:
        """Nothing else follows one another: a date. Headers, which are full of them, are not asked."""
        return self.phrase and all(c.isdigit() or not c.isalnum() for c in self.text)


@dataclass(frozen=True, slots=True)
class Query:
    """All of it must be true of a message. None: no matter. `since` is the first day, `before` the first day after."""

    terms: tuple[Term, ...] = ()
    unseen: bool | None = None
    flagged: bool | None = None
    attachment: bool | None = None
    since: date | None = None
    before: date | None = None
    larger: int | None = None  # bytes of the whole message: more than that
    smaller: int | None = None  # less than that
    labels: tuple[Flag, ...] = ()
    without_labels: tuple[Flag, ...] = ()
    folder: MailboxId | None = None
    without_folders: tuple[MailboxId, ...] = ()
    awaiting: bool | None = None  # no key says it: `numbers` does, once they are known
    numbers: tuple[int, ...] | None = None  # of the folder; no others
    sender: str = ""  # an address, and a word, as they are: no form of them, no name of a file, no excerpt
    word: str = ""
    # Of each, one at least. They know no phrase, no folder and nothing awaited.
    either: tuple[tuple["Query", ...], ...] = ()

    @property
    def sought(self) -> tuple[Term, ...]:
        """Every term, those of alternatives too."""
        return (*self.terms, *(term for some in self.either for one in some for term in one.terms))

    @property
    def asks_for_texts(self) -> bool:
        return bool(self.word) or any(term.where == "anywhere" for term in self.sought)

    @property
    def asks_for_subjects_alone(self) -> bool:
        return not self.asks_for_texts and any(term.where == "subject" for term in self.sought)

    @property
    def phrases(self) -> tuple[Term, ...]:
        """The index does not know which word follows which: these are checked in the texts."""
        return tuple(term for term in self.terms if term.phrase)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What a found word begins with, folded: to mark it. Behind "=" one that is found whole
        (`word_stems.whole_form`)."""
        wanted = [term for term in self.sought if not term.excluded]
        return tuple(dict.fromkeys(begin for term in wanted for word in term.words for begin in _marked(term, word)))


@dataclass(frozen=True, slots=True)
class SearchLimit:
    """How far a search looked: the number that the next message of what was searched will have, there where all folders
    are one. What comes later, or is put elsewhere, has a higher one."""

    validity: int
    below: int

    def __str__(self) -> str:
        return f"{self.validity}-{self.below}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises `InvalidValueError`."""
        validity, _dash, below = text.partition("-")
        return cls(int(Uid(validity)), int(Uid(below)))

    @classmethod
    def of(cls, answer: Answer) -> Self | None:
        """As a folder that was opened says it."""
        validity, below = answer.note("UIDVALIDITY") or "", answer.note("UIDNEXT") or ""
        return cls(int(validity), int(below)) if validity.isdigit() and below.isdigit() else None

    @property
    def wire(self) -> bytes:
        return b"UID 1:%d" % (self.below - 1) if self.below > 1 else b"NOT ALL"


def split_words(text: str) -> list[str]:
    """Words as a reader counts them: letters and digits; what joins them inside an address stays."""
    spaced = "".join(c if c.isalnum() or unicodedata.combining(c) or c in "@._-'’" else " " for c in text)
    return [word.strip("@._-'’") for word in spaced.split() if any(map(str.isalnum, fold(word)))]


def _marked(term: Term, word: str) -> tuple[str, ...]:
    if term.phrase or term.where in {"from", "to", "cc"}:
        return (fold(word),)
    return (*stems(word), *(f"={alone[0]}" for alone in [whole_form(word)] if alone))
