"""Reading an HR feed: one dated snapshot, one person a line. The format is docs/hr-feed.md.

The file is read as a stream of lines of bounded length; a wrong line is refused by itself, a wrong file as a whole.
"""

import csv
import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from vaguemestre.academy.facts import Academy, academy
from vaguemestre.people.facts import FeedLine
from vaguemestre.people.refusal import FeedRejectedError, Identity, Refusal, Remark, value_text
from vaguemestre.people.rows import (
    PERSON_COLUMNS,
    POSTING_COLUMNS,
    POSTINGS,
    RefusedRowError,
    hr_keys_among,
    identity,
    lookups_among,
    read_day,
    read_row,
)
from vaguemestre.people.school_facts import SchoolAccounts

LINE_LIMIT = 32_768  # bytes; a full line has about 1,000
FIRST_MARK = "#INSTANTANE"
LAST_MARK = "#FIN"
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_COLUMNS = {*PERSON_COLUMNS, *(f"posting{rank}_{c}" for rank in range(1, POSTINGS + 1) for c in POSTING_COLUMNS)}
_NEEDED = {*PERSON_COLUMNS, *(f"posting1_{c}" for c in POSTING_COLUMNS)}
_TOLERATED = {f"posting{POSTINGS + 1}_{c}" for c in POSTING_COLUMNS}  # refused where filled, with its reason

Progress = Callable[[int], None]  # bytes read so far


@dataclass(slots=True)
class Feed:
    """What a file says. `refused_identities`: whom the refused lines are about, one a line."""

    dated: date
    digest: str = ""
    count: int = 0
    lines: list[FeedLine] = field(default_factory=list)
    schools: SchoolAccounts = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    refused_identities: list[Identity] = field(default_factory=list)

    def refuse(self, refusals: list[Refusal], who: Identity) -> None:
        self.refused.extend(refusals)
        self.refused_identities.append(who)


def read_feed(path: Path, *, progress: Progress | None = None) -> Feed:
    """Raises FeedRejectedError, and OSError when there is no such file."""
    with path.open("rb") as file:
        return _Reading(file, academy(), progress).feed()


@dataclass(frozen=True, slots=True)
class _RawLine:
    number: int
    content: bytes
    whole: bool  # False: longer than LINE_LIMIT, only its beginning is here


def _raw_lines(file: BinaryIO, digest: "hashlib._Hash", progress: Progress | None) -> Iterator[_RawLine]:
    number = done = 0
    while content := file.readline(LINE_LIMIT):
        number += 1
        whole = content.endswith(b"\n") or len(content) < LINE_LIMIT
        digest.update(content)
        done += len(content)
        yield _RawLine(number, content, whole)
        while not whole and (rest := file.readline(LINE_LIMIT)):
            digest.update(rest)
            done += len(rest)
            whole = rest.endswith(b"\n")
        if progress and number % 500 == 0:
            progress(done)
    if progress:
        progress(done)


class _Reading:
    """One pass over one file."""

    def __init__(self, file: BinaryIO, facts: Academy, progress: Progress | None) -> None:
        self._digest = hashlib.sha256()
        self._lines = _raw_lines(file, self._digest, progress)
        self._academy = facts
        self._delimiter = ";"
        self._last = 0

    def feed(self) -> Feed:
        feed = Feed(self._first_line())
        header = self._header()
        closed = False
        for raw in self._lines:
            self._last = raw.number
            if not raw.content.strip():
                continue
            if closed:
                raise FeedRejectedError(
                    _("there is something after the last line %(mark)s") % {"mark": LAST_MARK}, raw.number
                )
            closed = self._closes(raw, feed.count)
            if not closed:
                feed.count += 1
                self._read_line(raw, header, feed)
        if not closed:
            reason = _("the file stops before its last line %(mark)s;<count>: it is half-written") % {"mark": LAST_MARK}
            raise FeedRejectedError(reason, self._last)
        _refuse_twins(feed)
        feed.digest = self._digest.hexdigest()
        return feed

    def _first_line(self) -> date:
        raw = next(self._lines, None)
        if raw is None:
            raise FeedRejectedError(_("the file is empty"))
        if raw.content.startswith(_UTF16) or b"\x00" in raw.content:
            raise FeedRejectedError(_("the file is in UTF-16: save it as “CSV UTF-8”"), 1)
        text = self._decoded(_RawLine(1, raw.content.removeprefix(_BOM), raw.whole))
        mark, _delimiter, day = text.strip().rstrip(";,").replace(",", ";").partition(";")
        expected = _("the first line must be %(mark)s;<date of the snapshot>, such as %(mark)s;2026-09-01")
        if mark != FIRST_MARK:
            raise FeedRejectedError(expected % {"mark": FIRST_MARK}, 1)
        if (dated := read_day(day)) is None:
            raise FeedRejectedError(expected % {"mark": FIRST_MARK}, 1)
        return dated

    def _header(self) -> list[str]:
        raw = next(self._lines, None)
        if raw is None:
            raise FeedRejectedError(_("the file stops before the line of column names"), 1)
        text = self._decoded(raw)
        self._delimiter = "," if text.count(",") > text.count(";") else ";"
        columns = [column.strip().lower() for column in self._split(text)]
        _check_columns(columns)
        return columns

    def _closes(self, raw: _RawLine, counted: int) -> bool:
        if not raw.content.lstrip(b'"').startswith(LAST_MARK.encode()):
            return False
        fields = [value.strip(' "') for value in self._decoded(raw).strip().replace(",", ";").split(";")]
        if fields[0] != LAST_MARK or len(fields) < 2 or not fields[1].isascii() or not fields[1].isdigit():
            raise FeedRejectedError(_("the last line has no count: %(mark)s;<count>") % {"mark": LAST_MARK}, raw.number)
        announced = fields[1].lstrip("0") or "0"  # as text: a number has as many digits as the file likes
        if announced != str(counted):
            reason = _("the last line announces %(announced)s persons and the file has %(counted)s")
            raise FeedRejectedError(reason % {"announced": value_text("", announced), "counted": counted}, raw.number)
        return True

    def _read_line(self, raw: _RawLine, header: list[str], feed: Feed) -> None:
        if not raw.whole:
            feed.refuse([self._too_long(raw, header)], self._whose(raw))
            return
        try:
            values = [value.strip() for value in self._split(self._decoded(raw))]
        except csv.Error:
            reason = _("a quotation mark is never closed")
            feed.refuse([Refusal(raw.number, header[0], "", reason)], self._whose(raw))
            return
        if refusal := _wrong_shape(raw.number, values, header):
            feed.refuse([refusal], self._whose(raw))
            return
        row = dict(zip(header, values, strict=True))
        try:
            line, schools, remarks = read_row(raw.number, row, self._academy)
        except RefusedRowError as refused:
            feed.refuse(refused.refusals, identity(row))
            return
        feed.lines.append(line)
        feed.remarks.extend(remarks)
        for rank, school in schools:
            feed.schools.setdefault(school.uai, {}).setdefault(school, []).append((raw.number, rank))

    def _split(self, text: str) -> list[str]:
        """One line is one person: a line break inside quotation marks is not accepted."""
        return next(csv.reader([text.rstrip("\r\n")], delimiter=self._delimiter, strict=True), [])

    def _decoded(self, raw: _RawLine) -> str:
        try:
            # Composed: an é of two characters (a Mac's) is the é of one.
            return unicodedata.normalize("NFC", raw.content.decode("utf-8"))
        except UnicodeDecodeError as error:
            if not raw.whole:  # cut in the middle of a character
                return raw.content.decode("utf-8", errors="replace")
            reason = _("the file is not in UTF-8 (probably Windows-1252): save it as “CSV UTF-8”")
            raise FeedRejectedError(reason, raw.number) from error

    def _whose(self, raw: _RawLine) -> Identity:
        """Columns may be shifted: a NUMEN is still recognised, wherever it stands. Beside it any value may be the key,
        by which alone somebody is known until the first NUMEN."""
        fragments = raw.content.decode("utf-8", errors="replace").split(self._delimiter)
        lookups = lookups_among(fragments)
        return Identity(lookups, hr_keys_among(fragments) if lookups else ())

    def _too_long(self, raw: _RawLine, header: list[str]) -> Refusal:
        values = raw.content.decode("utf-8", errors="replace").split(self._delimiter)
        column = header[min(len(values), len(header)) - 1]
        reason = _("a line has at most %(limit)s bytes") % {"limit": LINE_LIMIT}
        return Refusal(raw.number, column, value_text(column, values[-1]), reason)


def _check_columns(columns: list[str]) -> None:
    for column in columns:
        if column not in _COLUMNS | _TOLERATED:
            raise FeedRejectedError(_("unknown column: %(column)s") % {"column": value_text("", column) or "?"}, 2)
        if columns.count(column) > 1:
            raise FeedRejectedError(_("column given twice: %(column)s") % {"column": column}, 2)
    if missing := [column for column in (*PERSON_COLUMNS, *sorted(_NEEDED)) if column not in columns]:
        raise FeedRejectedError(_("missing column: %(column)s") % {"column": ", ".join(dict.fromkeys(missing))}, 2)


def _wrong_shape(number: int, values: list[str], header: list[str]) -> Refusal | None:
    """A NUL byte, or more or fewer values than columns: a delimiter too many shifts everything that follows."""
    for column, value in zip(header, values, strict=False):
        if "\x00" in value:
            return Refusal(number, column, value_text(column, value), _("a NUL byte"))
    if len(values) == len(header):
        return None
    reason = _("%(values)s values for %(columns)s columns") % {"values": len(values), "columns": len(header)}
    return Refusal(number, header[min(len(values), len(header)) - 1], "", reason)


def _refuse_twins(feed: Feed) -> None:
    """Two lines with one NUMEN or one HR key: nobody can tell which is right, so neither is taken."""
    first: dict[str, FeedLine] = {}
    twins: dict[int, Refusal] = {}
    for line in feed.lines:
        keys = [("hr_key", line.hr_key)] if line.hr_key else []
        if line.numen:
            keys.append(("numen", line.numen.lookup))
        for column, key in keys:
            other = first.setdefault(f"{column} {key}", line)
            if other is not line:
                value = value_text(column, line.numen if column == "numen" else line.hr_key)
                reason = _("also on line %(line)s")
                twins[line.number] = Refusal(line.number, column, value, reason % {"line": other.number})
                twins.setdefault(other.number, Refusal(other.number, column, value, reason % {"line": line.number}))
    for line in feed.lines:
        if line.number in twins:
            feed.refuse([twins[line.number]], line.identity)
    feed.lines = [line for line in feed.lines if line.number not in twins]
    feed.refused.sort(key=lambda refusal: refusal.line)
