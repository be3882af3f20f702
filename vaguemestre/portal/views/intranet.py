"""The intranet's door, and what lies behind it. It opens the same session as the portal's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import fetch_postings
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.portal import quick_access
from vaguemestre.portal.tiles import home_tiles
from vaguemestre.sso.arena import quick_access as sso_quick_access, tile_queries


@require_safe
def intranet(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/intranet.html")


@require_safe
@signed_in
def tools(request: StaffRequest) -> HttpResponse:
    fetch_postings(request.account)
    tiles = tile_queries.arena_tiles(request.account, timezone.now())
    mine = quick_access.quick_links(sso_quick_access.words_of(request.account), tiles)
    context = {"section": "intranet", "quick": mine, "doors": home_tiles(tiles)}
    return render(request, "portal/tools.html", context)
