"""« Les guides »: read by everybody, written by the HR officers who serve the whole académie."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.career import access
from vaguemestre.career.decorators import career_session_required, officers_only
from vaguemestre.career.forms import GuideForm
from vaguemestre.career.hr_office import guides
from vaguemestre.career.request import CareerRequest, OfficerRequest


@require_safe
@career_session_required
def listed(request: CareerRequest) -> HttpResponse:
    context = {"heading": "guides", "rows": guides.rows()}
    return render(request, "career/guides.html", context)


@require_safe
@career_session_required
def guide(request: CareerRequest, slug: str) -> HttpResponse:
    found = access.guide_named(slug)
    newest = guides.newest_of(found)
    context = {"heading": "guides", "guide": found, "version": newest, "html": guides.as_html(newest.text)}
    return render(request, "career/guide.html", context)


@require_safe
@officers_only
def shelf(request: OfficerRequest) -> HttpResponse:
    access.writes_guides(request.officer)
    return render(request, "career/desk-guides.html", {"heading": "desk-guides", "rows": guides.rows(hidden=True)})


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def new(request: OfficerRequest) -> HttpResponse:
    access.writes_guides(request.officer)
    form = GuideForm(request.POST if request.method == "POST" else None)
    context = {"heading": "desk-guides", "form": form}
    if request.method != "POST":
        return render(request, "career/desk-guide.html", context)
    if not form.is_valid():
        return render(request, "career/desk-guide.html", context, status=422)
    if "preview" in request.POST:
        return _preview(request, context, form)
    try:
        made = guides.write(**form.cleaned_data, by=request.account, now=timezone.now())
    except guides.SlugTakenError:
        form.add_error("title", _("A page bears this title already. Change it, or change that page."))
        return render(request, "career/desk-guide.html", context, status=422)
    return redirect("career:desk-guide", slug=made.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def edit(request: OfficerRequest, slug: str) -> HttpResponse:
    access.writes_guides(request.officer)
    found = access.guide_named(slug, hidden=True)
    newest = guides.newest_of(found)
    initial = {"title": newest.title, "summary": newest.summary, "text": newest.text}
    form = GuideForm(request.POST if request.method == "POST" else None, initial=initial)
    said = request.POST.get("after", "")
    after = int(said) if said.isascii() and said.isdigit() else newest.number
    context = {
        "heading": "desk-guides", "guide": found, "newest": newest, "form": form, "after": after,
        "versions": found.versions.order_by("-number"),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "career/desk-guide.html", context)
    if not form.is_valid():
        return render(request, "career/desk-guide.html", context, status=422)
    if "preview" in request.POST:
        return _preview(request, context, form)
    try:
        guides.change(found, **form.cleaned_data, after=after, by=request.account, now=timezone.now())
    except guides.GuideOvertakenError:
        # What was typed stays; sent again, it goes over the version that is shown now.
        return render(
            request, "career/desk-guide.html", {**context, "after": newest.number, "overtaken": True}, status=409
        )
    return redirect("career:desk-guide", slug=found.slug)


@require_safe
@officers_only
def version(request: OfficerRequest, slug: str, number: int) -> HttpResponse:
    access.writes_guides(request.officer)
    found = access.guide_named(slug, hidden=True)
    shown = access.guide_version(found, number)
    context = {"heading": "desk-guides", "guide": found, "version": shown, "html": guides.as_html(shown.text)}
    return render(request, "career/guide-version.html", {**context, "newest": guides.newest_of(found)})


@require_POST
@officers_only
def restoration(request: OfficerRequest, slug: str, number: int) -> HttpResponse:
    access.writes_guides(request.officer)
    found = access.guide_named(slug, hidden=True)
    guides.go_back(found, access.guide_version(found, number), by=request.account, now=timezone.now())
    return redirect("career:desk-guide", slug=found.slug)


@require_POST
@officers_only
def withdrawal(request: OfficerRequest, slug: str) -> HttpResponse:
    return _show(request, slug, shown=False)


@require_POST
@officers_only
def withdrawal_removal(request: OfficerRequest, slug: str) -> HttpResponse:
    return _show(request, slug, shown=True)


def _show(request: OfficerRequest, slug: str, *, shown: bool) -> HttpResponse:
    access.writes_guides(request.officer)
    found = access.guide_named(slug, hidden=True)
    guides.show(found, shown=shown, by=request.account)
    return redirect("career:desk-guide", slug=found.slug)


def _preview(request: OfficerRequest, context: dict[str, object], form: GuideForm) -> HttpResponse:
    shown = {**context, "preview": guides.as_html(form.cleaned_data["text"])}
    return render(request, "career/desk-guide.html", shown)
