"""How the mail is used: pages that anybody may read and the help desk can dictate; the same beside an open page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from vaguemestre.academy.facts import academy
from vaguemestre.portal.guidance import article_places, articles
from vaguemestre.web.htmx import is_htmx


@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    """`lieu`: where one is; `q`: what one looks for."""
    typed, place = request.GET.get("q", "")[: articles.LONGEST], _place(request)
    found = articles.search_articles(typed) if typed.strip() else articles.articles_of(place)
    return _show(request, "all", {"typed": typed, "found": found, "topics": [] if found else articles.topics()})


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    one = articles.all_articles().get(slug)
    if one is None:
        raise Http404("article")
    goes = ""
    if one.leads_to:
        name, field = one.leads_to
        goes = reverse(name) + (f"#{field}" if field else "")
    return _show(request, "article", {"article": one, "goes": goes})


def _show(request: HttpRequest, part: str, context: dict[str, object]) -> HttpResponse:
    """The whole page; the panel; or what was found alone, while one types in it."""
    facts, place = academy(), _place(request)
    shared = {
        "section": "help", "part": part, "place": place, "query": f"?lieu={place}" if place else "",
        "offices": [*(one.office for one in facts.departments), facts.rectorat],
    }  # fmt: skip
    template = "portal/guidance/page.html"
    if is_htmx(request):
        alone = request.headers.get("HX-Target", "").endswith("#aide-trouve")
        template = "portal/guidance/found.html" if alone else "portal/guidance/panel.html"
    return render(request, template, {**shared, **context})


def _place(request: HttpRequest) -> str:
    said = request.GET.get("lieu", "")
    return said if said in article_places.PLACES else ""
