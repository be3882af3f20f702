"""The slip that is signed when an OTP key is handed over in person: one sheet for the office, one for the holder."""

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

from vaguemestre.academy.facts import Office, academy
from vaguemestre.accounts.models import Account, OtpHolding, OtpKey
from vaguemestre.letters import serial_numbers
from vaguemestre.letters.letter_content import day_text
from vaguemestre.letters.letterhead import Letterhead, letterhead
from vaguemestre.letters.typesetting import typeset
from vaguemestre.people.models import Person

KINDS = {
    OtpKey.Kind.HOTP: "Un nouveau code à chaque pression du bouton",
    OtpKey.Kind.TOTP: "Un nouveau code toutes les {seconds}\N{NO-BREAK SPACE}secondes",
}


class Slip(TypedDict):
    title: str
    author: str
    number: str
    date: str
    sender: list[str]
    phone: str
    hours: str
    portal: str
    serial: str
    kind: str
    holder: str
    function: str
    place: str
    identifier: str
    agent: str
    dress: Letterhead


def next_slip_number(department: str, *, now: datetime) -> str:
    """`B2026-80-014`. Inside the transaction that sets the key aside."""
    return serial_numbers.take_numbers("B", department, 1, now=now)[0]


def slip_pdf(holding: OtpHolding, *, agent: Account, now: datetime) -> bytes:
    """A PDF. Nothing secret stands on it: the serial number is printed on the key."""
    return typeset(_slip(holding, agent, now), "slip.typ")


def _slip(holding: OtpHolding, agent: Account, now: datetime) -> Slip:
    here, key, person = academy(), holding.key, holding.account.person
    office = _office(key.department)
    return {
        "title": f"Bordereau de remise {holding.slip}",
        "author": here.title,
        "number": holding.slip,
        "date": day_text(timezone.localdate(now)),
        "sender": [here.title, office.name, *office.address],
        "phone": office.phone,
        "hours": office.hours,
        "portal": settings.ORIGIN.removeprefix("https://"),
        "serial": key.serial,
        "kind": KINDS[OtpKey.Kind(key.kind)].format(seconds=key.period),
        "holder": f"{person.civility} {person.full_name}",
        "function": _capital(person.function_label),
        "place": _place(person),
        "identifier": holding.account.identifier,
        "agent": agent.display_name,
        "dress": letterhead(),
    }


def _place(person: Person) -> str:
    posting = person.main_posting
    return f"{posting.school.name}, {posting.school.city} ({posting.school_id})" if posting else ""


def _office(department: str) -> Office:
    found = academy().department(department)
    return found.office if found else academy().rectorat


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
