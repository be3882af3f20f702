"""From what is typed in the box to what is asked of the mailbox. What is not understood is said; the rest is searched.

Operators are written in French or in English, with or without their accents. The words of the screen are French."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _, pgettext

from vaguemestre.mailbox.imap.query.search_query import WORDS_LIMIT, Query, Term, Where, split_words
from vaguemestre.mailbox.messages import Folder
from vaguemestre.mailbox.mime.word_stems import fold
from vaguemestre.mailbox.values import Flag, InvalidReason, InvalidValueError
from vaguemestre.web import date_text
from vaguemestre.web.number_text import octets_text
from vaguemestre.webmail.folders import lookup
from vaguemestre.webmail.search.operators import ALONE, LABELS, ME, NO, OPERATORS, ORDINARY, ROLE_WORDS, STATES, YES
from vaguemestre.webmail.search.periods import parse_day, parse_period
from vaguemestre.webmail.search.sizes import parse_size
from vaguemestre.webmail.search.tokens import Token, parse_tokens

LIMIT = 500  # characters
ADDRESSES_LIMIT = 16  # of one's own, each asked for in several fields: `search_keys.COMMAND_LIMIT`
# What an alternative can be: a folder is where one looks, and what nobody has answered is worked out first.
_JOINED = {
    "terms", "either", "unseen", "flagged", "attachment", "since", "before", "larger", "smaller", "labels",
    "without_labels", "without_folders",
}  # fmt: skip
# Of which the last one counts: a message is read or unread, and lies in one folder.
_SINGLE = frozenset(
    ("unseen", "flagged", "attachment", "awaiting", "folder", "before", "after", "during", "larger", "smaller")
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "«": '"', "»": '"', "\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that was understood, in words; `source` is how it stands in the box."""

    source: str
    words: str
    kind: str  # "word", "from", "folder"…; "words" or "either" where one of several is enough


@dataclass(frozen=True, slots=True)
class SearchRequest:
    text: str
    query: Query
    criteria: tuple[Criterion, ...] = ()
    said: tuple[str, ...] = ()
    folder_missing: bool = False
    label: str = ""  # the keyword, or what was typed for one, when a label is all that is asked for

    @property
    def searchable(self) -> bool:
        return self.query != Query()

    def without(self, criterion: Criterion) -> str:
        """The box without this criterion."""
        return self.instead(criterion, "")

    def instead(self, criterion: Criterion, source: str) -> str:
        """The box with this in the place of that criterion."""
        said = [source if one is criterion else one.source for one in self.criteria]
        return " ".join(one for one in said if one)

    def text_with(self, start: int, end: int, source: str) -> str:
        """The box with this in the place of these criteria."""
        said = [one.source for one in self.criteria]
        return " ".join([*said[:start], source, *said[end:]])

    def with_(self, source: str, kind: str = "") -> str:
        """The box with one criterion more; of a kind of which there is only one, in the place of the other."""
        kept = [other.source for other in self.criteria if not kind or other.kind != kind]
        return " ".join([*kept, source])

    def kinds(self) -> set[str]:
        return {criterion.kind for criterion in self.criteria}


@dataclass(slots=True)
class _Reader:
    folders: Sequence[Folder]
    keywords: Callable[[], frozenset[str]]
    labels: Mapping[str, str]
    mine: Callable[[], frozenset[str]]
    today: date
    already: int = 0  # words that were read elsewhere
    criteria: list[tuple[Criterion, dict[str, Any]]] = field(default_factory=list)  # with what each asks for
    said: list[str] = field(default_factory=list)
    folder_missing: bool = False
    label: str = ""

    @property
    def query(self) -> Query:
        """All of it at once: of two days, the narrower; several words, labels or folders left out add up."""
        asked: dict[str, Any] = {}
        for _criterion, changes in self.criteria:
            for name, value in changes.items():
                asked[name] = _both(name, asked[name], value) if name in asked else value
        return Query(**asked)

    def read(self, some: Sequence[Token]) -> None:
        """A criterion, or several of which one is enough."""
        if len(some) == 1:
            self._read(some[0])
            return
        sides = [side for token in some for side in self._aside(token)]
        counted = self._terms
        self._join(sides)
        self.already -= self._terms - counted

    def _join(self, sides: Sequence[tuple[Criterion, dict[str, Any]]]) -> None:
        strange = [criterion for criterion, changes in sides if not _JOINED.issuperset(changes)]
        for criterion in strange:
            self._say_once(_("“%s” cannot stand beside OR: all of it was asked for together.") % criterion.source)
        if strange or len(sides) < 2:
            for criterion, changes in sides:
                self._keep(criterion.source, criterion.words, criterion.kind, **changes)
            return
        words = all(criterion.kind == "word" and changes["terms"][0].plain for criterion, changes in sides)
        self._keep(
            " OU ".join(criterion.source for criterion, _changes in sides),
            f" {pgettext('search', 'or')} ".join(criterion.words for criterion, _changes in sides),
            "words" if words else "either",
            either=(tuple(one for _criterion, changes in sides for one in _alternatives(changes)),),
        )

    def _aside(self, token: Token) -> list[tuple[Criterion, dict[str, Any]]]:
        """What it says alone. The index knows no order of words, and texts are not read for one alternative."""
        reader = replace(self, criteria=[], already=self._terms)
        reader._read(token)
        self.folder_missing |= reader.folder_missing
        found = []
        for criterion, changes in reader.criteria:
            if any(term.phrase for term in changes.get("terms", ())):
                self._say_once(_("Beside OR the words of “%s” were looked for in any order.") % token.value)
                [term] = (replace(one, phrase=False) for one in changes["terms"])
                found.append((replace(criterion, words=_term_words(term)), {"terms": (term,)}))
            else:
                found.append((criterion, changes))
        self.already += reader._terms - self._terms
        return found

    @property
    def _terms(self) -> int:
        return self.already + sum(bool({"terms", "either"} & set(changes)) for _criterion, changes in self.criteria)

    def _read(self, token: Token) -> None:
        source, minus, name, value, quoted = token.source, token.minus, token.name, token.value, token.quoted
        meaning = OPERATORS.get(fold(name)) if name else None
        person = meaning in {"from", "to", "cc"} and not quoted and self._terms < WORDS_LIMIT
        if name and meaning is None and fold(name) not in ORDINARY and not value.startswith("//"):
            self.said.append(_("“%s:” does not narrow a search: it was looked for as a word.") % name)
        if meaning is None:
            self._word(source, minus, f"{name}:{value}" if name else value, quoted)
        elif person and fold(value) in ME and self.mine():
            self._me(source, minus, meaning)
        elif meaning in {"from", "to", "cc", "subject"}:
            self._term(source, minus, value, meaning, quoted)
        elif meaning in {"is", "has"}:
            self._state(source, minus, value)
        elif meaning in {"before", "after", "during"}:
            self._dates(source, minus, value, meaning, name)
        elif meaning == "file":
            self._file(source, minus, value, quoted)
        elif meaning == "folder":
            self._folder(source, minus, value)
        elif meaning in {"size", "larger", "smaller"}:
            self._size(source, minus, value, meaning)
        else:
            self._label(source, minus, value)

    def _word(self, source: str, minus: bool, value: str, quoted: bool) -> None:
        folded = fold(value)
        if not quoted and folded in ALONE:
            self._state(source, minus, folded)
            return
        if not quoted and folded in {"suivi", "starred"}:
            self.said.append(_("“%s” is looked for as a word. For starred messages, write is:starred.") % value)
        self._term(source, minus, value, "anywhere", quoted)

    def _term(self, source: str, minus: bool, value: str, where: str, quoted: bool) -> None:
        place: Where = where  # type: ignore[assignment]  # one of OPERATORS
        if not value:
            self.said.append(_("What should follow “%s”?") % source)
            return
        if self._terms >= WORDS_LIMIT:
            self._say_once(_("Only the first %d words were looked for.") % WORDS_LIMIT)
            return
        follows = (quoted and len(split_words(value)) > 1) or parse_day(value, self.today) is not None
        try:
            term = Term(value, place, phrase=follows and where in {"anywhere", "subject"}, excluded=minus)
        except InvalidValueError as error:
            if error.reason == InvalidReason.LONG:
                self.said.append(_("A word of more than %d characters cannot be looked for.") % Term.LIMIT)
            elif not any(map(str.isalnum, fold(value))) or where != "anywhere" or minus:
                self.said.append(
                    _("“%s” cannot be looked for: at least two letters or digits are needed.") % value[:40]
                )
            return
        self._keep(source, _term_words(term), where if where != "anywhere" else "word", terms=(term,))

    def _me(self, source: str, minus: bool, where: str) -> None:
        """By any of one's own addresses."""
        place: Where = where  # type: ignore[assignment]  # one of OPERATORS
        terms = tuple(Term(address, place, excluded=minus) for address in sorted(self.mine())[:ADDRESSES_LIMIT])
        words = _term_words(replace(terms[0], text=pgettext("search", "me")))
        if minus:
            self._keep(source, words, where, terms=terms)
        else:
            self._keep(source, words, where, either=(tuple(Query((term,)) for term in terms),))

    def _state(self, source: str, minus: bool, value: str) -> None:
        state = STATES.get(fold(value).replace(" ", "-"))
        if state is None:
            self.said.append(_("“%s” is not known: is:read, is:unread and is:starred are.") % source)
            return
        key, wanted = state
        if key == "awaiting" and minus:
            self.said.append(_("“%s” does not narrow a search: it was left out.") % source)
            return
        self._keep(source, _state_words(key, wanted is not minus), key, **{key: wanted is not minus})

    def _file(self, source: str, minus: bool, value: str, quoted: bool) -> None:
        folded = fold(value)
        if folded in YES | NO:
            wanted = (folded in YES) is not minus
            self._keep(source, _state_words("attachment", wanted), "attachment", attachment=wanted)
        else:
            self._term(source, minus, value, "file", quoted)

    def _dates(self, source: str, minus: bool, value: str, meaning: str, name: str) -> None:
        found = parse_period(value, self.today)
        if found is None:
            self.said.append(
                _("“%s” is not a date that is understood. Write for example %s:31/01/2026, %s:01/2026 or %s:yesterday.")
                % (value or source, name, name, name)
            )
            return
        start, end = found
        if minus:
            self.said.append(_("“%s” does not narrow a search: it was left out.") % source)
        elif meaning == "before":
            self._keep(source, _("before %s") % date_text.short_date(start, self.today), "before", before=start)
        elif meaning == "after":
            self._keep(source, _("since %s") % date_text.short_date(start, self.today), "after", since=start)
        else:
            self._keep(source, period_query(start, end, self.today), "during", since=start, before=end)

    def _size(self, source: str, minus: bool, value: str, meaning: str) -> None:
        """A sign says more than the operator; without either it is the largest that are looked for."""
        found = parse_size(value)
        if found is None:
            self.said.append(
                _("“%s” is not a size that is understood. Write for example size:>5MB or size:<100KB.")
                % (value or source)
            )
            return
        sign, octets = found
        below = (sign.startswith("<") if sign else meaning == "smaller") is not minus
        if below:
            self._keep(source, _("less than %s") % octets_text(octets), "smaller", smaller=octets)
        else:
            self._keep(source, _("more than %s") % octets_text(octets), "larger", larger=octets)

    def _folder(self, source: str, minus: bool, value: str) -> None:
        folder = find_named_folder(self.folders, value)
        if folder is None or folder.id is None:
            self.folder_missing = True
            self.said.append(_("No folder is called “%s”: they were all searched.") % value)
        elif minus:
            self._keep(source, _("not in %s") % lookup.folder_text(folder), "left-out", without_folders=(folder.id,))
        else:
            self._keep(source, _("in %s") % lookup.folder_text(folder), "folder", folder=folder.id)

    def _label(self, source: str, minus: bool, value: str) -> None:
        known = {fold(keyword): keyword for keyword in self.keywords()}
        named = self.labels.get(value.casefold()) or self.labels.get(fold(value)) or LABELS.get(_plain(value), value)
        wanted = known.get(fold(named))
        self.label = "" if minus else wanted or named
        try:
            label = Flag(wanted or "")
        except InvalidValueError:
            self.said.append(_("No message bears the label “%s”: it was left out.") % value)
            return
        if minus:
            self._keep(source, _("without the label %s") % value, "label", without_labels=(label,))
        else:
            self._keep(source, _("label %s") % value, "label", labels=(label,))

    def _keep(self, source: str, words: str, kind: str, **changes: object) -> None:
        given_up = [one for one, _changes in self.criteria if one.kind == kind] if kind in _SINGLE else []
        for one in given_up:
            if one.words != words:
                self._say_once(_("“%(first)s” gives way to “%(last)s”.") % {"first": one.source, "last": source})
        self.criteria = [(one, changed) for one, changed in self.criteria if one not in given_up]
        self.criteria.append((Criterion(source, words, kind), changes))

    def _say_once(self, sentence: str) -> None:
        if sentence not in self.said:
            self.said.append(sentence)


def parse_search(
    text: str,
    *,
    folders: Sequence[Folder],
    keywords: Callable[[], frozenset[str]],
    labels: Mapping[str, str],
    mine: Callable[[], frozenset[str]],
    today: date,
) -> SearchRequest:
    """`keywords` is called only when a label is asked for, `mine` when one's own addresses are; `labels` are the
    person's own, by their names."""
    tidy = tidy_query(text)
    # As it is written before any that only differs by its accents.
    known = {fold(name): keyword for name, keyword in labels.items()}
    known |= {name.casefold(): keyword for name, keyword in labels.items()}
    reader = _Reader(folders, keywords, known, mine, today)
    if len(tidy) > LIMIT:
        reader.said.append(_("Only the first %d characters were looked at.") % LIMIT)
        tidy = tidy[:LIMIT]
    read = parse_tokens(tidy, today)
    for some in read:
        reader.read(some)
    label = reader.label if len(read) == 1 and len(read[0]) == 1 else ""
    criteria = tuple(criterion for criterion, _changes in reader.criteria)
    return SearchRequest(tidy, reader.query, criteria, tuple(reader.said), reader.folder_missing, label)


def asks_for_unanswered(text: str, today: date) -> bool:
    """Whatever folders and labels there are."""
    return bool(
        parse_search(text, folders=(), keywords=frozenset, labels={}, mine=frozenset, today=today).query.awaiting
    )


def tidy_query(text: str) -> str:
    """One line without controls, straight quotes, single spaces."""
    plain = "".join(" " if c in "\r\n\t\u2028\u2029" else c for c in text.translate(_QUOTES))
    return " ".join("".join(c for c in plain if c.isprintable() or c in "\u200d").split())


def find_named_folder(folders: Sequence[Folder], value: str) -> Folder | None:
    """By its name, its path, its role in French or English; or by the beginning of its name when only one begins so."""
    wanted = _plain(value)
    if not wanted:
        return None
    open_ones = [folder for folder in folders if folder.id]
    for folder in open_ones:
        names = {_plain(lookup.folder_text(folder)), _plain(str(folder.name)), _plain(folder.name.label)}
        if wanted in names or (
            folder.role and wanted.rstrip("s") in {w.rstrip("s") for w in ROLE_WORDS[folder.role].split()}
        ):
            return folder
    begun = [folder for folder in open_ones if _plain(lookup.folder_text(folder)).startswith(wanted)]
    return begun[0] if len(begun) == 1 else None


def _alternatives(changes: dict[str, Any]) -> tuple[Query, ...]:
    """Of one's own addresses each is one."""
    return changes["either"][0] if "either" in changes else (Query(**changes),)


def _both(name: str, one: Any, other: Any) -> Any:
    if isinstance(one, tuple):
        return one + other
    return {"since": max, "before": min}[name](one, other) if name in {"since", "before"} else other


def _plain(value: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(value)).split())


def _term_words(term: Term) -> str:
    text = f"“{term.text}”" if term.phrase else term.text
    words = {
        "anywhere": _("without %s") if term.excluded else "%s",
        "from": _("not from %s") if term.excluded else _("from %s"),
        "to": _("not to %s") if term.excluded else _("to %s"),
        "cc": _("no copy to %s") if term.excluded else _("copy to %s"),
        "subject": _("subject without %s") if term.excluded else _("subject: %s"),
        "file": _("no file %s") if term.excluded else _("file %s"),
    }
    return words[term.where] % text


def _state_words(key: str, wanted: bool) -> str:
    words = {
        "unseen": (_("Unread"), pgettext("messages", "Read")),
        "flagged": (_("Starred"), _("Not starred")),
        "attachment": (_("With attachment"), _("Without attachment")),
        "awaiting": (_("Unanswered"), ""),
    }
    return words[key][0 if wanted else 1]


def period_query(start: date, end: date, today: date) -> str:
    if end - start == timedelta(days=1):
        return _("on %s") % date_text.short_date(start, today)
    return _("from %(first)s to %(last)s") % {
        "first": date_text.short_date(start, today), "last": date_text.short_date(end - timedelta(days=1), today),
    }  # fmt: skip
