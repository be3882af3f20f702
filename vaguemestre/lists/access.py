"""The only ways from a request and a number to what this room keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Concatenate

from django.http import Http404, HttpResponseBase

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.lists.approval_rights import listed_rights
from vaguemestre.lists.models import ApprovalRight, SavedList
from vaguemestre.lists.navigation import has_lists
from vaguemestre.lists.perimeter import ListPost, Perimeter, list_posts
from vaguemestre.lists.saved_lists import own_lists, shared_lists
from vaguemestre.lists.switch import lists_are_on

type View[**P] = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody whose posts open lists."""

    account: Account
    posts: list[ListPost]
    perimeter: Perimeter
    today: date


def where_lists_are_on[**P](view: View[P]) -> View[P]:
    """Under `signed_in`. Where the authority has not switched them on, none of their pages exist."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not lists_are_on():
            raise Http404("lists")
        return view(request, *args, **kwargs)

    return guarded


def asker_of(account: Account, today: date) -> Asker:
    """Raises Http404 for those whose posts of today open no list. One query."""
    asker = possible_asker(account, today)
    if not asker.posts:
        raise Http404("lists")
    return asker


def possible_asker(account: Account, today: date) -> Asker:
    """The same for those whom the navigation leads here by their category: their posts may open none."""
    posts = list_posts(account, today)
    if not posts and not has_lists(account):
        raise Http404("lists")
    reach = Perimeter()
    for post in posts:
        reach |= post.perimeter
    return Asker(account, posts, reach, today)


def readable_list(asker: Asker, number: int) -> tuple[SavedList, bool]:
    """With whether this person's posts keep it, or only read it. Raises Http404."""
    for lists, is_own in ((own_lists(asker.posts), True), (shared_lists(asker.posts), False)):
        if found := lists.filter(pk=number).first():
            return found, is_own
    raise Http404("list")


def own_list(asker: Asker, number: int) -> SavedList:
    """Raises Http404."""
    found, is_own = readable_list(asker, number)
    if not is_own:
        raise Http404("list")
    return found


def listed_right(number: int, today: date) -> ApprovalRight:
    """For administrators: one that is not over. Raises Http404."""
    found = listed_rights(today).filter(pk=number).first()
    if found is None:
        raise Http404("approval right")
    return found
