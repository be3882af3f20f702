"""An invitation as a card, and the answer that the organiser's calendar understands."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from icalendar import Calendar

from vaguemestre.mailbox.icalendar import invitation
from vaguemestre.mailbox.icalendar.invitation import RecurrenceRule
from vaguemestre.mailbox.testing.invitation import calendar
from vaguemestre.testing import wait_for_mail
from vaguemestre.webmail.invitations.recurrence import local_time, recurrence_text
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.invitations import NEXT_YEAR, TODAY, answer, invited
from vaguemestre.webmail.testing.pages import body


def test_the_card_is_in_the_reader_and_in_the_viewer(desk: MailBrowser) -> None:
    uid = desk.put(
        invited(calendar(f"{NEXT_YEAR}\nLOCATION:Salle 12\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=3"))
    )
    for tail in (f"{uid}/", f"{uid}/pieces/2/vue/"):
        html = body(desk.get(desk.url(tail=tail)))
        assert "Conseil de classe" in html
        assert "de 14\u00a0h\u00a000 à 15\u00a0h\u00a030" in html  # UTC, two hours earlier in July
        assert "toutes les 2 semaines, le lundi et le jeudi, 3 fois" in html
        assert "Salle 12" in html
        assert "Accepter" in html


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (calendar("DTSTART:20200711T120000Z"), "est passé"),
        (calendar("DTSTART:20200711T120000Z\nRRULE:FREQ=DAILY;UNTIL=20200801T000000Z"), "est passé"),
        (calendar(NEXT_YEAR, method="CANCEL"), "est annulé"),
        (calendar(f"{NEXT_YEAR}\nSTATUS:CANCELLED"), "est annulé"),
        (calendar(f"{NEXT_YEAR}\nRECURRENCE-ID:20270708T120000Z", method="CANCEL"), "date de la série est annulée"),
        (
            calendar(NEXT_YEAR.replace("\n", "\nX-A:1\n"), method="REPLY").replace(b"NEEDS-ACTION", b"DECLINED"),
            "Anne décline",
        ),
        (calendar(NEXT_YEAR, method="PUBLISH"), "Conseil de classe"),
        (
            calendar("DTSTART;VALUE=DATE:20261211\nDTEND;VALUE=DATE:20261213", method="PUBLISH"),
            "du vendredi 11\u00a0décembre",
        ),
    ],
    ids=["past", "series over", "cancelled", "called off", "one date", "somebody’s answer", "published", "whole days"],
)
def test_what_needs_no_answer_offers_none(desk: MailBrowser, raw: bytes, said: str) -> None:
    uid = desk.put(invited(raw))
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert said in html
    assert "Accepter" not in html
    assert ("noter ce rendez-vous" in html) == (b"PUBLISH" in raw)  # what one may note elsewhere
    assert answer(desk, uid, "oui") == 302
    assert not Outgoing.objects.exists()


def test_dates_that_are_left_out_are_said() -> None:
    """The next ones, in the reader's days, however they are written; what is past is not."""
    written = """DTSTART;TZID=Europe/Paris:20261203T233000
RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20270325T000000Z
EXDATE;TZID=Europe/Paris:20261217T233000,20261231T233000
EXDATE:20200102T223000Z
EXDATE;VALUE=DATE:20270114"""
    today = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert repeats(written, today).endswith(
        "sauf ces jours\u00a0: jeudi 17\u00a0décembre 2026, jeudi 31\u00a0décembre 2026, jeudi 14\u00a0janvier 2027"
    )
    assert repeats(written, today + timedelta(days=40)).endswith(", sauf le jeudi 14\u00a0janvier 2027")
    assert "sauf" not in repeats(written, today + timedelta(days=60))
    many = ",".join(f"202701{day:02}T120000Z" for day in range(1, 21))
    assert repeats(f"DTSTART:20261203T120000Z\nRRULE:FREQ=DAILY\nEXDATE:{many}", today).endswith(
        "mercredi 6\u00a0janvier 2027 et 14 autres"
    )


def repeats(event: str, now: datetime) -> str:
    [meeting] = invitation.parse_invitation(calendar(event)).meetings
    assert meeting.rule
    return recurrence_text(meeting.rule, now)


class Odd(tzinfo):
    """A sender's own zone, which may be slow to follow, or not to be computed."""

    def __init__(self, wrong: type[Exception] | None = None) -> None:
        self.asked, self.wrong = 0, wrong

    def utcoffset(self, _when: datetime | None) -> timedelta:
        self.asked += 1
        if self.wrong:
            raise self.wrong
        return timedelta(hours=-8)

    dst = utcoffset

    def tzname(self, _when: datetime | None) -> str:
        return "odd"


def test_of_many_dates_that_are_left_out_few_are_counted_over() -> None:
    """Each is as slow as the sender's zone would have it."""
    zone = Odd()
    dates = tuple(datetime(2026, 11, 27, 20, tzinfo=zone) + timedelta(days=place % 390 - 20) for place in range(400))
    said = recurrence_text(RecurrenceRule("DAILY", 1, (), None, None, dates), datetime(2026, 11, 27, tzinfo=UTC))
    assert "vendredi 27\u00a0novembre 2026" in said  # the evening before over there
    assert "samedi 28\u00a0novembre 2026" in said
    assert 0 < zone.asked < 100


@pytest.mark.parametrize("wrong", [ValueError, OverflowError, TypeError])
def test_a_zone_that_cannot_be_computed_is_read_as_ours(wrong: type[Exception]) -> None:
    moment = datetime(2027, 1, 12, 8, tzinfo=Odd(wrong))
    said = recurrence_text(RecurrenceRule("DAILY", 1, (), None, moment, (moment,)), datetime(2026, 11, 27, tzinfo=UTC))
    assert said.count("mardi 12\u00a0janvier 2027") == 2
    assert local_time(moment).hour == 8


def test_a_time_zone_that_nobody_knows_is_said(desk: MailBrowser) -> None:
    event = f"DTSTART;TZID=Nulle Part:{TODAY.year + 1}0711T090000"
    html = body(desk.get(desk.url(tail=f"{desk.put(invited(calendar(event)))}/")))
    assert "le pays de l’expéditeur n’est pas reconnu (Nulle Part)" in html


def test_accepting_writes_to_the_organiser_once(desk: MailBrowser, neighbour: MailBrowser) -> None:
    raw = calendar(NEXT_YEAR).replace(b"anne@x.example", desk.mail.address.encode())
    raw = raw.replace(b"SUMMARY:", b"SUMMARY:Quand ? ")
    uid, key = desk.put(invited(raw, neighbour.mail.address)), new_key()
    assert answer(desk, uid, "oui", key) == 302
    assert answer(desk, uid, "oui", key) == 302
    assert "Aucune réponse attendue" in body(desk.get(desk.url("sent", "?voir=sans-reponse")))
    received = neighbour.stored("inbox")
    assert len(received) == 1
    said = next(part for part in received[0].walk() if part.get_content_type() == "text/calendar")
    assert said.get_param("method") == "REPLY"
    content = said.get_payload(decode=True)
    assert isinstance(content, bytes)
    event = Calendar.from_ical(content).walk("VEVENT")[0]
    assert event["ATTENDEE"] == f"mailto:{desk.mail.address}"
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert received[0]["From"].endswith(f"<{desk.mail.address}>")
    assert len(desk.stored("sent")) == 1
    assert {"$Accepted", "\\Answered"} <= desk.flags(uid)
    assert "Invitation acceptée." in body(desk.get(desk.url(tail=f"{uid}/")))
    answer(desk, uid, "non")
    wait_for_mail(neighbour.mail, 2)
    assert "$Declined" in desk.flags(uid)
    assert "$Accepted" not in desk.flags(uid)


def test_one_s_own_invitation_is_not_answered(desk: MailBrowser) -> None:
    uid = desk.put(invited(calendar(NEXT_YEAR), desk.mail.address))
    assert "Accepter" not in body(desk.get(desk.url(tail=f"{uid}/")))


def test_junk_is_not_answered(desk: MailBrowser) -> None:
    uid = desk.put(invited(calendar(NEXT_YEAR)), "junk")
    desk.post(desk.url("junk", f"{uid}/retenue/levee/"))
    for tail in (f"{uid}/", f"{uid}/pieces/2/vue/"):
        assert "Accepter" not in body(desk.get(desk.url("junk", tail)))
    response = desk.post(desk.url("junk", f"{uid}/pieces/2/reponse/"), {"choix": "oui", "cle": new_key()})
    assert response.status_code == 404


def test_while_postfix_is_away_the_answer_waits(desk: MailBrowser, no_postfix: Callable[[], None]) -> None:
    uid = desk.put(invited(calendar(NEXT_YEAR)))
    no_postfix()
    assert answer(desk, uid, "peut-etre") == 302
    waiting = Outgoing.objects.get()
    assert (waiting.state, waiting.recipients) == (Outgoing.State.QUEUED, ["julien@x.example"])
    assert waiting.message_path.exists()


@pytest.mark.parametrize(("choice", "key"), [("", "0" * 32), ("oui", "../../x"), ("jamais", "0" * 32)])
def test_a_wrong_answer_is_a_404(desk: MailBrowser, choice: str, key: str) -> None:
    uid = desk.put(invited(calendar(NEXT_YEAR)))
    assert answer(desk, uid, choice, key) == 404


def test_a_key_of_somebody_else_is_a_404(desk: MailBrowser, neighbour: MailBrowser, now: datetime) -> None:
    key = new_key()
    Outgoing.objects.create(key=key, account=neighbour.mail.account, created_at=now, changed_at=now + timedelta())
    assert answer(desk, desk.put(invited(calendar(NEXT_YEAR))), "oui", key) == 404


def test_a_broken_calendar_does_not_harm_the_message(desk: MailBrowser) -> None:
    uid = desk.put(invited(b"BEGIN:VCALENDAR\r\nrien"))
    assert "Invitation" in body(desk.get(desk.url(tail=f"{uid}/")))
    assert "endommagé" in body(desk.get(desk.url(tail=f"{uid}/pieces/2/vue/")))
