"""The search, and the page of one person."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.directory import access, entry_views, search as directory_search
from vaguemestre.directory.access import entry_named, own_entry
from vaguemestre.directory.models import Establishment
from vaguemestre.directory.paging import page_part
from vaguemestre.directory.search_words import LONGEST

PLACES = 6


@require_safe
@signed_in
def search(request: StaffRequest) -> HttpResponse:
    """Without a word: the départements and the functions to browse. A place or a function found comes above people."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    words = directory_search.search_words(text)
    context = {"section": "directory", "typed": text, "too_short": bool(text) and not words}
    if not words:
        return render(request, "directory/home.html", context | _ways_in(request))
    found = page_part(request, directory_search.search_entries(words, timezone.localdate()))
    places = list(directory_search.search_establishments(words)[: PLACES + 1])
    context |= {
        "found": found,
        "rows": entry_views.entry_rows(found.rows),
        "places": places[:PLACES],
        "more_places": len(places) > PLACES,
        "functions": [(one.code, capfirst(one.masculine)) for one in directory_search.search_functions(words)],
    }
    return render(request, "directory/found.html", context)


@require_safe
@signed_in
def person(request: StaffRequest, local_part: str) -> HttpResponse:
    today = timezone.localdate()
    entry = entry_named(local_part, today)
    context = {
        "section": "directory",
        "card": entry_views.entry_card(entry, today),
        "own": entry.pk == request.account.key,
    }
    return render(request, "directory/person.html", context)


def _ways_in(request: StaffRequest) -> dict[str, object]:
    mine = own_entry(request.account)
    counts: dict[str, int] = {}
    for code in Establishment.objects.values_list("school__department", flat=True):
        counts[code] = counts.get(code, 0) + 1
    known = {one.code: one.name for one in academy().departments}
    return {
        "mine": mine if mine and mine.school_id else None,
        "departments": [
            (code, known.get(code, code), counts[code])
            for code in [*known, *sorted(set(counts) - set(known))]
            if code in counts
        ],
        "functions": sorted((capfirst(one.masculine), one.code) for one in access.functions()),
    }
