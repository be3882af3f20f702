"""« Votre CV »: its lines, added, changed, taken away; and the sheet."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.career import access
from vaguemestre.career.decorators import career_session_required
from vaguemestre.career.file import cv
from vaguemestre.career.forms import CvForm
from vaguemestre.career.models import CvLine
from vaguemestre.career.request import CareerRequest
from vaguemestre.letters.typesetting import TypesettingError


@require_safe
@career_session_required
def page(request: CareerRequest) -> HttpResponse:
    parts = cv.parts_of(request.account)
    context = {"parts": parts, "begun": any(part.lines for part in parts)}
    return render(request, "career/cv.html", {**context, **_heading()})


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def new_line(request: CareerRequest, part: str) -> HttpResponse:
    if part not in CvLine.Part.values:
        raise Http404("career")
    return _line_page(request, part, None)


@require_http_methods(["GET", "HEAD", "POST"])
@career_session_required
def line(request: CareerRequest, pk: int) -> HttpResponse:
    found = access.own_cv_line(request.account, pk)
    return _line_page(request, found.part, found)


@require_POST
@career_session_required
def removal(request: CareerRequest, pk: int) -> HttpResponse:
    found = access.own_cv_line(request.account, pk)
    part = found.part
    found.delete()
    return redirect(f"{reverse('career:cv')}#{part}")


@require_safe
@career_session_required
def sheet(request: CareerRequest) -> HttpResponse:
    try:
        pdf = cv.cv_pdf(request.account, timezone.now())
    except TypesettingError:
        return render(request, "career/cv-not-set.html", _heading(), status=503)
    name = slugify(request.account.display_name) or "cv"
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="cv-{name}.pdf"'
    return response


def _line_page(request: CareerRequest, part: str, found: CvLine | None) -> HttpResponse:
    names = ("title", "place", "starts", "ends", "level", "text")
    initial = {name: getattr(found, name) for name in names} if found else None
    form = CvForm(request.POST if request.method == "POST" else None, part=part, initial=initial)
    context = {"form": form, "line": found, "part": CvLine.Part(part), **_heading()}
    if request.method != "POST":
        return render(request, "career/cv-line.html", context)
    if not form.is_valid():
        return render(request, "career/cv-line.html", context, status=422)
    try:
        cv.save_cv_line(request.account, part, form.cleaned_data, line=found, now=timezone.now())
    except cv.CvFullError:
        said = _("A CV has %(count)d lines at most. Take one away first.") % {"count": cv.MOST}
        return render(request, "career/cv-line.html", {**context, "refused": said}, status=422)
    return redirect(f"{reverse('career:cv')}#{part}")


def _heading() -> dict[str, object]:
    return {"heading": "cv"}
