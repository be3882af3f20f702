"""A search as IMAP understands it: what is asked for, and the keys that say it. Nothing typed goes out unquoted."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from vaguemestre.mailbox.protocol.wire import quoted
from vaguemestre.mailbox.stems import accented, fold, forms
from vaguemestre.mailbox.values import Flag, InvalidValue, MailboxId

Where = Literal["anywhere", "from", "to", "subject", "file"]
EVERYWHERE = b"Virtual/All"  # every folder but the bin and junk: engine/dovecot/virtual
HAS_ATTACHMENT = b"$HasAttachment"
WORDS_LIMIT = 20
_VARIANTS = 16
_VARIANTS_OF_NAMES = (48, 24, 12, 6, 2)  # the first with which the command is not too long
_COMMAND_LIMIT = 60_000  # octets; Dovecot refuses a line of more than 64 KB
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or with `phrase` several that follow one another. Raises `InvalidValue` for what cannot be found."""

    text: str
    where: Where = "anywhere"
    phrase: bool = False
    excluded: bool = False

    LIMIT = 100

    def __post_init__(self) -> None:
        if any(unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in self.text):
            raise InvalidValue("term", "control")
        if len(self.text) > self.LIMIT:
            raise InvalidValue("term", "long")
        if sum(c.isalnum() for c in self.text) < 2:  # the index knows no single letter, and would answer "all"
            raise InvalidValue("term", "empty")

    @property
    def words(self) -> list[str]:
        """What the index keeps apart."""
        return split(self.text)


@dataclass(frozen=True, slots=True)
class Query:
    """All of it must be true of a message. None: no matter. `since` is the first day, `before` the first day after."""

    terms: tuple[Term, ...] = ()
    unseen: bool | None = None
    flagged: bool | None = None
    attachment: bool | None = None
    since: date | None = None
    before: date | None = None
    labels: tuple[Flag, ...] = ()
    without_labels: tuple[Flag, ...] = ()
    folder: MailboxId | None = None
    without_folders: tuple[MailboxId, ...] = ()

    @property
    def phrases(self) -> tuple[Term, ...]:
        """The index does not know which word follows which: these are checked in the texts."""
        return tuple(term for term in self.terms if term.phrase)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What a found word begins with, folded: to mark it."""
        wanted = [term for term in self.terms if not term.excluded]
        return tuple(dict.fromkeys(begin for term in wanted for word in term.words for begin in _marked(term, word)))


def split(text: str) -> list[str]:
    """Words as a reader counts them: letters and digits; what joins them inside an address stays."""
    spaced = "".join(c if c.isalnum() or unicodedata.combining(c) or c in "@._-'’" else " " for c in text)
    return [word.strip("@._-'’") for word in spaced.split() if any(c.isalnum() for c in word)]


@dataclass(frozen=True, slots=True)
class Keys:
    """The criteria of one SEARCH or SORT. `saved`: those of a search that comes before, whose result this one names."""

    wanted: bytes
    saved: bytes = b""


def keys(query: Query, wires: dict[MailboxId, bytes]) -> Keys:
    """`wires`: names of the folders that are left out. Of many names at once, fewer spellings each are asked for."""
    for ways in _VARIANTS_OF_NAMES:
        found = _keys(query, wires, ways)
        if max(len(found.wanted), len(found.saved)) <= _COMMAND_LIMIT:
            break
    return found


def _keys(query: Query, wires: dict[MailboxId, bytes], ways: int) -> Keys:
    """Plain words together: all of them in the message, or all of them in a name of a file.

    Asked in one breath, Dovecot looks at every message of the mailbox; names first, only at those with a file
    (`docs/decisions/search.md`).
    """
    plain = [term for term in query.terms if term.where == "anywhere" and not term.excluded and not term.phrase]
    others = [term for term in query.terms if term not in plain and not (term.phrase and term.excluded)]
    marks = [*(_term(term, ways) for term in others), *_marks(query, wires)]
    dates = _dates(query)
    if not plain:
        return Keys(b" ".join([*marks, *dates]) or b"ALL")
    # What is left out would be looked for twice; among messages with a file the words alone spare most of the names.
    if query.attachment or any(term.excluded for term in others):
        return Keys(b" ".join([_anywhere(plain), *marks, *dates]))
    words = [(term, word) for term in plain for word in term.words]
    return Keys(b" ".join([b"(OR %s UID $)" % _texts(words), *marks, *dates]), b" ".join([_named(words), *marks]))


def _marks(query: Query, wires: dict[MailboxId, bytes]) -> list[bytes]:
    found: list[bytes] = []
    for wanted, yes, no in (
        (query.unseen, b"UNSEEN", b"SEEN"),
        (query.flagged, b"FLAGGED", b"UNFLAGGED"),
        (query.attachment, b"KEYWORD " + HAS_ATTACHMENT, b"UNKEYWORD " + HAS_ATTACHMENT),
    ):
        found += [] if wanted is None else [yes if wanted else no]
    found += [b"KEYWORD " + label.encode("ascii") for label in query.labels]
    found += [b"UNKEYWORD " + label.encode("ascii") for label in query.without_labels]
    found += [b"NOT X-MAILBOX " + quoted(wires[folder]) for folder in query.without_folders if folder in wires]
    return found


def _dates(query: Query) -> list[bytes]:
    return [b"%s %s" % (name, _day(day)) for name, day in ((b"SINCE", query.since), (b"BEFORE", query.before)) if day]


def _term(term: Term, ways: int) -> bytes:
    found = _anywhere([term]) if term.where == "anywhere" else b" ".join(_word(term, word, ways) for word in term.words)
    return b"NOT (%s)" % found if term.excluded else found


def _word(term: Term, word: str, ways: int) -> bytes:
    match term.where:
        case "from":
            return _any(_fields([b"FROM"], accented(word, ways)))
        case "to":
            return _any(_fields([b"TO", b"CC", b"BCC"], accented(word, ways)))
        case "subject":
            return _any(_fields([b"SUBJECT"], _beginnings(term, word)))
        case _:
            return _named([(term, word)])


def _anywhere(terms: Sequence[Term]) -> bytes:
    words = [(term, word) for term in terms for word in term.words]
    return b"(OR %s %s)" % (_texts(words), _named(words))


def _texts(words: Sequence[tuple[Term, str]]) -> bytes:
    """Addresses are kept with their accents; everything else is folded by the index."""
    texts = [
        _any(_fields([b"TEXT"], dict.fromkeys((*_beginnings(term, word), *_names(term, word))))) for term, word in words
    ]
    return b"(%s)" % b" ".join(texts)


def _names(term: Term, word: str) -> tuple[str, ...]:
    return () if term.phrase else accented(word, _VARIANTS)


def _beginnings(term: Term, word: str) -> tuple[str, ...]:
    return (word,) if term.phrase else forms(word)


def _marked(term: Term, word: str) -> tuple[str, ...]:
    return (fold(word),) if term.phrase or term.where in {"from", "to"} else forms(word)


def _named(words: Sequence[tuple[Term, str]]) -> bytes:
    """Names of attachments, the middle of a name too: "trimestre" in "bulletin_trimestre1.pdf".

    Never MIMEPART with PARAM: beside a word of the index it makes Dovecot 2.4.1 crash. A name that stands in the type
    alone is found as any other word of the message."""
    wanted = [
        b"MIMEPART " + _any(_fields([b"FILENAME CONTAINS"], accented(_beginnings(term, word)[0], _VARIANTS)))
        for term, word in words
    ]
    return b"(KEYWORD %s %s)" % (HAS_ATTACHMENT, b" ".join(wanted))


def _fields(names: Sequence[bytes], words: Iterable[str]) -> list[bytes]:
    return [b"%s %s" % (name, quoted(word.encode())) for word in words for name in names]


def _any(some: Sequence[bytes]) -> bytes:
    return b"(%s%s)" % (b"".join(b"OR %s " % one for one in some[:-1]), some[-1])


def _day(day: date) -> bytes:
    """Months are English on the wire, whatever the process speaks."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04}".encode("ascii")
