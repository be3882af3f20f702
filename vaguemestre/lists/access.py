"""The only ways from a request and a number to what this room keeps."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate

from django.http import Http404, HttpResponseBase

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.lists.approval_rights import listed_rights
from vaguemestre.lists.models import ApprovalRight

type View[**P] = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def where_lists_are_on[**P](view: View[P]) -> View[P]:
    """Under `signed_in`. Where the authority has not switched them on, none of their pages exist."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not academy().lists.enabled:
            raise Http404("lists")
        return view(request, *args, **kwargs)

    return guarded


def listed_right(number: int, today: date) -> ApprovalRight:
    """For administrators: one that is not over. Raises Http404."""
    found = listed_rights(today).filter(pk=number).first()
    if found is None:
        raise Http404("approval right")
    return found
