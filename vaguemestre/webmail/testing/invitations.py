"""Shared by tests: invitations."""

from datetime import datetime
from email.message import EmailMessage

from vaguemestre.testing import letter
from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.testing.browser import MailBrowser

TODAY = datetime.now().date()
NEXT_YEAR = f"DTSTART:{TODAY.year + 1}0711T120000Z\nDTEND:{TODAY.year + 1}0711T133000Z"


def invited(raw: bytes, organizer: str = "") -> EmailMessage:
    message = letter("x@ac-amiens.fr", subject="Invitation")
    raw = raw.replace(b"julien@x.example", organizer.encode()) if organizer else raw
    message.add_attachment(
        raw, maintype="text", subtype="calendar", filename="invite.ics", params={"method": "REQUEST"}
    )
    return message


def answer(desk: MailBrowser, uid: int, choice: str, key: str = "") -> int:
    url = desk.url(tail=f"{uid}/pieces/2/reponse/")
    return desk.post(url, {"choix": choice, "cle": key or new_key()}).status_code
