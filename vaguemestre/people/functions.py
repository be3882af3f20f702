"""What somebody does at a posting, and the roles that follow. A role is never a flag: it ends with the posting."""

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
}
_HEADS = {"DIRECOLE", "CHEF", "ADJ"}
_OFFICE_CATEGORIES = {"ADMR", "ADMD"}
_OFFICE_ROLES = {
    Function.HR_OFFICER: (Role.HR_OFFICER, {DSDEN, RECTORAT}),
    Function.HELP_DESK: (Role.HELP_DESK, {DSDEN, RECTORAT}),
    Function.ADMINISTRATOR: (Role.ADMINISTRATOR, {RECTORAT}),
}


def usual_function(category: str) -> Function:
    """What a posting's function is when the feed leaves the column empty."""
    return _BY_CATEGORY.get(category, Function.TEACHING)


def roles(person: Person, *, today: date) -> frozenset[Role]:
    """Reads `postings` and their schools. Somebody who has left, or has not started, has no role."""
    if not in_post(person, today=today):
        return frozenset()
    found = {role for posting in current_postings(person, today=today) if (role := _office_role(person, posting))}
    if CATEGORIES[person.category].family is Family.TEACHING:
        found.add(Role.TEACHER)
    if person.category in _HEADS:
        found.add(Role.SCHOOL_HEAD)
    return frozenset(found)


def in_post(person: Person, *, today: date) -> bool:
    return person.present and person.duty_start <= today and (person.duty_end is None or today <= person.duty_end)


def current_postings(person: Person, *, today: date) -> list[Posting]:
    """By rank."""
    current = [p for p in person.postings.all() if p.starts <= today and (p.ends is None or today <= p.ends)]
    return sorted(current, key=lambda posting: posting.rank)


def _office_role(person: Person, posting: Posting) -> Role | None:
    if person.category not in _OFFICE_CATEGORIES or posting.function not in _OFFICE_ROLES:
        return None
    role, kinds = _OFFICE_ROLES[Function(posting.function)]
    return role if posting.school.kind in kinds else None
