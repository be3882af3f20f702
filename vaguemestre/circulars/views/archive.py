"""Circulars as their recipients read them: the archive, one of them, its files, and the sentence of the home page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.circulars.access import is_own, readable_circular, readable_file, where_lists_are_on
from vaguemestre.circulars.archive import archive_lines, archive_years, unread_keys
from vaguemestre.circulars.message import foot_text, withdrawal_sentence
from vaguemestre.circulars.read_state import note_seen
from vaguemestre.handouts.sealed_files import file_response
from vaguemestre.web import toasts

LONGEST = 100  # characters of a search


@require_safe
@signed_in
@where_lists_are_on
def circulars(request: StaffRequest) -> HttpResponse:
    asked, today = request.GET, timezone.localdate()
    typed, year = asked.get("q", "").strip()[:LONGEST], asked.get("annee", "")
    sender, page = asked.get("de", ""), asked.get("page", "")
    number = int(page) if page.isdigit() and 0 < len(page) < 5 else 1
    lines, more = archive_lines(
        request.account, today, typed=typed, year=int(year) if year.isdigit() and len(year) == 4 else 0, sender=sender,
        unread=bool(asked.get("a-lire")), page=max(number, 1),
    )  # fmt: skip
    years, senders = archive_years(request.account, today)
    toast = toasts.read(request)
    context = {
        "lines": lines, "more": number + 1 if more else 0, "typed": typed, "year": year, "sender": sender,
        "unread": asked.get("a-lire", ""), "years": years, "senders": senders, "toast": toast,
        "section": "circulars-archive",
    }  # fmt: skip
    response = render(request, "circulars/archive.html", context)
    if toast:
        toasts.forget(response)
    return response


@require_safe
@signed_in
@where_lists_are_on
def circular(request: StaffRequest, key: str) -> HttpResponse:
    found = readable_circular(request.account, key, timezone.localdate())
    note_seen(found, request.account, timezone.now())
    withdrawn = found.withdrawn_at is not None
    context = {
        "circular": found,
        "corrections": found.corrections.filter(mailings__started_at__isnull=False, withdrawn_at=None).distinct(),
        "withdrawal": withdrawal_sentence(found) if withdrawn else "",
        "shown": not withdrawn or is_own(request.account, found, timezone.localdate()),
        "files": found.files.all(),
        "foot": foot_text(),
        "section": "circulars-archive",
    }
    return render(request, "circulars/circular.html", context)


@require_safe
@signed_in
@where_lists_are_on
def file(request: StaffRequest, key: str, number: int) -> HttpResponse:
    found = readable_file(request.account, key, number, timezone.localdate())
    return file_response(found.sealed, found.name)


@require_safe
@signed_in
@where_lists_are_on
def tile(request: StaffRequest) -> HttpResponse:
    return render(request, "circulars/tile.html", {"count": len(unread_keys(request.account))})
