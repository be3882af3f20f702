"""Who may open an administrator's screen, here and in the rooms above."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from vaguemestre.accounts.agents import roles_of
from vaguemestre.accounts.guards import StaffView
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.people.functions import Role


def is_administrator(request: StaffRequest) -> bool:
    prefetch_related_objects([request.account.person], "postings__school")
    return Role.ADMINISTRATOR in roles_of(request.account, timezone.localdate())


def administrators_only[**P](view: StaffView[P]) -> Callable[Concatenate[StaffRequest, P], HttpResponseBase]:
    """Under `signed_in`. For anybody else the page does not exist; the session was opened with two factors."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_administrator(request):
            raise Http404("administrators")
        if not request.session_record.strong_for_a_role:
            return render(request, "web/second-factor.html", {"section": "maintenance"}, status=403)
        return view(request, *args, **kwargs)

    return guarded
