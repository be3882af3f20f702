"""ARENA: one's applications, the way to each, and what one keeps within reach."""

from urllib.parse import urlencode

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.portal import arena
from vaguemestre.portal.access import is_administrator
from vaguemestre.sso.access import application_for
from vaguemestre.sso.arena import delegations, tile_queries as sso_arena
from vaguemestre.web.htmx import is_htmx

LONGEST_SEARCH = 100


@require_safe
@signed_in
def page(request: StaffRequest) -> HttpResponse:
    now, typed = timezone.now(), request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    prefetch_related_objects([request.account.person], "postings__school")
    every = sso_arena.arena_tiles(request.account, now)
    found = arena.matching_tiles(every, typed) if typed else every
    strong = request.session_record.strong_for_a_role
    groups = arena.arena_groups(found, strong=strong, now=now, favourites_first=not typed)
    recent = [] if typed else arena.recent_tiles(every)
    context = {
        "section": "arena", "typed": typed, "count": len(every), "found": len(found),
        "groups": groups, "recent": recent,
        # What the list is drawn from, whole; what somebody types would only push out of memory what serves again.
        "same": () if typed else (groups, tuple((tile.slug, tile.name) for tile in recent)),
    }  # fmt: skip
    if is_htmx(request):
        return render(request, "portal/arena.html#applications", context)
    context |= {
        "heads": delegations.places_headed(request.account, timezone.localdate(now)),
        "administrator": is_administrator(request),
    }
    return render(request, "portal/arena.html", context)


@require_safe
@signed_in
def opening(request: StaffRequest, slug: str) -> HttpResponse:
    """The way out to an application. What it asks for is said here; the application asks again by single sign-on."""
    now = timezone.now()
    application = application_for(request.account, slug)
    if application.is_shut(now):
        return render(request, "sso/shut.html", {"application": application}, status=503)
    if application.needs_key and not request.session_record.strong_for_a_role:
        if request.account.second_factor and not request.session_record.strong:
            return HttpResponseRedirect(reverse("accounts:confirmation", query={"next": request.path}))
        return render(request, "sso/key.html", {"application": application}, status=403)
    sso_arena.note_opening(request.account, application, now)
    return HttpResponseRedirect(application.home)


@require_safe
@signed_in
def example(request: StaffRequest, slug: str) -> HttpResponse:
    """Where the demo's applications would begin: a demo opens nothing of the State's."""
    if not settings.EXAMPLES:
        raise Http404("demo")
    application = application_for(request.account, slug)
    return render(request, "portal/arena-example.html", {"section": "arena", "application": application})


@require_POST
@signed_in
def favourite(request: StaffRequest, slug: str) -> HttpResponse:
    sso_arena.add_favourite(request.account, application_for(request.account, slug))
    return _back(request, slug)


@require_POST
@signed_in
def favourite_removal(request: StaffRequest, slug: str) -> HttpResponse:
    sso_arena.drop_favourite(request.account, application_for(request.account, slug))
    return _back(request, slug)


def _back(request: StaffRequest, slug: str) -> HttpResponse:
    """To the cell whose star was pressed, with what was searched for."""
    typed = request.POST.get("q", "")[:LONGEST_SEARCH]
    query = f"?{urlencode({'q': typed})}" if typed else ""
    return HttpResponseRedirect(f"{reverse('portal:arena')}{query}#a-{slug}")
