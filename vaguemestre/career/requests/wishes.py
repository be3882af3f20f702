"""The ordered list of places of a transfer."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from vaguemestre.career.models import ServiceRequest, Wish
from vaguemestre.people.folding import searched_as, words
from vaguemestre.people.functions import DSDEN, RECTORAT
from vaguemestre.people.models import School
from vaguemestre.people.uai import InvalidUai, Uai

OFFICES = (DSDEN, RECTORAT, "circonscription")  # nobody teaches there
MOST_SHOWN = 12


class WishRefused(ValueError):
    """The message says why, and what to do."""


def of(request: ServiceRequest) -> list[Wish]:
    return list(request.wishes.select_related("school").order_by("rank", "pk"))


def add(request: ServiceRequest, typed: str) -> None:
    """The last of the list. Raises WishRefused. The request is locked by the caller."""
    school = _school(typed)
    known = {wish.school_id: wish.rank for wish in request.wishes.all()}
    if school.pk in known:
        said = _("%(name)s is already your wish number %(rank)d.")
        raise WishRefused(said % {"name": school.name, "rank": known[school.pk]})
    if len(known) >= most(request):
        said = _("%(count)d wishes at most. Remove one before you add another.")
        raise WishRefused(said % {"count": most(request)})
    try:
        with transaction.atomic():
            Wish.objects.create(request=request, rank=len(known) + 1, school=school)
    except IntegrityError:
        return  # sent twice at the same moment: it is there


def remove(request: ServiceRequest, rank: int) -> None:
    _write([wish for wish in of(request) if wish.rank != rank], request)


def move(request: ServiceRequest, rank: int, by: int) -> None:
    """One place up (-1) or down (+1); beyond an end, nothing."""
    wishes = of(request)
    here, there = rank - 1, rank - 1 + by
    if 0 <= here < len(wishes) and 0 <= there < len(wishes):
        wishes[here], wishes[there] = wishes[there], wishes[here]
        _write(wishes, request)


def most(request: ServiceRequest) -> int:
    return request.campaign.most_wishes if request.campaign else 0


def places(asked: str, *, without: Collection[str] = ()) -> list[School]:
    """By name and town, however they are spelt. Two thousand names are looked through."""
    looked_for = words(asked)
    if not looked_for:
        return []
    schools = School.objects.exclude(kind__in=OFFICES).exclude(pk__in=without).order_by("city", "name", "pk")
    found = (one for one in schools if all(word in searched_as(one.name, one.city, one.uai) for word in looked_for))
    return [school for school, _number in zip(found, range(MOST_SHOWN), strict=False)]


def _school(typed: str) -> School:
    try:
        uai = Uai(typed)
    except InvalidUai as wrong:
        if wrong.expected:
            said = _("The letter at the end of this UAI does not fit: %(letter)s was expected. Check the digits.")
            raise WishRefused(said % {"letter": wrong.expected}) from None
        raise WishRefused(_("A UAI is seven digits and a letter. Look for the school by its name below.")) from None
    school = School.objects.filter(pk=uai.value).exclude(kind__in=OFFICES).first()
    if school is None:
        raise WishRefused(_("No school of the académie has the UAI %(uai)s.") % {"uai": uai.value})
    return school


def _write(wishes: list[Wish], request: ServiceRequest) -> None:
    with transaction.atomic():
        request.wishes.exclude(pk__in=[wish.pk for wish in wishes]).delete()
        for rank, wish in enumerate(wishes, 1):
            wish.rank = rank
        Wish.objects.bulk_update(wishes, ["rank"])
