"""The people whom an account may count and write to as a list: those of its posts, by default none."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.role_lookup import fetch_postings
from vaguemestre.lists.models import SavedList
from vaguemestre.people.functions import DSDEN, RECTORAT, Function, current_postings, in_post
from vaguemestre.people.models import Posting, School

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

    @property
    def is_home(self) -> bool:
        """One's own places, and nothing else."""
        return bool(self.places) and self == Perimeter(places=self.places)

    def __or__(self, other: Self) -> "Perimeter":
        return Perimeter(
            everybody=self.everybody or other.everybody, departments=self.departments | other.departments,
            disciplines=self.disciplines | other.disciplines, places=self.places | other.places,
        )  # fmt: skip

    def covers(self, posting: Posting) -> bool:
        return (
            self.everybody
            or posting.school.department in self.departments
            or posting.discipline in self.disciplines
            or posting.school_id in self.places
        )


@dataclass(frozen=True, slots=True)
class ListPost:
    """A post that opens lists: they belong to it, and stay with who holds it next."""

    place: School
    kind: SavedList.Post
    perimeter: Perimeter


def list_posts(account: Account, today: date) -> list[ListPost]:
    """Those of today, by rank. One query."""
    if not in_post(account.person, today=today):
        return []
    fetch_postings(account)
    found = (_list_post(one) for one in current_postings(account.person, today=today))
    return [one for one in found if one is not None]


def perimeter_of(account: Account, today: date) -> Perimeter:
    """By the posts of today. One query."""
    found = Perimeter()
    for post in list_posts(account, today):
        found |= post.perimeter
    return found


def _list_post(posting: Posting) -> ListPost | None:
    place, function, kind = posting.school, posting.function, posting.school.kind
    if function in HEADS:
        return ListPost(place, SavedList.Post.HEAD, Perimeter(places=frozenset({place.uai})))
    if function in OFFICES and kind == RECTORAT:
        return ListPost(place, SavedList.Post.OFFICE, Perimeter(everybody=True))
    if function in OFFICES and kind == DSDEN:
        return ListPost(place, SavedList.Post.OFFICE, Perimeter(departments=frozenset({place.department})))
    if function == Function.INSPECTION and kind == "circonscription":
        return ListPost(place, SavedList.Post.INSPECTION, Perimeter(places=frozenset({place.uai})))
    if function == Function.INSPECTION and kind == RECTORAT and posting.discipline:
        return ListPost(place, SavedList.Post.INSPECTION, Perimeter(disciplines=frozenset({posting.discipline})))
    return None
