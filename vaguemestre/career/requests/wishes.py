"""The ordered list of a transfer: a school, or more widely any post of a commune or of a department."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.career.models import ServiceRequest, Wish
from vaguemestre.people.folding import searched_as, words
from vaguemestre.people.functions import DSDEN, KINDS, RECTORAT
from vaguemestre.people.models import School
from vaguemestre.people.uai import InvalidUaiError, Uai

OFFICES = (DSDEN, RECTORAT, "circonscription")  # nobody teaches there
SORTS = {kind: label for kind, label in KINDS.items() if kind not in OFFICES}
MOST_SHOWN = 12
MOST_COMMUNES = 4

WIDE = ("departement", "commune", "nature")


class WishRefusedError(ValueError):
    """The message says why, and what to do. `about`: the names of the boxes that it is about."""

    def __init__(self, said: str, *about: str) -> None:
        super().__init__(said)
        self.about = about


@dataclass(frozen=True, slots=True)
class Scope:
    """Which posts are meant. Of a wide wish: an empty commune or sort is any."""

    department: str
    city: str = ""
    sort: str = ""
    uai: str = ""

    def holds(self, other: "Scope") -> bool:
        """Whether every post of the other one is one of these."""
        pairs = ((self.city, other.city), (self.sort, other.sort), (self.uai, other.uai))
        return self.department == other.department and all(ours in {"", theirs} for ours, theirs in pairs)


@dataclass(frozen=True, slots=True)
class WishLine:
    """A wish in words. `within`: the rank of a wider one that stands before it, or 0."""

    rank: int
    title: str
    detail: str
    within: int


@dataclass(frozen=True, slots=True)
class SchoolSearch:
    """What a search proposes: communes as a whole first, then schools."""

    communes: list[Scope]
    schools: list[School]


def load_wishes(request: ServiceRequest) -> list[Wish]:
    return list(request.wishes.select_related("school").order_by("rank", "pk"))


def wish_lines(wishes: list[Wish]) -> list[WishLine]:
    told: list[WishLine] = []
    before: list[tuple[int, Scope]] = []
    for wish in wishes:
        here = wish_scope(wish)
        within = next((rank for rank, wider in before if wider.holds(here)), 0)
        told.append(WishLine(wish.rank, *_in_words(wish, here), within))
        before.append((wish.rank, here))
    return told


def wishes_mark(wishes: list[Wish]) -> str:
    """This list, in this order: what a page shows, for what is done on that page."""
    return "-".join(str(wish.pk) for wish in wishes)


def check_mark(request: ServiceRequest, shown: str | None) -> None:
    """Raises WishRefusedError where the list is another one by now: a rank would mean another wish."""
    if shown is not None and shown != wishes_mark(load_wishes(request)):
        raise WishRefusedError(_("Your list has changed meanwhile, in another window: here it is. Nothing was done."))


def wish_scope(wish: Wish) -> Scope:
    if wish.school is None:
        return Scope(wish.department, wish.city, wish.sort)
    return Scope(wish.school.department, wish.school.city, wish.school.kind, wish.school.uai)


def wish_code(wish: Wish) -> str:
    """For a table: the UAI, or department, commune and sort of a wide one."""
    return wish.school_id or "/".join(part or "*" for part in (wish.department, wish.city, wish.sort))


def add_wish(request: ServiceRequest, typed: str) -> None:
    """A school, as the last of the list. Raises WishRefusedError. The request is locked by the caller."""
    school = _school(typed)
    known = {wish.school_id: wish.rank for wish in request.wishes.all()}
    if school.pk in known:
        raise _there_already(school.name, known[school.pk], "uai")
    _append(request, Wish(school=school))


def add_wide_wish(request: ServiceRequest, department: str, city: str, sort: str) -> None:
    """Any post of a department, or of one of its communes. As `add_wish`."""
    if department not in {one.code for one in academy().departments}:
        raise WishRefusedError(_("Choose a department of the authority."), "departement")
    if sort and sort not in SORTS:
        raise WishRefusedError(_("Choose a sort of school, or all of them."), "nature")
    wide = Scope(department, _commune(department, city) if city.strip() else "", sort)
    if not _schools().filter(department=department, **_given(city=wide.city, kind=sort)).exists():
        raise WishRefusedError(
            _("There is no school of this sort there: choose another sort, or a wider place."), *WIDE
        )
    for wish in request.wishes.filter(school=None):
        if wish_scope(wish) == wide:
            raise _there_already(_in_words(wish, wide)[0], wish.rank, *WIDE)
    _append(request, Wish(department=department, city=wide.city, sort=sort))


def remove_wish(request: ServiceRequest, rank: int) -> None:
    _write([wish for wish in load_wishes(request) if wish.rank != rank], request)


def move_wish(request: ServiceRequest, rank: int, by: int) -> None:
    """One place up (-1) or down (+1); beyond an end, nothing."""
    wishes = load_wishes(request)
    if 0 <= rank - 1 + by < len(wishes):
        place_wish(request, rank, rank - 1 + by)


def place_wish(request: ServiceRequest, rank: int, place: int) -> None:
    """Where it was let fall: so many of the others stand before it."""
    wishes = load_wishes(request)
    if 0 < rank <= len(wishes):
        carried = wishes.pop(rank - 1)
        wishes.insert(min(place, len(wishes)), carried)
        _write(wishes, request)


def most_wishes(request: ServiceRequest) -> int:
    return request.campaign.most_wishes if request.campaign else 0


def search_schools(asked: str, there: Collection[Wish]) -> SchoolSearch:
    """By name and town, however they are spelt. Two thousand names are looked through."""
    looked_for = words(asked)
    if not looked_for:
        return SchoolSearch([], [])
    schools = list(
        _schools().exclude(pk__in=[w.school_id for w in there if w.school_id]).order_by("city", "name", "pk")
    )
    wished = {wish_scope(wish) for wish in there if wish.school_id is None}
    communes = dict.fromkeys(Scope(s.department, s.city) for s in schools if _answers(looked_for, s.city))
    return SchoolSearch(
        _first(MOST_COMMUNES, (one for one in communes if one not in wished)),
        _first(MOST_SHOWN, (one for one in schools if _answers(looked_for, one.name, one.city, one.uai))),
    )


def department_name(code: str) -> str:
    known = academy().department(code)
    return known.name if known else code


def _in_words(wish: Wish, here: Scope) -> tuple[str, str]:
    if wish.school is not None:
        return wish.school.name, f"{here.city}, {here.uai}"
    where = department_name(here.department)
    sort = SORTS.get(here.sort, here.sort)
    only = _("%(sort)s only") % {"sort": sort[:1].upper() + sort[1:]} if sort else _("All schools")
    if here.city:
        return _("Any post of the commune: %(name)s") % {"name": here.city}, f"{where}. {only}."
    return _("Any post of the department: %(name)s") % {"name": where}, f"{only}."


def _schools() -> QuerySet[School]:
    return School.objects.exclude(kind__in=OFFICES)


def _answers(looked_for: list[str], *names: str) -> bool:
    folded = searched_as(*names)
    return all(word in folded for word in looked_for)


def _first[T](most: int, found: Iterator[T]) -> list[T]:
    return [one for one, _number in zip(found, range(most), strict=False)]


def _given(**filters: str) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value}


def _commune(department: str, typed: str) -> str:
    """As the register spells it."""
    names = _schools().filter(department=department).order_by().values_list("city", flat=True).distinct()
    known = {" ".join(words(name)): name for name in names}
    found = known.get(" ".join(words(typed)))
    if found is None:
        said = _("No school of this department is in « %(city)s ». Check the name, or choose the whole department.")
        raise WishRefusedError(said % {"city": typed.strip()}, "commune")
    return found


def _school(typed: str) -> School:
    try:
        uai = Uai(typed)
    except InvalidUaiError as wrong:
        if wrong.expected:
            said = _("The letter at the end of this UAI does not fit: %(letter)s was expected. Check the digits.")
            raise WishRefusedError(said % {"letter": wrong.expected}, "uai") from None
        said = _("A UAI is seven digits and a letter. Look for the school by its name below.")
        raise WishRefusedError(said, "uai") from None
    school = _schools().filter(pk=uai.value).first()
    if school is None:
        raise WishRefusedError(_("No school of the authority has the UAI %(uai)s.") % {"uai": uai.value}, "uai")
    return school


def _there_already(name: str, rank: int, *about: str) -> WishRefusedError:
    return WishRefusedError(_("%(name)s is already your wish number %(rank)d.") % {"name": name, "rank": rank}, *about)


def _append(request: ServiceRequest, wish: Wish) -> None:
    count = request.wishes.count()
    if count >= most_wishes(request):
        said = _("%(count)d wishes at most. Remove one before you add another.")
        raise WishRefusedError(said % {"count": most_wishes(request)})
    wish.request, wish.rank = request, count + 1
    try:
        with transaction.atomic():
            wish.save()
    except IntegrityError:
        return  # sent twice at the same moment: it is there


def _write(wishes: list[Wish], request: ServiceRequest) -> None:
    with transaction.atomic():
        request.wishes.exclude(pk__in=[wish.pk for wish in wishes]).delete()
        for rank, wish in enumerate(wishes, 1):
            wish.rank = rank
        Wish.objects.bulk_update(wishes, ["rank"])
