"""A meeting that was called off, or moved, by a later mail of its organiser; and by whom it cannot be."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from unittest.mock import patch

import pytest
from django.utils import timezone

from vaguemestre.mailbox.errors import MailboxUnavailableError
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.testing.invitation import calendar
from vaguemestre.mailbox.values import Uid
from vaguemestre.testing import letter
from vaguemestre.webmail.connection import mail_name
from vaguemestre.webmail.invitations import updates
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.invitations import NEXT_YEAR, answer
from vaguemestre.webmail.testing.pages import body

JULIEN = "Julien Lecomte <julien@x.example>"
DATE = "RECURRENCE-ID:20270708T120000Z"
OURS = "messagerie.ac-amiens.fr; dmarc={}"
PROVED = OURS.format("pass header.from=x.example")
LONG = "040000008200E00074C5B7101A82E008" + "00000000" * 8 + "10000000DEADBEEF"

IDENTIFIERS = [
    "abc@x.example", "1@x.example", LONG, "6F9619FF-8B86-D011-B42D-00C04FC964FF",
    "7kukuqrfedlm2f9t0vr1jvb8j0_R20270708T120000@google.com", "20261127T101500Z-4711@agenda.x.example",
]  # fmt: skip


def said(
    method: str = "REQUEST", sequence: int = 2, event: str = NEXT_YEAR, *,
    sender: str = JULIEN, organizer: str = "julien@x.example", uid: str = "abc@x.example", inline: bool = False,
    **headers: str,
) -> EmailMessage:  # fmt: skip
    raw = calendar(event, method=method).replace(b"SEQUENCE:2", f"SEQUENCE:{sequence}".encode())
    raw = raw.replace(b"mailto:julien@x.example", b"mailto:" + organizer.encode())
    raw = raw.replace(b"UID:abc@x.example", f"UID:{uid[:71]}{chr(13)}{chr(10)} {uid[71:]}".encode())
    message = letter("m@ac-amiens.fr", sender=sender, subject=f"{method} {sequence}", **headers)
    if inline:
        message.add_alternative(raw.decode(), subtype="calendar", params={"method": method})
    else:
        message.add_attachment(raw, maintype="text", subtype="calendar", filename="invite.ics")
    return message


def put_at(desk: MailBrowser, message: EmailMessage, second: int) -> Uid:
    hour = timezone.now() - timedelta(minutes=1)
    with desk.session() as session:
        uid = session.append(desk.id(), message.as_bytes(policy=SMTP), (), hour + timedelta(seconds=second))
    assert uid is not None
    return uid


def page(desk: MailBrowser, uid: int) -> str:
    return body(desk.get(desk.url(tail=f"{uid}/")))


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize("uid", IDENTIFIERS)
def test_a_meeting_that_was_called_off_is_not_answered(desk: MailBrowser, uid: str, inline: bool) -> None:
    first = desk.put(said(uid=uid))
    assert "Accepter" in page(desk, first)
    later = desk.put(said("CANCEL", uid=uid, inline=inline, event=f"{NEXT_YEAR}\nSTATUS:CANCELLED"))
    for html in (page(desk, first), body(desk.get(desk.url(tail=f"{first}/pieces/2/vue/")))):
        assert "Cette réunion a été annulée le" in html
        assert f'href="{desk.url(tail=f"{later}/")}"' in html
        assert "Accepter" not in html
        assert "noter ce rendez-vous" not in html
    assert answer(desk, first, "oui") == 302  # from a page that was open before
    assert not Outgoing.objects.exists()


def test_a_newer_version_is_where_one_answers(desk: MailBrowser) -> None:
    first, newer = desk.put(said()), desk.put(said(sequence=3))
    html = page(desk, first)
    assert "Une version plus récente de cette invitation est arrivée le" in html
    assert f'href="{desk.url(tail=f"{newer}/")}"' in html
    assert "Accepter" not in html
    assert "Accepter" in page(desk, newer)
    newest = desk.put(said("CANCEL", 4))
    assert f'href="{desk.url(tail=f"{newest}/")}"' in page(desk, first)
    assert "a été annulée" in page(desk, newer)


@pytest.mark.parametrize(
    "message",
    [
        said("CANCEL", sender="Julien Lecomte <julien@y.example>"),
        said("CANCEL", organizer="anne@x.example"),
        said("CANCEL", 1),
        said("CANCEL", uid="abc2@x.example"),
        said("CANCEL", event=f"{NEXT_YEAR}\n{DATE}"),
        said("REPLY", 3),
        said(),  # the same once more
        said("CANCEL", Authentication_Results=OURS.format("fail header.from=x.example (policy=none)")),
        said("CANCEL", Authentication_Results=OURS.format("fail header.from=x.example (policy=reject)")),
    ],
    ids=["sender", "organiser", "older", "another", "one date", "reply", "again", "unproven", "fake"],
)
def test_what_calls_nothing_off(desk: MailBrowser, message: EmailMessage) -> None:
    first = desk.put(said())
    desk.put(message)
    assert "Accepter" in page(desk, first)
    assert "a été annulée" not in page(desk, first)


def test_what_was_proved_is_called_off_by_what_is_proved(desk: MailBrowser) -> None:
    first = desk.put(said(Authentication_Results=PROVED))
    desk.put(said("CANCEL"))
    assert "Accepter" in page(desk, first)
    desk.put(said("CANCEL", Authentication_Results=PROVED))
    assert "a été annulée" in page(desk, first)


def test_one_date_of_a_series(desk: MailBrowser) -> None:
    first = desk.put(said(event=f"{NEXT_YEAR}\n{DATE}"))
    desk.put(said("CANCEL", event=f"{NEXT_YEAR}\n{DATE.replace('0708', '0709')}"))
    assert "Accepter" in page(desk, first)
    desk.put(said("CANCEL", event=f"{NEXT_YEAR}\n{DATE}"))
    assert "a été annulée" in page(desk, first)


def test_a_series_takes_its_dates_with_it(desk: MailBrowser) -> None:
    first = desk.put(said(event=f"{NEXT_YEAR}\n{DATE}"))
    desk.put(said("CANCEL"))
    assert "a été annulée" in page(desk, first)


def test_junk_calls_nothing_off(desk: MailBrowser) -> None:
    first = desk.put(said())
    desk.put(said("CANCEL"), "junk")
    assert "Accepter" in page(desk, first)


def test_only_what_can_be_answered_is_looked_for(desk: MailBrowser) -> None:
    """Nor does a message without a calendar cost anything."""
    plain, over = desk.put(letter("m@ac-amiens.fr")), desk.put(said(event="DTSTART:20200711T120000Z"))
    with patch.object(Session, "search", side_effect=AssertionError):
        page(desk, plain)
        assert "est passé" in page(desk, over)


def test_what_it_costs(desk: MailBrowser, trips: list[int]) -> None:
    """Two trips where nothing is found, however much its organiser writes; its calendar is the third."""
    first, plain = desk.put(said()), desk.put(letter("m@ac-amiens.fr", sender=JULIEN, text="abc et vcalendar"))
    spent = []
    for uid in (plain, first, plain, first):
        trips.clear()
        page(desk, uid)
        spent.append(sum(trips))
    assert spent[-1] - spent[-2] == 3


def test_who_was_uninvited_and_is_invited_again(desk: MailBrowser) -> None:
    """Outlook counts that as no change of the meeting."""
    first, off, again = (
        put_at(desk, said(method), second) for second, method in enumerate(("REQUEST", "CANCEL", "REQUEST"))
    )
    assert off
    assert "Accepter" in page(desk, first)
    assert "Accepter" in page(desk, again)


def test_what_was_put_off_and_is_back_was_called_off_meanwhile(desk: MailBrowser) -> None:
    """The server says the hour of its return."""
    first = said()
    first.replace_header("Date", timezone.localtime() - timedelta(days=5))
    off = said("CANCEL")
    off.replace_header("Date", timezone.localtime() - timedelta(days=3))
    put_at(desk, off, -3 * 24 * 3600)
    assert "a été annulée" in page(desk, put_at(desk, first, 0))


def test_what_came_in_unjudged_by_the_public_door_calls_nothing_off(desk: MailBrowser) -> None:
    """Who spoils the line of our own servers is not better off than who is judged."""
    first = desk.put(said())
    came = f"from x.example (x.example [192.0.2.1]) by {mail_name()} (Postfix) with ESMTPS id A"
    desk.put(said("CANCEL", Received=came))
    assert "Accepter" in page(desk, first)


@pytest.mark.parametrize("organizer", ["", "julien", 'é"@é.example', "{9+}@x.example", "x" * 400 + "@x.example"])
def test_an_organiser_who_is_none(desk: MailBrowser, organizer: str) -> None:
    assert "Accepter" in page(desk, desk.put(said(organizer=organizer)))


def test_a_search_without_an_answer_keeps_no_message_from_being_read(desk: MailBrowser) -> None:
    """A mailbox whose index is being made, say: the connection is gone then, and the page continues with another."""

    def silent(session: Session, *_asked: object, patience: float, **_how: object) -> None:
        assert patience == updates.PATIENCE
        session._link.connection.close()
        raise MailboxUnavailableError("no answer")

    uid = desk.put(said())
    with patch.object(Session, "search", silent):
        response = desk.get(desk.url(tail=f"{uid}/"))
    assert response.status_code == 200
    assert "Accepter" in body(response)
