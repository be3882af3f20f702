"""One line of the list, as somebody types it or as others publish theirs, and a file of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import assert_never

from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.web import separated_values
from vaguemestre.webmail.trust.blocklist.canonical_urls import LONGEST, host_keys, parse_target
from vaguemestre.webmail.trust.lookalikes import STATE

MOST = 500_000
LONGEST_LINE = 4000
_NOWHERE = {"127.0.0.1", "0.0.0.0", "::", "::1"}  # noqa: S104  # how files of hosts begin their lines


class EntryRefusal(StrEnum):
    FORM = auto()
    WIDE = auto()
    OURS = auto()
    DEEP = auto()
    LONG = auto()
    MANY = auto()


class EntryRefusedError(Exception):
    def __init__(self, reason: EntryRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BlocklistLineError:
    line: int
    text: str
    reason: EntryRefusal


@dataclass(slots=True)
class BlocklistFile:
    """Entries in their one form, each once, in the order of the file; and the lines that are none."""

    entries: dict[str, None] = field(default_factory=dict)
    faults: list[BlocklistLineError] = field(default_factory=list)


def parse_entry(typed: str) -> str:
    """In the form that is kept. Raises `EntryRefusedError`. What was made harmless (`hxxp`, `[.]`) is read."""
    text = re.sub(r"[\[(]\.[\])]", ".", typed.strip())
    text = re.sub(r"(?i)^hxxp(?=s?:)", "http", text)
    text = re.sub(r"(?i)^https?:[/\\]*", "", text)
    below = re.match(r"\*?\.(?=[^.])", text)
    text = text[below.end() :] if below else text
    if len(text) > LONGEST:
        raise EntryRefusedError(EntryRefusal.LONG)
    there = None if re.search(r"\s", text) else parse_target(f"https://{text}")
    if there is None or "*" in text:
        raise EntryRefusedError(EntryRefusal.FORM)
    if below and (there.path or there.query):
        raise EntryRefusedError(EntryRefusal.DEEP)
    if "." not in there.host and not there.host.startswith("["):
        raise EntryRefusedError(EntryRefusal.WIDE)
    made = f"*.{there.host}" if below else f"{there.host}{there.path}"
    if there.query and not below:
        made = f"{made}?{there.query}"
    if _names_us(made):
        raise EntryRefusedError(EntryRefusal.OURS)
    return made


def parse_blocklist(lines: Iterable[str], *, table: bool) -> BlocklistFile:
    """`table`: of columns. What begins with `#`, `;` or `!` is a remark."""
    found = BlocklistFile()
    for number, text in _cells(lines, table=table):
        try:
            made = parse_entry(text)
            if len(found.entries) >= MOST:
                raise EntryRefusedError(EntryRefusal.MANY)
        except EntryRefusedError as refused:
            found.faults.append(BlocklistLineError(number, text[:80], refused.reason))
        else:
            found.entries[made] = None
    return found


def refusal_text(reason: EntryRefusal) -> str:
    match reason:
        case EntryRefusal.FORM:
            return _("this is no address of a site")
        case EntryRefusal.WIDE:
            return _("too wide: it would name all the sites of an ending")
        case EntryRefusal.OURS:
            return _("it would name our own sites")
        case EntryRefusal.DEEP:
            return _("a star stands before a site, never before a page")
        case EntryRefusal.LONG:
            return _("too long")
        case EntryRefusal.MANY:
            return _("too many addresses in one list")
    assert_never(reason)


def _cells(lines: Iterable[str], *, table: bool) -> Iterator[tuple[int, str]]:
    mark, first = ",", True
    for number, raw in enumerate(lines, 1):
        line = raw.strip().lstrip("\ufeff")
        if not line or line[0] in "#;!":
            continue
        if len(line) > LONGEST_LINE:
            yield number, line[: LONGEST + 1]
            continue
        if not table:
            yield number, _of_hosts(line)
            continue
        if first:
            mark = separated_values.find_separator(line, ",;\t")
        _line, row = next(separated_values.read_rows(line, mark))
        cells = [cell.strip() for cell in row]
        if not first or not _is_head(cells):
            yield number, next((cell for cell in cells if "://" in cell), cells[0])
        first = False


def _of_hosts(line: str) -> str:
    """`0.0.0.0 evil.example # remark` names the second."""
    line = re.sub(r"\s+#.*", "", line)
    first, _space, second = line.partition(" ") if " " in line else line.partition("\t")
    return second.strip() if first in _NOWHERE and second else line


def _is_head(cells: list[str]) -> bool:
    return not any("." in cell for cell in cells)


def _names_us(made: str) -> bool:
    """Us, or the State: what would name either names far more than somebody meant."""
    return any(made in host_keys(host) for host in (academy().domain, settings.INSTANCE.host, STATE))
