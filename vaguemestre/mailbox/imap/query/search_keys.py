"""A search in the words of IMAP: the keys that say what is asked for. Nothing typed goes out unquoted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from time import time

from vaguemestre.mailbox.imap.query.search_query import Query, SearchLimit, Term
from vaguemestre.mailbox.imap.wire.commands import quote_string, uid_sets
from vaguemestre.mailbox.mime.word_stems import accented_forms, stems, whole_form
from vaguemestre.mailbox.values import MailboxId, Uid

HAS_ATTACHMENT = b"$HasAttachment"
_VARIANTS = 16
_VARIANTS_OF_NAMES = (48, 24, 12, 6, 2)  # the first with which the command is not too long
COMMAND_LIMIT = 60_000  # bytes; Dovecot refuses a line of more than 64 KB
# Of no message. Dovecot waits for its index only where something is asked of the text: what is not in it yet would be
# looked at as it stands, accents and all (fts_search_add_missing in engine/dovecot/fts.conf).
_WAITS = b'NOT BODY "zzqqxxjjkkww"'
_OLDEST = 2**31 - 1  # seconds, 68 years: what an age may count on every server
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Words that stand together: in the message, or in the name of one of its files; `apart`: any one of them; `heads`:
    of the message only what every list shows of it."""

    terms: Sequence[Term]
    excluded: bool = False
    apart: bool = False
    heads: bool = False

    @property
    def texts(self) -> bytes:
        return any_of([_heads(words) if self.heads else _texts(words) for words in self._words])

    @property
    def named(self) -> bytes:
        return any_of([_named(words) for words in self._words])

    def found(self, texts: bytes, named: bytes) -> bytes:
        """`named` empty: no file has such a name."""
        found = b"(OR %s %s)" % (texts, named) if named else texts
        return b"NOT " + found if self.excluded else found

    def at_once(self) -> bytes:
        """In one search, not asked for names before."""
        return self.found(self.texts, b"(KEYWORD %s %s)" % (HAS_ATTACHMENT, self.named))

    @property
    def _words(self) -> list[list[tuple[Term, str]]]:
        words = [[(term, word) for word in term.words] for term in self.terms]
        return words if self.apart else [[one for some in words for one in some]]


@dataclass(frozen=True, slots=True)
class ParallelKeys:
    """A search over two connections at the same time: words on the one, names of files on the other."""

    groups: tuple[KeyGroup, ...]  # the first is not excluded
    narrowing: tuple[bytes, ...]

    @property
    def saved(self) -> bytes:
        """The messages whose words are right, for `wanted` to name."""
        return b" ".join([*(group.found(group.texts, b"") for group in self.groups), *self.narrowing])

    @property
    def names(self) -> list[tuple[bytes, bytes]]:
        """What each SEARCH returns, and its criteria: the last ones give the messages of each group."""
        criteria = _saved(self.groups, self.narrowing)
        if len(self.groups) == 1:
            return [(b"ALL", criteria)]
        return [(b"SAVE", criteria), *((b"ALL", b"UID $ " + group.named) for group in self.groups)]

    def wanted(self, named: Sequence[bytes]) -> bytes:
        """`named`: for each group the numbers of the messages found by a name, as a set; empty where none was."""
        groups = [
            (group, b"UID " + numbers if numbers else b"") for group, numbers in zip(self.groups, named, strict=True)
        ]
        by_name = [some for group, some in groups if some and not group.excluded]
        if by_name and sum(not group.excluded for group in self.groups) > 1:  # a word in the text, another in a name
            return b" ".join([*(group.found(group.texts, some) for group, some in groups), *self.narrowing])
        without = [group.found(group.texts, b"") for group in self.groups if group.excluded]
        found = [b"(OR UID $ (%s))" % b" ".join([by_name[0], *without])] if by_name else [b"UID $"]
        return b" ".join([*found, *(b"NOT " + some for group, some in groups if some and group.excluded)])


@dataclass(frozen=True, slots=True)
class Keys:
    """The criteria of one SEARCH or SORT. `saved`: those of a search that comes before, whose result this one names.
    `abreast`: the same over two connections, where there are names to look for."""

    wanted: bytes
    saved: bytes = b""
    abreast: ParallelKeys | None = None


@dataclass(frozen=True, slots=True)
class _How:
    ways: int  # spellings of a name
    now: float
    heads: bool


def search_keys(
    query: Query, wires: dict[MailboxId, bytes], bound: SearchLimit | None = None, *, heads: bool = False
) -> Keys:
    """`wires`: names of the folders that are left out. Of many names at once, fewer spellings each are asked for.
    `heads`: words are looked for in subjects, people and names of files, for which Dovecot waits for no index."""
    now = time()
    for ways in _VARIANTS_OF_NAMES:
        found = _keys(query, wires, _How(ways, now, heads), bound)
        if max(len(found.wanted), len(found.saved)) <= COMMAND_LIMIT:
            break
    return found


def _keys(query: Query, wires: dict[MailboxId, bytes], how: _How, bound: SearchLimit | None) -> Keys:
    """Plain words together: all of them in the message, or all of them in a name of a file. Other terms each alone.

    Asked in one breath, Dovecot looks for names in every message of the mailbox; names first, only in those with a
    file, and then in none but those where one was found (`docs/decisions/search.md`).
    """
    plain = [term for term in query.terms if term.plain]
    others = [term for term in query.terms if term not in plain and not (term.phrase and term.excluded)]
    anywhere = sorted((term for term in others if term.where == "anywhere"), key=lambda term: term.excluded)
    groups = [KeyGroup(plain, heads=how.heads)] if plain else []
    of_words = [some for some in query.either if all(one == Query(one.terms) and one.terms[0].plain for one in some)]
    groups += [KeyGroup([term for one in some for term in one.terms], apart=True, heads=how.heads) for some in of_words]
    groups += [KeyGroup([term], excluded=term.excluded, heads=how.heads) for term in anywhere]
    fields = [_term(term, how) for term in others if term.where != "anywhere"]
    fields += [_either(some, wires, how) for some in query.either if some not in of_words]
    until = [bound.wire] if bound else []
    waits = [_WAITS] if not how.heads and query.asks_for_subjects_alone else []
    narrowing = (*fields, *_marks(query, wires), *_dates(query, how.now), *_sizes(query), *until, *waits)
    # Among messages with a file the words alone spare most of the names.
    if query.attachment or not groups:
        return Keys(b" ".join([*(group.at_once() for group in groups), *narrowing]) or b"ALL")
    named = [b"UID $"] if len(groups) == 1 else [b"(UID $ %s)" % group.named for group in groups]
    wanted = [group.found(group.texts, some) for group, some in zip(groups, named, strict=True)]
    abreast = None if groups[0].excluded else ParallelKeys(tuple(groups), narrowing)
    return Keys(b" ".join([*wanted, *narrowing]), _saved(groups, narrowing), abreast)


def _saved(groups: Sequence[KeyGroup], narrowing: Sequence[bytes]) -> bytes:
    """Messages with a file whose name some group asks for."""
    return b" ".join([b"KEYWORD " + HAS_ATTACHMENT, *narrowing, any_of([group.named for group in groups])])


def _either(some: Sequence[Query], wires: dict[MailboxId, bytes], how: _How) -> bytes:
    return any_of([b"(%s)" % b" ".join(_alternative(one, wires, how)) for one in some])


def _alternative(one: Query, wires: dict[MailboxId, bytes], how: _How) -> list[bytes]:
    terms = [
        KeyGroup([term], term.excluded, heads=how.heads).at_once() if term.where == "anywhere" else _term(term, how)
        for term in one.terms
    ]
    return [*terms, *_marks(one, wires), *_dates(one, how.now), *_sizes(one)]


def _marks(query: Query, wires: dict[MailboxId, bytes]) -> list[bytes]:
    found: list[bytes] = []
    for wanted, yes, no in (
        (query.unseen, b"UNSEEN", b"SEEN"),
        (query.flagged, b"FLAGGED", b"UNFLAGGED"),
        (query.attachment, b"KEYWORD " + HAS_ATTACHMENT, b"UNKEYWORD " + HAS_ATTACHMENT),
    ):
        found += [] if wanted is None else [yes if wanted else no]
    exact = ((b"FROM", query.sender), (b"TEXT", query.word))
    found += [field for name, text in exact if text for field in _fields([name], [text])]
    found += [b"KEYWORD " + label.encode("ascii") for label in query.labels]
    found += [b"UNKEYWORD " + label.encode("ascii") for label in query.without_labels]
    if query.numbers is not None:
        sets = [b"UID " + some for some in uid_sets([Uid(one) for one in query.numbers])]
        found.append(any_of(sets) if sets else b"NOT ALL")
    found += [b"NOT X-MAILBOX " + quote_string(wires[folder]) for folder in query.without_folders if folder in wires]
    return found


def _dates(query: Query, now: float) -> list[bytes]:
    """By age (RFC 5032): Dovecot compares two numbers. For SINCE and BEFORE it works out the day of each message in the
    time zone of the server, which takes longer than the search for a word."""
    found = []
    for day, by_age, by_day in ((query.since, b"YOUNGER", b"SINCE"), (query.before, b"OLDER", b"BEFORE")):
        if day:
            age = _age(day, now)
            found.append(b"%s %d" % (by_age, age) if 0 < age <= _OLDEST else b"%s %s" % (by_day, _day(day)))
    return found


def _sizes(query: Query) -> list[bytes]:
    asked = ((b"LARGER", query.larger), (b"SMALLER", query.smaller))
    return [b"%s %d" % (key, octets) for key, octets in asked if octets is not None]


def received_before(day: date) -> bytes:
    """Criteria of the messages that came before this day."""
    return b" ".join(_dates(Query(before=day), time()))


def _age(day: date, now: float) -> int:
    """Seconds since its midnight where the staff works, which is the time zone of the process; 0: out of reach."""
    try:
        return ceil(now - datetime.combine(day, datetime.min.time()).timestamp())
    except (OverflowError, OSError, ValueError):
        return 0


def _term(term: Term, how: _How) -> bytes:
    found = b" ".join(_word(term, word, how) for word in term.words)
    return b"NOT (%s)" % found if term.excluded else found


def _word(term: Term, word: str, how: _How) -> bytes:
    match term.where:
        case "from":
            return any_of(_fields([b"FROM"], _people(word, how.ways)))
        case "to":
            return any_of(_fields([b"TO", b"CC", b"BCC"], _people(word, how.ways)))
        case "cc":
            return any_of(_fields([b"CC"], _people(word, how.ways)))
        case "subject":
            spelled = _spellings(term, word) if how.heads else _beginnings(term, word)
            return any_of([*_fields([b"SUBJECT"], spelled), *_alone(b"SUBJECT", term, word)])
        case _:
            return b"KEYWORD %s %s" % (HAS_ATTACHMENT, _named([(term, word)]))


def _texts(words: Sequence[tuple[Term, str]]) -> bytes:
    """Addresses are kept with their accents; everything else is folded by the index."""
    texts = []
    for term, word in words:
        fields = [b"BODY", b"SUBJECT"] if term.numbers else [b"TEXT"]
        beginnings = dict.fromkeys((*_beginnings(term, word), *_names(term, word)))
        texts.append(any_of([*_fields(fields, beginnings), *_alone(b"TEXT", term, word)]))
    return b"(%s)" % b" ".join(texts)


def _heads(words: Sequence[tuple[Term, str]]) -> bytes:
    """What every list shows of a message, and all to whom it went."""
    heads = []
    for term, word in words:
        fields = [b"SUBJECT"] if term.numbers else [b"SUBJECT", b"FROM", b"TO", b"CC"]
        heads.append(any_of([*_fields(fields, _spellings(term, word)), *_alone(b"SUBJECT", term, word)]))
    return b"(%s)" % b" ".join(heads)


def _alone(field: bytes, term: Term, word: str) -> list[bytes]:
    """A word whose beginning is that of many others, where none of these stands: the index knows no end of a word."""
    found = None if term.phrase else whole_form(word)
    if not found:
        return []
    one, others = found
    without = b"".join(b" NOT " + other for other in _fields([field], others))
    return [b"(%s %s%s)" % (field, quote_string(one.encode()), without)]


def _spellings(term: Term, word: str) -> tuple[str, ...]:
    """For messages that are not in the index yet, whose heads are looked at as they stand: accents and all."""
    return tuple(dict.fromkeys(one for begin in _beginnings(term, word) for one in accented_forms(begin, _VARIANTS)))


def _people(word: str, ways: int) -> tuple[str, ...]:
    """An address has no accents."""
    return accented_forms(word, 1 if "@" in word else ways)


def _names(term: Term, word: str) -> tuple[str, ...]:
    return () if term.phrase else accented_forms(word, _VARIANTS)


def _beginnings(term: Term, word: str) -> tuple[str, ...]:
    return (word,) if term.phrase else stems(word)


def _named(words: Sequence[tuple[Term, str]]) -> bytes:
    """Names of attachments, the middle of a name too: "trimestre" in "bulletin_trimestre1.pdf".

    Never MIMEPART with PARAM: beside a word of the index it makes Dovecot 2.4.1 crash. A name that stands in the type
    alone is found as any other word of the message."""
    wanted = [
        b"MIMEPART " + any_of(_fields([b"FILENAME CONTAINS"], accented_forms(_beginnings(term, word)[0], _VARIANTS)))
        for term, word in words
    ]
    return b"(%s)" % b" ".join(wanted)


def _fields(names: Sequence[bytes], words: Iterable[str]) -> list[bytes]:
    return [b"%s %s" % (name, quote_string(word.encode())) for word in words for name in names]


def any_of(some: Sequence[bytes]) -> bytes:
    return b"(%s%s)" % (b"".join(b"OR %s " % one for one in some[:-1]), some[-1])


def _day(day: date) -> bytes:
    """Months are English on the wire, whatever the process speaks."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04}".encode("ascii")
