"""Bureau virtuel: what to do when it does not work, and whom to call. Nothing here looks at an account."""

from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import Department, academy
from vaguemestre.portal import diagnosis
from vaguemestre.portal.diagnosis import Answer, LetterDates, Question
from vaguemestre.web.date_text import full_date

DEPARTMENT = "departement"
DATE = ("jour", "mois", "annee")


@require_safe
def bureau(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/help.html", {"section": "help"})


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """Every counter, for whoever is not signed in as for whoever is."""
    facts = academy()
    offices = [*(one.office for one in facts.departments), facts.rectorat]
    return render(request, "portal/contacts.html", {"section": "help", "offices": offices})


@require_safe
def numen(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/numen.html", {"section": "help"})


@require_safe
def trouble(request: HttpRequest, key: str = diagnosis.START) -> HttpResponse:
    """One question, or one advice. The department goes along in the address."""
    found = diagnosis.PAGES.get(key)
    if found is None:
        raise Http404("diagnosis")
    context = _context(request, key)
    if isinstance(found, Question):
        answers = [(_said(answer.words), _address(request, answer)) for answer in found.answers]
        return render(request, "portal/trouble.html", context | {"title": found.title, "answers": answers})
    context |= {"title": found.title, "points": [_said(point) for point in found.points], "call": found.call}
    act = (reverse(found.act.url), found.act.words) if found.act else None
    return render(request, "portal/trouble-advice.html", context | {"act": act})


@require_safe
def letter(request: HttpRequest) -> HttpResponse:
    """When the letter comes, from the day that somebody types; nothing is kept of it."""
    typed = [request.GET.get(name, "").strip() for name in DATE]
    duty = _day(*typed)
    context = _context(request, diagnosis.LETTER) | {"boxes": typed, "missing": any(typed) and duty is None}
    if duty:
        dates = LetterDates(duty, timezone.localdate())
        words = {"duty": full_date(dates.duty), "first": full_date(dates.first), "last": full_date(dates.last)}
        context |= {"dates": dates, "words": words}
    return render(request, "portal/trouble-letter.html", context)


def _context(request: HttpRequest, key: str) -> dict[str, object]:
    chosen = _department(request)
    typed = {name: request.GET[name] for name in DATE if name in request.GET}
    choices = [
        (one.name, f"{request.path}?{urlencode({DEPARTMENT: one.code, **typed})}", one == chosen)
        for one in academy().departments
    ]
    return {
        "section": "help", "key": key, "first": key == diagnosis.START, "chosen": chosen, "choices": choices,
        "office": chosen.office if chosen else None, "query": _query(chosen),
    }  # fmt: skip


def _department(request: HttpRequest) -> Department | None:
    return academy().department(request.GET.get(DEPARTMENT, ""))


def _query(chosen: Department | None) -> str:
    return f"?{urlencode({DEPARTMENT: chosen.code})}" if chosen else ""


def _address(request: HttpRequest, answer: Answer) -> str:
    if answer.leads_to == diagnosis.LETTER:
        page = reverse("portal:trouble-letter")
    else:
        page = reverse("portal:trouble-step", args=[answer.leads_to])
    return page + _query(_department(request))


def _said(words: Promise) -> str:
    """With the authority's own figure where a sentence has one."""
    return str(words) % {"days": academy().passwords.provisional_days}


def _day(day: str, month: str, year: str) -> date | None:
    try:
        typed = date(int(year), int(month), int(day))
    except ValueError:
        return None
    near = abs(typed.year - timezone.localdate().year) <= 1
    return typed if near else None
