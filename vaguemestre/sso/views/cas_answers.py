"""CAS at the application's side: what a ticket is worth. No cookie is read here: the ticket speaks, once."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vaguemestre.sso.cas import responses, tickets
from vaguemestre.sso.cas.responses import Failure, Success


@require_safe
def validate(request: HttpRequest) -> HttpResponse:
    """CAS 1.0."""
    return _said(responses.text_response(_answer(request)), "text/plain")


@require_safe
def service_validate(request: HttpRequest) -> HttpResponse:
    return _in_its_format(request, with_attributes=False)


@require_safe
def service_validate_3(request: HttpRequest) -> HttpResponse:
    return _in_its_format(request, with_attributes=True)


@require_safe
def proxy(_request: HttpRequest) -> HttpResponse:
    return _said(responses.proxy_refusal_response(), "application/xml")


def _in_its_format(request: HttpRequest, *, with_attributes: bool) -> HttpResponse:
    answer = _answer(request)
    if request.GET.get("format", "").upper() == "JSON":
        return _said(responses.json_response(answer, with_attributes=with_attributes), "application/json")
    return _said(responses.xml_response(answer, with_attributes=with_attributes), "application/xml")


def _answer(request: HttpRequest) -> Success | Failure:
    asked = request.GET
    return tickets.validate_ticket(
        asked.get("ticket", ""), asked.get("service", ""), renew=asked.get("renew", "").lower() == "true",
        proxied="pgtUrl" in asked, now=timezone.now(),
    )  # fmt: skip


def _said(text: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
