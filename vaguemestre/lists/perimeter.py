"""The people whom an account may count and write to as a list: those of its post, by default none."""

from dataclasses import dataclass
from datetime import date

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.role_lookup import fetch_postings
from vaguemestre.people.functions import DSDEN, RECTORAT, Function, current_postings, in_post
from vaguemestre.people.models import Posting

HEADS = frozenset({Function.HEAD, Function.DEPUTY})
OFFICES = frozenset({Function.OFFICE, Function.HR_OFFICER})  # neither administrators nor help desk


@dataclass(frozen=True, slots=True)
class Perimeter:
    """Posts in any of these. `places` are one's own: there, counts and names are shown as they are."""

    everybody: bool = False
    departments: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return self == Perimeter()


def perimeter_of(account: Account, today: date) -> Perimeter:
    """By the posts of today. One query."""
    if not in_post(account.person, today=today):
        return Perimeter()
    fetch_postings(account)
    posts = current_postings(account.person, today=today)
    inspected = [one for one in posts if one.function == Function.INSPECTION]
    return Perimeter(
        everybody=any(_of_office(one, RECTORAT) for one in posts),
        departments=frozenset(one.school.department for one in posts if _of_office(one, DSDEN)),
        disciplines=frozenset(
            one.discipline for one in inspected if one.discipline and one.school.kind == RECTORAT
        ),
        places=frozenset(one.school_id for one in posts if one.function in HEADS)
        | frozenset(one.school_id for one in inspected if one.school.kind == "circonscription"),
    )  # fmt: skip


def _of_office(posting: Posting, kind: str) -> bool:
    return posting.function in OFFICES and posting.school.kind == kind
