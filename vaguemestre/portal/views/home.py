from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.portal.visits import previous_sign_in
from vaguemestre.web.dates import day_in_a_sentence


@require_safe
@signed_in
def home(request: StaffRequest) -> HttpResponse:
    person = request.account.person
    prefetch_related_objects([person], "postings__school")
    department = academy().department(person.department)
    now, last = timezone.now(), previous_sign_in(request.session_record)
    context = {
        "section": "home",
        "person": person,
        "office": department.office if department else academy().rectorat,
        "last": last,
        "last_day": day_in_a_sentence(last.at, now) if last else "",
    }
    return render(request, "portal/home.html", context)
