"""What the screens of the address book share: the desk with its column, the way back, what was just done."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from vaguemestre.accounts.ports import screen_preferences
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.contacts import book
from vaguemestre.contacts.access import group_for
from vaguemestre.contacts.book import ListPosition
from vaguemestre.web import toasts
from vaguemestre.web.htmx import is_htmx
from vaguemestre.web.toasts import Toast

UNDO = "contacts:undo"


def show_desk(
    request: StaffRequest, place: ListPosition, sheet: str = "", context: Mapping[str, object] | None = None, *,
    number: int | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The list, and beside it `sheet`. `number`: the card that is open."""
    group = group_for(request.account, place.group) if place.group is not None else None
    listed = book.card_list(request.account, place, group)
    column = book.group_pane(request.account, place)
    before, after = book.adjacent_cards(listed, number)
    return _show(
        request, "contacts/desk.html",
        {"column": column, "listed": listed, "number": number, "sheet": sheet, "here": _here(request, listed.place),
         "view": "reader" if sheet else "list", "before": before, "after": after, **(context or {})},
        status,
    )  # fmt: skip


def show_sheet(
    request: StaffRequest, name: str, context: Mapping[str, object], *, at: str, status: int = 200
) -> HttpResponse:
    """A page of its own beside the column. `at`: which entry of the column it is."""
    shared = {"column": book.group_pane(request.account, None), "at": at, "here": request.get_full_path()}
    return _show(request, f"contacts/{name}.html", {**shared, **context}, status)


def said(url: str, sentence: str, word: str = "") -> HttpResponseRedirect:
    return toasts.redirect(url, Toast(sentence, word, undo_at=UNDO))


def way_back(request: HttpRequest, default: str = "") -> str:
    """The page the person came from: one of the address book, or of the webmail."""
    wanted = request.POST.get("retour", "") or request.GET.get("retour", "")
    inside = (
        wanted.startswith(("/contacts/", "/webmail/"))
        and wanted.isprintable()
        and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    )
    return wanted if inside else default or reverse("contacts:book")


def _here(request: StaffRequest, place: ListPosition) -> str:
    return request.get_full_path() if request.method in {"GET", "HEAD"} else place.url


def _show(request: StaffRequest, template: str, context: Mapping[str, Any], status: int) -> HttpResponse:
    toast = toasts.read(request)
    part = "#planes" if is_htmx(request) else ""
    screen = screen_preferences.one()(request.account)
    shown = {"toast": toast, "now": timezone.now(), "display": screen, **context}
    response = render(request, f"{template}{part}", shown, status=status)
    if toast:
        toasts.forget(response)
    return response
