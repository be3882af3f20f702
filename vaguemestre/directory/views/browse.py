"""Académie → département → establishment → function: the same people, found by where they are and what they do."""

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.directory import entry_views
from vaguemestre.directory.access import entries_posted_at, listed_entries, place_of
from vaguemestre.directory.models import Entry, Establishment
from vaguemestre.directory.paging import page_part
from vaguemestre.people.categories import CATEGORIES
from vaguemestre.people.functions import KINDS
from vaguemestre.shared_mailboxes.access import box_of_place

KIND_ORDER = list(KINDS)


@require_safe
@signed_in
def department(request: StaffRequest, code: str) -> HttpResponse:
    """Its places by town; of one kind with `?genre=`."""
    places = Establishment.objects.filter(school__department=code)
    kinds = dict(places.values_list("school__kind").annotate(count=Count("pk")).order_by())
    if not kinds:
        raise Http404("directory")
    kind = request.GET.get("genre", "")
    if kind in kinds:
        places = places.filter(school__kind=kind)
    found = page_part(request, places.select_related("school").order_by("sort", "pk"))
    known = academy().department(code)
    context = {
        "section": "directory", "code": code, "name": known.name if known else code, "kind": kind, "found": found,
        "kinds": [(one, entry_views.kind_text(one), kinds[one]) for one in sorted(kinds, key=_rank)],
    }  # fmt: skip
    return render(request, "directory/department.html", context)


@require_safe
@signed_in
def place(request: StaffRequest, uai: str) -> HttpResponse:
    today = timezone.localdate()
    found_place = place_of(uai)
    people = entries_posted_at(found_place, today)
    counts = dict(people.values_list("category").annotate(count=Count("pk")).order_by())
    chosen = request.GET.get("fonction", "")
    if chosen in counts:
        people = people.filter(category=chosen)
    found = page_part(request, people.order_by("sort", "pk"))
    school = found_place.school
    known = academy().department(school.department)
    context = {
        "section": "directory", "school": school, "kind": entry_views.kind_text(school.kind), "chosen": chosen,
        "phone": entry_views.phone(school), "mailbox": box_of_place(school.uai),
        "department": known.name if known else school.department, "found": found,
        "total": sum(counts.values()), "rows": entry_views.entry_rows(found.rows, at=uai),
        "functions": [
            (code, capfirst(CATEGORIES[code].masculine), counts[code]) for code in CATEGORIES if code in counts
        ],
    }  # fmt: skip
    return render(request, "directory/place.html", context)


@require_safe
@signed_in
def function(request: StaffRequest, code: str) -> HttpResponse:
    """Everybody of the académie who does this, or of one département with `?departement=`."""
    category = CATEGORIES.get(code)
    if category is None:
        raise Http404("directory")
    people: QuerySet[Entry] = listed_entries(timezone.localdate()).filter(category=code)
    chosen = request.GET.get("departement", "")
    if academy().department(chosen):
        people = people.filter(department=chosen)
    found = page_part(request, people.order_by("sort", "pk"))
    context = {
        "section": "directory", "code": code, "name": capfirst(category.masculine), "chosen": chosen, "found": found,
        "rows": entry_views.entry_rows(found.rows), "departments": academy().departments,
    }  # fmt: skip
    return render(request, "directory/function.html", context)


def _rank(kind: str) -> int:
    return KIND_ORDER.index(kind) if kind in KIND_ORDER else len(KIND_ORDER)
