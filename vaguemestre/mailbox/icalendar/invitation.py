"""A calendar file as what a person must know of it: what, when, where, who asks; and the answer to it (RFC 5546)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, starmap
from threading import Lock
from typing import Any

from icalendar import Calendar, Component, Event
from icalendar.prop import vCalAddress, vText
from icalendar.timezone import tzp

from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.icalendar import time_zones
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime.header_text import clean_text

INPUT_LIMIT = 256 * 1024
EVENT_LIMIT = 20
GUEST_LIMIT = 200
EXCEPTION_LIMIT = 400  # a school year, day by day
PROGRAM = "-//Vaguemestre//FR"
_CHANGE = re.compile(rb"BEGIN[^:\r\n]*:(?:STANDARD|DAYLIGHT)", re.IGNORECASE)
_YEARS = range(1900, 2101)  # a sender's own time zone is followed from its beginning to the moment that is asked for
_ONE_BY_ONE = Lock()
# What the library lets through on broken files, beside its own ValueError. OSError: a zone called as a folder of zones.
_BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError, OSError)

type Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Attendee:
    person: Address
    answer: str  # "ACCEPTED", "TENTATIVE", "DECLINED", "NEEDS-ACTION"…


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """How it comes back. `days`: two letters each, "MO"; `until` is included."""

    every: str  # "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
    interval: int
    days: tuple[str, ...]
    count: int | None
    until: Moment | None
    but: tuple[Moment, ...] = ()  # those of its dates that were taken out


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """`start` is a mere date when it takes whole days, and `end` is then the last of them. A moment without a zone is
    in the reader's. `zone`: the name under which the sender wrote it."""

    uid: str
    summary: str
    description: str
    place: str
    url: str
    organizer: Address | None
    guests: tuple[Attendee, ...]
    start: Moment
    end: Moment
    zone: str
    rule: RecurrenceRule | None
    one_of_many: bool
    cancelled: bool
    instead_of: Moment | None = None  # the date of a series that this is about
    sequence: int = 0  # how often its organiser has changed it


@dataclass(frozen=True, slots=True)
class Invitation:
    """`method` in capitals: REQUEST asks for an answer, CANCEL takes back, REPLY is somebody's answer; often empty."""

    method: str
    meetings: tuple[CalendarEvent, ...]
    more: int  # meetings that are not among them


def parse_invitation(raw: bytes) -> Invitation:
    """Raises `UnpackError`."""
    calendar = _parsed(raw)
    events = calendar.walk("VEVENT")
    # The series first, then what departs from it.
    events.sort(key=lambda event: "RECURRENCE-ID" in event)
    try:
        found = [meeting for event in events[:EVENT_LIMIT] if (meeting := _meeting(event))]
    except _BROKEN as error:
        raise UnpackError("broken") from error
    if not found:
        raise UnpackError("empty")
    return Invitation(_text(calendar.get("METHOD")).upper(), tuple(found), max(0, len(events) - EVENT_LIMIT))


def answer_calendar(raw: bytes, who: Address, answer: str, now: datetime) -> bytes:
    """The organiser's event with this person's answer only. Raises `UnpackError`."""
    source = _parsed(raw)
    event = next(iter(sorted(source.walk("VEVENT"), key=lambda event: "RECURRENCE-ID" in event)), None)
    if event is None:
        raise UnpackError("empty")
    try:
        return bytes(_reply(source, event, who, answer, now).to_ical())
    except _BROKEN as error:
        raise UnpackError("broken") from error


def _reply(source: Calendar, event: Component, who: Address, answer: str, now: datetime) -> Calendar:
    reply, said = Calendar(), Event()
    reply.add("PRODID", PROGRAM)
    reply.add("VERSION", "2.0")
    reply.add("METHOD", "REPLY")
    for zone in source.walk("VTIMEZONE"):
        reply.add_component(zone)
    for name in ("UID", "RECURRENCE-ID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "ORGANIZER", "SUMMARY"):
        if name in event:
            said[name] = event[name]
    said.add("DTSTAMP", now)
    guest = vCalAddress(f"mailto:{who.address}")
    guest.params["CN"] = vText(clean_text(who.name).replace('"', "'"))
    guest.params["PARTSTAT"] = vText(answer)
    said.add("ATTENDEE", guest, encode=False)
    reply.add_component(said)
    return reply


def _parsed(raw: bytes) -> Calendar:
    if len(raw) > INPUT_LIMIT:
        raise UnpackError("size")
    if len(_CHANGE.findall(raw)) > time_zones.CHANGE_LIMIT:
        raise UnpackError("zone")
    try:
        # The library keeps senders' own zones for the whole process, by their names alone: whoever came first would say
        # how late it is in everybody's invitations ("tzone://Microsoft/Custom").
        with _ONE_BY_ONE:
            tzp.use_default()
            found = Calendar.from_ical(raw)
    except _BROKEN as error:
        raise UnpackError("broken") from error
    if not isinstance(found, Calendar):
        raise UnpackError("kind")
    if not time_zones.can_be_followed(found, _YEARS.stop):
        raise UnpackError("zone")
    return found


def _meeting(event: Any) -> CalendarEvent | None:
    start = _moment(event.get("DTSTART"))
    if start is None:
        return None
    return CalendarEvent(
        uid=_text(event.get("UID")),
        summary=_text(event.get("SUMMARY")),
        description=str(event.get("DESCRIPTION", ""))[:20000],
        place=_text(event.get("LOCATION")),
        url=_text(event.get("URL")),
        organizer=next(_people(event.get("ORGANIZER")), (None,))[0],
        guests=tuple(islice(starmap(Attendee, _people(event.get("ATTENDEE"))), GUEST_LIMIT)),
        start=start,
        end=_end(event, start),
        zone=_zone(event.get("DTSTART")),
        rule=_rule(event.get("RRULE"), _taken_out(event.get("EXDATE"))),
        one_of_many="RECURRENCE-ID" in event,
        cancelled=_text(event.get("STATUS")).upper() == "CANCELLED",
        instead_of=_moment(event.get("RECURRENCE-ID")),
        sequence=_sequence(event.get("SEQUENCE")),
    )


def _sequence(value: Any) -> int:
    written = _text(value)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def _moment(value: Any) -> Moment | None:
    found = getattr(value, "dt", None)
    return found if isinstance(found, date) and found.year in _YEARS else None


def _end(event: Any, start: Moment) -> Moment:
    """The last moment, never before the first. A whole day ends on the day before the one that is written."""
    written = _moment(event.get("DTEND"))
    length = getattr(event.get("DURATION"), "dt", None)
    if written is None:
        one = timedelta() if isinstance(start, datetime) else timedelta(days=1)
        written = start + (length if isinstance(length, timedelta) else one)
        if written.year not in _YEARS:
            return start
    if isinstance(start, datetime) and isinstance(written, datetime):
        return max(start, written) if (written.tzinfo is None) == (start.tzinfo is None) else start
    if isinstance(start, datetime) or isinstance(written, datetime):
        return start  # one a day and the other a moment
    return max(start, written - timedelta(days=1))


def _zone(value: Any) -> str:
    return _text(getattr(value, "params", {}).get("TZID"))[:60]


def _taken_out(value: Any) -> tuple[Moment, ...]:
    """One line for each, or all in one."""
    lines = value if isinstance(value, list) else [value]
    found = (_moment(one) for line in lines for one in getattr(line, "dts", ()))
    return tuple(one for one in islice(found, EXCEPTION_LIMIT) if one)


def _rule(value: Any, but: tuple[Moment, ...]) -> RecurrenceRule | None:
    if isinstance(value, list):
        value = value[0] if value else None
    every = _first(value, "FREQ")
    if every is None:
        return None
    count, until = _first(value, "COUNT"), _first(value, "UNTIL")
    return RecurrenceRule(
        every=str(every).upper(),
        interval=max(1, int(_first(value, "INTERVAL") or 1)),
        days=tuple(str(day).upper()[-2:] for day in value.get("BYDAY", [])[:7]),
        count=int(count) if count else None,
        until=until if isinstance(until, date) and until.year in _YEARS else None,  # 9999 is for ever
        but=but,
    )


def _first(value: Any, name: str) -> Any:
    found = value.get(name) if value else None
    return (found[0] if found else None) if isinstance(found, list) else found


def _people(value: Any) -> Iterator[tuple[Address, str]]:
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        scheme, _colon, address = str(one).partition(":")
        if scheme.lower() == "mailto":
            parameters = getattr(one, "params", {})
            name = _text(parameters.get("CN"))
            yield (
                Address(name if name != address else "", clean_text(address)[:320]),
                _text(parameters.get("PARTSTAT")).upper(),
            )


def _text(value: Any) -> str:
    return clean_text(str(value or ""))[:1000]
