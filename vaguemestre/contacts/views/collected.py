"""People one has written to and never kept."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import avatars, cards, collected_addresses, undo
from vaguemestre.contacts.access import collected_chosen
from vaguemestre.contacts.views.card import named
from vaguemestre.contacts.views.page import said, show_sheet, way_back
from vaguemestre.web.number_text import number_text

PAGE = 100


@require_safe
@signed_in
def collected(request: StaffRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:200]
    page = request.GET.get("page", "1")
    number = max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    rows, more = collected_addresses.addresses_without_card(
        request.account, typed, start=(number - 1) * PAGE, count=PAGE
    )
    lines = [(one, avatars.initials(one.name or one.address), avatars.avatar_class(one.address)) for one in rows]
    context = {"lines": lines, "typed": typed, "number": number, "more": more, "kept": collected_addresses.KEPT}
    return show_sheet(request, "collected", context, at="collected")


@require_POST
@signed_in
def keep(request: StaffRequest) -> HttpResponse:
    people, now = collected_chosen(request), timezone.now()
    if not people:
        return redirect(way_back(request))
    try:
        made = cards.add_contacts(request.account, [named(one.name, one.address) for one in people], now=now)
    except cards.BookFullError as full:
        return said(way_back(request), str(full))
    word = undo.remember_act(request.account, now=now, made=[one.pk for one in made])
    count = len(made)
    words = ngettext("%s person is now among your contacts", "%s people are now among your contacts", count)
    return said(way_back(request), words % number_text(count), word)


@require_POST
@signed_in
def forget(request: StaffRequest) -> HttpResponse:
    people, now = collected_chosen(request), timezone.now()
    if not people:
        return redirect(way_back(request))
    word = undo.undo_forgotten(request.account, people, now=now)
    count = len(people)
    words = ngettext("%s person forgotten", "%s people forgotten", count) % number_text(count)
    return said(way_back(request), words, word)
