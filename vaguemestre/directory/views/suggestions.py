"""What the composer asks at each pause of a key: a fragment, for one's own open session, kept nowhere."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts.avatars import avatar_class, initials
from vaguemestre.directory import suggestions as directory_suggestions
from vaguemestre.directory.search_words import LONGEST


@require_safe
@never_cache
@signed_in
def suggestions(request: StaffRequest, *, alone: bool = False) -> HttpResponse:
    """`alone`: people by their own names, for a search."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    propose = directory_suggestions.suggest_people if alone else directory_suggestions.suggestions
    found = propose(request.account, text, today=timezone.localdate())
    return render(request, "directory/suggestions.html", {"found": found})


@require_safe
@never_cache
@signed_in
def usual_people(request: StaffRequest) -> HttpResponse:
    """Under the box of a search, before anything is typed."""
    found = directory_suggestions.usual_people(request.account, today=timezone.localdate())
    lines = [(one, initials(one.name), avatar_class(one.address)) for one in found]
    return render(request, "directory/usual_people.html", {"lines": lines})
