"""Calendars of several programs, and what hostile ones cost."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from icalendar import Calendar

from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.icalendar import invitation
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.testing.invitation import calendar

EIGHT = datetime(2026, 12, 11, 8, tzinfo=UTC)
ZONE = """BEGIN:VTIMEZONE
TZID:Romance Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ={pace};INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""
OWN = "DTSTART;TZID=Romance Standard Time:20260711T140000"


def test_what_outlook_writes() -> None:
    event = """DTSTART;TZID=Romance Standard Time:20260711T140000
DTEND;TZID=Romance Standard Time:20260711T153000
RRULE:FREQ=WEEKLY;BYDAY=FR,MO;UNTIL=20270101T000000Z"""
    found = invitation.parse_invitation(calendar(event, zone=ZONE.format(pace="YEARLY")))
    meeting = found.meetings[0]
    assert found.method == "REQUEST"
    assert isinstance(meeting.start, datetime)
    assert meeting.start.astimezone(UTC) == datetime(2026, 7, 11, 12, 0, tzinfo=UTC)
    assert meeting.organizer == Address("Lecomte, Julien", "julien@x.example")
    assert meeting.guests[0].person.address == "anne@x.example"
    assert meeting.rule is not None
    assert (meeting.rule.every, meeting.rule.days) == ("WEEKLY", ("FR", "MO"))


@pytest.mark.parametrize(
    ("event", "start", "end"),
    [
        ("DTSTART;VALUE=DATE:20261211\nDTEND;VALUE=DATE:20261213", date(2026, 12, 11), date(2026, 12, 12)),
        ("DTSTART;VALUE=DATE:20261211", date(2026, 12, 11), date(2026, 12, 11)),
        ("DTSTART:20261211T080000Z\nDURATION:PT90M", EIGHT, EIGHT + timedelta(minutes=90)),
        ("DTSTART:20261211T080000Z\nDTEND:20261210T080000Z", EIGHT, EIGHT),
        ("DTSTART:20261211T080000\nDTEND:20261211T090000Z", datetime(2026, 12, 11, 8), datetime(2026, 12, 11, 8)),
    ],
    ids=["days", "one day", "duration", "ends before", "mixed zones"],
)
def test_when_it_begins_and_ends(event: str, start: date, end: date) -> None:
    meeting = invitation.parse_invitation(calendar(event)).meetings[0]
    assert (meeting.start, meeting.end) == (start, end)


def test_the_answer_names_one_guest_and_the_same_event() -> None:
    raw = calendar("DTSTART:20261211T080000Z\nRECURRENCE-ID:20261211T070000Z")
    now = datetime(2026, 11, 26, tzinfo=UTC)
    reply = invitation.answer_calendar(raw, Address('Anne "\r\nX-Mal: oui', "anne@x.example"), "ACCEPTED", now)
    found = Calendar.from_ical(reply)
    event = found.walk("VEVENT")[0]
    assert found["METHOD"] == "REPLY"
    assert (event["UID"], event["SEQUENCE"]) == ("abc@x.example", 2)
    assert "RECURRENCE-ID" in event
    assert event["ATTENDEE"] == "mailto:anne@x.example"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert b"\nX-Mal" not in reply


def test_a_senders_own_time_zone_is_its_own() -> None:
    """The library knows zones by their names alone, for the whole process."""
    event, own = 'DTSTART;TZID="tzone://Microsoft/Custom":20261211T090000', ZONE.format(pace="YEARLY")
    own = own.replace("Romance Standard Time", "tzone://Microsoft/Custom")
    far = own.replace("+0100", "-0800").replace("+0200", "-0700")
    hours = [invitation.parse_invitation(calendar(event, zone=zone)).meetings[0].start for zone in (far, own, "")]
    assert [isinstance(hour, datetime) and hour.utcoffset() for hour in hours] == [
        timedelta(hours=-8), timedelta(hours=1), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "pace",
    [
        "SECONDLY", "secondly", "MINUTELY", "YEARLY;BYSECOND=1,2", "YEARLY;BYDAY=MO", "YEARLY;INTERVAL=0",
        "YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "YEARLY;BYMONTH=3;BYDAY=MO", "YEARLY;BYMONTH=1,2,3", "YEARLY;BYEASTER=0",
        "YEARLY;BYMONTH=2;BYMONTHDAY=31", "YEARLY;BYMONTH=2;BYMONTHDAY=1,2,3",
        "YEARLY;BYMONTH=3;BYDAY=5SU;BYMONTHDAY=1", "YEARLY;BYWEEKNO=1",
        "YEARLY\nEXRULE:FREQ=YEARLY", "YEARLY\nRRULE:FREQ=SECONDLY", "YEARLY;BYMONTH=13",
    ],
)  # fmt: skip
def test_a_time_zone_that_strikes_often_or_never_is_refused(pace: str) -> None:
    """It would be followed from year 1601, change by change, or until year 9999."""
    raw = calendar(OWN, zone=ZONE.replace(";INTERVAL=1;BYDAY=-1SU;BYMONTH=10", "").format(pace=pace))
    with pytest.raises(UnpackError, match="zone"):
        invitation.parse_invitation(raw)
    with pytest.raises(UnpackError, match="zone"):
        invitation.answer_calendar(raw, Address("Anne", "anne@x.example"), "ACCEPTED", EIGHT)


def test_a_time_zone_of_many_changes_is_refused() -> None:
    once = "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n{}END:STANDARD\n"
    for changes, taken in (
        (once.format("") * 30, True),
        (once.format("") * 41, False),
        (once.format("RRULE:FREQ=YEARLY\n") * 30, True),
        (once.format("RRULE:FREQ=YEARLY\n").replace("1970", "0001") * 3, False),
        (once.format(f"RDATE:{','.join(['19800101T000000'] * 401)}\n"), False),
        (once.format("").replace("STANDARD", "DAYLIGHT") * 41, False),
    ):
        zone = f"BEGIN:VTIMEZONE\nTZID:Romance Standard Time\n{changes}END:VTIMEZONE\n"
        with nullcontext() if taken else pytest.raises(UnpackError, match="zone"):
            invitation.parse_invitation(calendar(OWN, zone=zone))


@pytest.mark.parametrize("line", ["DTSTART:89990112T080000Z", "DTSTART:21010101T080000Z", "DTSTART:18991231T080000Z"])
def test_nobody_is_invited_in_another_century(line: str) -> None:
    with pytest.raises(UnpackError, match="empty"):
        invitation.parse_invitation(calendar(line))
    [meeting] = invitation.parse_invitation(
        calendar(f"{OWN}\nRRULE:FREQ=DAILY\n{line.replace('DTSTART', 'EXDATE')}")
    ).meetings
    assert meeting.rule is not None
    assert meeting.rule.but == ()


@pytest.mark.parametrize(
    ("winter", "summer", "rule"),
    [
        ("16010101T030000", "16010101T020000", "FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH={}"),
        ("19701025T030000", "19700329T020000", "FREQ=YEARLY;BYMONTH={};BYDAY=-1SU\nTZNAME:CET"),
        ("19961027T030000", "19810329T020000", "FREQ=YEARLY;BYMONTH={};BYDAY=-1SU\nTZNAME:UTC+1"),
        ("16010101T030000", "16010101T020000", "FREQ=YEARLY;WKST=MO;INTERVAL=1;BYMONTH={};BYDAY=-1SU"),
        ("00010101T030000", "00010101T020000", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH={}"),
        ("19701025T030000", "19700329T020000", "FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31;BYMONTH={}"),
        ("19961027T030000", "19810329T020000", "FREQ=YEARLY;UNTIL=21001231T010000Z;BYDAY=-1SU;BYMONTH={}"),
        ("19961027T030000", "19810329T020000", "FREQ=YEARLY;COUNT=3;BYMONTH={};BYMONTHDAY=1\nRDATE:2026{}25T030000"),
    ],
    ids=["Outlook", "Google", "Apple", "Zimbra", ".NET", "Thunderbird", "until", "dates"],
)
def test_the_time_zones_that_programs_write_are_followed(winter: str, summer: str, rule: str) -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Romance Standard Time\nX-LIC-LOCATION:Europe/Paris\n"
    for name, start, month, before, after in (("STANDARD", winter, 10, 2, 1), ("DAYLIGHT", summer, "03", 1, 2)):
        zone += f"BEGIN:{name}\nDTSTART:{start}\nTZOFFSETFROM:+0{before}00\nTZOFFSETTO:+0{after}00\n"
        zone += f"RRULE:{rule.format(month, month)}\nEND:{name}\n"
    for day, hour in (("20260711", 12), ("20261211", 13)):
        event = OWN.replace("20260711", day)
        [meeting] = invitation.parse_invitation(calendar(event, zone=f"{zone}END:VTIMEZONE\n")).meetings
        assert isinstance(meeting.start, datetime)
        assert meeting.start.astimezone(UTC).hour == hour


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"BEGIN:VEVENT\r\n" * 15000, calendar("DTSTART:20261399T990000Z"), calendar("DTSTART:00010101T000000Z"),
        b"x" * (invitation.INPUT_LIMIT + 1), calendar("DTSTART;TZID=Europe:20261211T080000"),
    ],
    ids=["empty", "noise", "no event", "a card", "deep", "no such day", "year 1", "large", "a zone that is a folder"],
)  # fmt: skip
def test_what_cannot_be_understood_says_so(raw: bytes) -> None:
    with pytest.raises(UnpackError):
        invitation.parse_invitation(raw)


@pytest.mark.parametrize("until", ["99991231", "99991231T235959Z"])
def test_a_series_until_the_last_day_of_all_goes_on(until: str) -> None:
    [meeting] = invitation.parse_invitation(
        calendar(f"DTSTART:20261211T080000Z\nRRULE:FREQ=DAILY;UNTIL={until}")
    ).meetings
    assert meeting.rule is not None
    assert meeting.rule.until is None


def test_an_event_that_lasts_beyond_all_days_has_its_beginning_alone() -> None:
    [meeting] = invitation.parse_invitation(calendar("DTSTART:21001231T000000Z\nDURATION:P365000D")).meetings
    assert meeting.end == meeting.start


@given(st.text(alphabet='BEGINVTDS:;=\r\n0123456789ZX-,\\é"', max_size=200))
def test_noise_in_an_event_never_surprises(noise: str) -> None:
    try:
        invitation.parse_invitation(calendar(f"DTSTART:20261211T080000Z\n{noise}"))
    except UnpackError:
        return
