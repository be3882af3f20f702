"""The page on which somebody makes their own quick access. Without JavaScript: one button an act."""

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.portal import quick_access
from vaguemestre.portal.page_messages import render_with_message
from vaguemestre.portal.quick_access import Link
from vaguemestre.sso.arena import quick_access as sso_quick_access, tile_queries
from vaguemestre.web.toasts import Toast, say

STEPS = {"haut": -1, "bas": 1}


@require_safe
@signed_in
def page(request: StaffRequest) -> HttpResponse:
    mine, possible = _state(request)
    words = {link.word for link in mine}
    left = [link for link in possible if link.word not in words]
    context = {"section": "intranet", "mine": mine, "left": left, "full": len(mine) >= sso_quick_access.MOST}
    # What was just moved keeps the focus on its arrow: five places are five times the same key.
    context |= {"moved": request.GET.get("bouge", ""), "up": request.GET.get("sens") == "haut"}
    return render_with_message(request, "portal/quick.html", context)


@require_POST
@signed_in
def addition(request: StaffRequest) -> HttpResponse:
    mine, possible = _state(request)
    added = next((link for link in possible if link.word == request.POST.get("lien", "")), None)
    if added is None:
        return _back(_("Choose what to add."))
    sso_quick_access.save_words(request.account, [*(link.word for link in mine), added.word])
    return _back(_("%(name)s is in your quick access.") % {"name": added.name})


@require_POST
@signed_in
def removal(request: StaffRequest, word: str) -> HttpResponse:
    mine, _possible = _state(request)
    gone = _one(mine, word)
    sso_quick_access.save_words(request.account, [link.word for link in mine if link is not gone])
    return _back(_("%(name)s is no longer in your quick access.") % {"name": gone.name})


@require_POST
@signed_in
def place(request: StaffRequest, word: str) -> HttpResponse:
    mine, _possible = _state(request)
    way, moved = request.POST.get("sens", ""), _one(mine, word)
    order = quick_access.move_word([link.word for link in mine], word, STEPS.get(way, 0))
    sso_quick_access.save_words(request.account, order)
    said = _("%(name)s stands at place %(place)d of %(all)d.")
    place = {"name": moved.name, "place": order.index(word) + 1, "all": len(order)}
    response = redirect(reverse("portal:quick", query={"bouge": word, "sens": way if way in STEPS else "haut"}))
    say(response, Toast(said % place))
    return response


def _state(request: StaffRequest) -> tuple[list[Link], list[Link]]:
    prefetch_related_objects([request.account.person], "postings__school")
    tiles = tile_queries.arena_tiles(request.account, timezone.now())
    return quick_access.quick_links(sso_quick_access.words_of(request.account), tiles), quick_access.link_choices(tiles)


def _one(mine: list[Link], word: str) -> Link:
    found = next((link for link in mine if link.word == word), None)
    if found is None:
        raise Http404("quick access")
    return found


def _back(said: str) -> HttpResponse:
    response = redirect("portal:quick")
    say(response, Toast(said))
    return response
