"""What somebody does at a posting, and the roles that follow. A role is never a flag: it ends with the posting."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from vaguemestre.people.categories import CATEGORIES, Family
from vaguemestre.people.models import Person, Posting


class Function(StrEnum):
    """The code of `postingN_function` in the feed."""

    TEACHING = "ENS"
    HEAD = "DIR"
    DEPUTY = "ADJ"
    INSPECTION = "INS"
    SCHOOL_LIFE = "CPE"
    SUPERVISION = "AED"
    SUPPORT = "AESH"
    PSYCHOLOGY = "PSY"
    HEALTH = "SANTE"
    SOCIAL = "SOCIAL"
    OFFICE = "ADM"
    HR_OFFICER = "GEST"
    HELP_DESK = "ASSIST"
    ADMINISTRATOR = "ADMIN"


class Role(StrEnum):
    TEACHER = "teacher"
    SCHOOL_HEAD = "school-head"
    HR_OFFICER = "hr-officer"
    HELP_DESK = "help-desk"
    ADMINISTRATOR = "administrator"


DSDEN = "dsden"
RECTORAT = "rectorat"
# School.kind, with the words people read.
KINDS = {
    "maternelle": "école maternelle",
    "elementaire": "école élémentaire",
    "primaire": "école primaire",
    "college": "collège",
    "lycee": "lycée",
    "lp": "lycée professionnel",
    "erea": "EREA",
    "cio": "centre d’information et d’orientation",
    "circonscription": "circonscription du premier degré",
    DSDEN: "DSDEN",
    RECTORAT: "rectorat",
}

_BY_CATEGORY = {
    "DIRECOLE": Function.HEAD,
    "CHEF": Function.HEAD,
    "ADJ": Function.DEPUTY,
    "IEN": Function.INSPECTION,
    "IAIPR": Function.INSPECTION,
    "AESH": Function.SUPPORT,
    "PSYEN": Function.PSYCHOLOGY,
    "CPE": Function.SCHOOL_LIFE,
    "AED": Function.SUPERVISION,
    "INF": Function.HEALTH,
    "MED": Function.HEALTH,
    "ASS": Function.SOCIAL,
    "ADMR": Function.OFFICE,
    "ADMD": Function.OFFICE,
    "ADME": Function.OFFICE,
}
_HEADS = {"DIRECOLE", "CHEF", "ADJ"}
OFFICE_CATEGORIES = frozenset({"ADMR", "ADMD"})  # the only ones in which somebody may act on others
_OFFICE_ROLES = {
    Function.HR_OFFICER: (Role.HR_OFFICER, {DSDEN, RECTORAT}),
    Function.HELP_DESK: (Role.HELP_DESK, {DSDEN, RECTORAT}),
    Function.ADMINISTRATOR: (Role.ADMINISTRATOR, {RECTORAT}),
}
OFFICE_ROLES = frozenset(role for role, _kinds in _OFFICE_ROLES.values())  # they let people act on others


def usual_function(category: str) -> Function:
    """What a posting's function is when the feed leaves the column empty."""
    return _BY_CATEGORY.get(category, Function.TEACHING)


def roles(person: Person, *, today: date) -> frozenset[Role]:
    """Reads `postings` and their schools. Somebody who has left, or has not started, has no role."""
    if not in_post(person, today=today):
        return frozenset()
    found = category_roles(person.category)
    for posting in current_postings(person, today=today):
        role, kinds = office_role(person.category, posting.function)
        if role and posting.school.kind in kinds:
            found.add(role)
    return frozenset(found)


def category_roles(category: str) -> set[Role]:
    found = set()
    if CATEGORIES[category].family is Family.TEACHING:
        found.add(Role.TEACHER)
    if category in _HEADS:
        found.add(Role.SCHOOL_HEAD)
    return found


def office_role(category: str, function: str) -> tuple[Role | None, Collection[str]]:
    """What this function gives to office staff, and the kinds of place where it does."""
    if category not in OFFICE_CATEGORIES or function not in _OFFICE_ROLES:
        return None, ()
    return _OFFICE_ROLES[Function(function)]


def in_post(person: Person, *, today: date) -> bool:
    return person.present and person.duty_start <= today and (person.duty_end is None or today <= person.duty_end)


def current_postings(person: Person, *, today: date) -> list[Posting]:
    """By rank."""
    current = [p for p in person.postings.all() if p.starts <= today and (p.ends is None or today <= p.ends)]
    return sorted(current, key=lambda posting: posting.rank)
