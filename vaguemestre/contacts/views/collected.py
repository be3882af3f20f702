"""People one has written to and never kept."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.contacts import collecting, faces, keeping, undoing
from vaguemestre.contacts.access import collected_chosen
from vaguemestre.contacts.views.card import named
from vaguemestre.contacts.views.page import said, show_sheet, way_back
from vaguemestre.web.quantities import grouped

PAGE = 100


@require_safe
@signed_in
def collected(request: StaffRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:200]
    page = request.GET.get("page", "1")
    number = max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    rows, more = collecting.unkept(request.account, typed, start=(number - 1) * PAGE, count=PAGE)
    lines = [(one, faces.initials(one.name or one.address), faces.css(one.address)) for one in rows]
    context = {"lines": lines, "typed": typed, "number": number, "more": more, "kept": collecting.KEPT}
    return show_sheet(request, "collected", context, at="collected")


@require_POST
@signed_in
def keep(request: StaffRequest) -> HttpResponse:
    people, now = collected_chosen(request), timezone.now()
    if not people:
        return redirect(way_back(request))
    try:
        made = keeping.add_many(request.account, [named(one.name, one.address) for one in people], now=now)
    except keeping.Full as full:
        return said(way_back(request), str(full))
    word = undoing.remember(request.account, now=now, made=[one.pk for one in made])
    count = len(made)
    words = ngettext("%s person is now among your contacts", "%s people are now among your contacts", count)
    return said(way_back(request), words % grouped(count), word)


@require_POST
@signed_in
def forget(request: StaffRequest) -> HttpResponse:
    people, now = collected_chosen(request), timezone.now()
    if not people:
        return redirect(way_back(request))
    word = undoing.forgotten(request.account, people, now=now)
    count = len(people)
    words = ngettext("%s person forgotten", "%s people forgotten", count) % grouped(count)
    return said(way_back(request), words, word)
