"""What stands on one letter, in words. Typst sets it; nothing of this is kept."""

from datetime import date, datetime, timedelta
from typing import TypedDict

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.letters.address_block import Name, address_block
from vaguemestre.letters.letterhead import Letterhead, letterhead
from vaguemestre.letters.models import Letter
from vaguemestre.letters.sealed_passwords import unseal
from vaguemestre.people import numen
from vaguemestre.people.models import Person
from vaguemestre.people.offices import office_of

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SALUTATIONS = {"M.": "Monsieur,", "Mme": "Madame,"}
LONGEST_OFFICER = 40
STILL_NEW = timedelta(days=90)


class UnprintableError(Exception):
    """This letter cannot be sent as it is; the message says what to do about it."""


class LetterContent(TypedDict):
    number: str
    date: str
    sender: list[str]
    followed: str
    phone: str
    window: list[str]
    salutation: str
    opening: str
    identifier: str
    password: str
    address: str
    numen: str | None
    expires: str
    closing: str


class Frame(TypedDict):
    title: str
    author: str
    portal: str
    length: str
    hours: str
    help: list[dict[str, str]]
    privacy: str
    dress: Letterhead


def letter_frame(batch_number: str) -> Frame:
    here = academy()
    offices = [(department.name, department.office) for department in here.departments]
    return {
        "title": f"Lettres d’identifiants, lot {batch_number}",
        "author": here.title,
        "portal": settings.ORIGIN.removeprefix("https://"),
        "length": str(here.passwords.minimum_length),
        "hours": here.rectorat.hours,
        "help": [{"name": name, "phone": office.phone} for name, office in [*offices, ("Rectorat", here.rectorat)]],
        "privacy": f"dpd@{here.domain}",
        "dress": letterhead(),
    }


def check_printable(letter: Letter, *, now: datetime) -> list[str]:
    """The address block, when everything else allows printing too. Raises UnprintableError or AddressRefusedError."""
    account = letter.account
    if account.password_kind != Account.PasswordKind.PROVISIONAL:
        raise UnprintableError(_("the password has changed since: the letter must be made again"))
    if account.provisional_expires_at is None or account.provisional_expires_at <= now:
        raise UnprintableError(_("the provisional password has expired: the letter must be made again"))
    return _window(account.person)


def letter_sheet(letter: Letter, *, now: datetime) -> LetterContent:
    """Opens the seal. Raises as `check_printable` does."""
    window = check_printable(letter, now=now)
    account, person = letter.account, letter.account.person
    office = office_of(person)
    expires = account.provisional_expires_at
    return {
        "number": letter.number,
        "date": day_text(timezone.localdate(now)),
        "sender": [academy().title, office.name, *office.address],
        "followed": _officer(person) or office.name,
        "phone": office.phone,
        "window": window,
        "salutation": SALUTATIONS[person.civility],
        "opening": _opening(letter, timezone.localdate(now)),
        "identifier": account.identifier,
        "password": unseal(letter.sealed or ""),
        "address": account.address,
        "numen": numen.clear_numen(person) if academy().letter.include_numen else None,
        "expires": day_text(timezone.localdate(expires)),
        "closing": "Bienvenue dans l’académie." if _is_new(letter, timezone.localdate(now)) else "",
    }


def day_text(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day}\N{NO-BREAK SPACE}{MONTHS[day.month - 1]} {day.year}"


def _window(person: Person) -> list[str]:
    name = Name(person.civility, person.first_name, person.family_name)
    if academy().letter.send_to == "home":
        return address_block(name, person.address_lines)
    posting = person.main_posting
    if posting is None:
        raise UnprintableError(_("no establishment to send the letter to"))
    return address_block(name, [f"S/C {posting.school.name}", posting.school.city], internal=True)


def _officer(person: Person) -> str | None:
    return person.officer if person.officer and len(person.officer) <= LONGEST_OFFICER else None


def _opening(letter: Letter, today: date) -> str:
    if letter.reason == Letter.Reason.REISSUE:
        return (
            "Voici de nouveaux codes pour votre courrier et vos services. "
            "Ceux de la lettre précédente, si elle vous est parvenue, ne valent plus."
        )
    start, waiting = letter.account.opens_on, "des messages vous y attendent peut-être déjà. Voici de quoi entrer."
    if start > today:
        return (
            f"Vous prenez vos fonctions le {day_text(start)}. Votre boîte s’ouvre ce jour-là\N{NARROW NO-BREAK SPACE}; "
            "des messages vous y attendront peut-être déjà. Voici de quoi entrer."
        )
    if _is_new(letter, today):
        return f"Vous avez pris vos fonctions le {day_text(start)}. Votre boîte est ouverte, et {waiting}"
    return f"Votre boîte est ouverte, et {waiting}"


def _is_new(letter: Letter, today: date) -> bool:
    """Those who are already here when the service opens get a letter too, but no welcome."""
    return letter.reason == Letter.Reason.JOINER and today - letter.account.opens_on < STILL_NEW
