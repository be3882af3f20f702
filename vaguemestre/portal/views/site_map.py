from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import is_agent
from vaguemestre.accounts.sessions.decorators import staff_request, stop_response
from vaguemestre.lists.navigation import has_lists
from vaguemestre.portal import site_map
from vaguemestre.portal.access import is_administrator
from vaguemestre.portal.site_map import Who
from vaguemestre.sso.arena import delegations, tile_queries


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """For everybody. Whoever is signed in and has steps left to them meets what a stranger may open."""
    staff = staff_request(request)
    whole = not (staff is None or stop_response(staff) is not None or staff.account.has_left(timezone.localdate()))
    if staff is None or not whole:
        parts = site_map.site_map_parts({Who.ALL, Who.STRANGER}, ())
    else:
        parts = site_map.site_map_parts(_roles(staff), tile_queries.arena_tiles(staff.account, timezone.now()))
    return render(request, "portal/plan.html", {"section": "plan", "parts": parts, "whole": whole})


def _roles(request: StaffRequest) -> set[Who]:
    today = timezone.localdate()
    roles = {Who.ALL, Who.STAFF}
    if is_administrator(request):
        roles.add(Who.ADMINISTRATOR)
    if is_agent(request.account, today):
        roles.add(Who.AGENT)
    if delegations.places_headed(request.account, today):
        roles.add(Who.HEAD)
    if has_lists(request.account):
        roles.add(Who.LISTS)
    return roles
