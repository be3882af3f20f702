"""What is typed, in pieces: words, words in quotes, criteria with their operator; and both sides of OU."""

import re
from dataclasses import dataclass, replace
from datetime import date

from vaguemestre.mailbox.mime.word_stems import fold
from vaguemestre.webmail.search.operators import OPERATORS
from vaguemestre.webmail.search.periods import parse_period

OR = {"OU", "OR"}  # in capitals: "ou" is a word that every second mail has
_TOKEN = re.compile(r'(-?)(?:([^\W\d_][\w-]*):)?(?:"([^"]*)"?|([^\s"]+))?')
# "après:cette semaine" is one criterion, as far as it is a date. Not inside quotes.
_DATE = re.compile(r'"[^"]*"|(?<![\w:-])(-?)([^\W\d_][\w-]*): ?([^\s":]+(?: [^\s":]+){1,3})(?![^\s])')
# "taille : > 5 Mo" is one criterion: its spaces go. Not inside quotes.
_SIZE = re.compile(
    r'(?i)"[^"]*"|(?<![\w:-])(-?(?:taille|size|plus-grand|plus-gros|plus-petit|larger|bigger|smaller))'
    r" ?(?:: ?([<>]=?)?|([<>]=?)) ?(\d+(?:[.,]\d+)?)(?: ?([kmg]?i?[ob]|[kmg]|octets?|bytes?)(?!\w))?"
)


@dataclass(frozen=True, slots=True)
class Token:
    source: str  # as typed
    minus: bool
    name: str  # of the operator, or ""
    value: str
    quoted: bool


def parse_tokens(text: str, today: date) -> list[list[Token]]:
    """Each with its alternatives, mostly none. OU before all others or behind them joins nothing: it is a word, and
    stays one, in quotes, when a chip puts something beside it."""
    found: list[list[Token]] = []
    joins = False
    every = _tokens(text, today)
    for place, token in enumerate(every):
        if token.source in OR and found and place + 1 < len(every):
            joins = True
            continue
        if token.source in OR:
            token = replace(token, source=f'"{token.source}"')
        if joins:
            found[-1].append(token)
            joins = False
        else:
            found.append([token])
    return found


def _tokens(text: str, today: date) -> list[Token]:
    """ "de : lecomte" is one too."""
    text = re.sub(r"(?<=\w) :(?= |\Z)", ":", _SIZE.sub(_size_in_one, text))
    text = _DATE.sub(lambda match: _date_in_one(match, today), text)
    found: list[Token] = []
    waiting: tuple[str, bool, str] | None = None
    for match in _TOKEN.finditer(text):
        source, minus, name = match[0], bool(match[1]), match[2] or ""
        value = match[3] if match[3] is not None else match[4] or ""
        if not source:
            continue
        if waiting and not name:
            source, minus, name, waiting = f"{waiting[0]}{source}", waiting[1], waiting[2], None
        elif waiting:
            found.append(Token(*waiting, "", quoted=False))
            waiting = None
        if name and not value and OPERATORS.get(fold(name)) != "file":
            waiting = (source, minus, name)
            continue
        found.append(Token(source, minus, name, value.strip(), match[3] is not None))
    return [*found, Token(*waiting, "", quoted=False)] if waiting else found


def _size_in_one(match: re.Match[str]) -> str:
    name, after, instead, number, unit = (group or "" for group in match.groups())
    return f"{name}:{after or instead}{number}{unit}" if name else match[0]


def _date_in_one(match: re.Match[str], today: date) -> str:
    """In quotes as far as it is one: "avant:3 mai réunion" has a word behind it."""
    if OPERATORS.get(fold(match[2] or "")) not in {"before", "after", "during"}:
        return match[0]
    said = match[3].split(" ")
    for count in range(len(said), 1, -1):
        if parse_period(" ".join(said[:count]), today):
            return " ".join([f'{match[1]}{match[2]}:"{" ".join(said[:count])}"', *said[count:]])
    return match[0]
