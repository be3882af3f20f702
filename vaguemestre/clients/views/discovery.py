"""What mail programs ask by themselves, without a session. Nothing here looks at an account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from vaguemestre.clients import autoconfig, autodiscover

XML = "text/xml; charset=utf-8"


@require_safe
def mozilla(_request: HttpRequest) -> HttpResponse:
    """`?emailaddress=` is not looked at."""
    return HttpResponse(autoconfig.document(), content_type=XML)


@csrf_exempt  # a program's question: no cookie, nothing is changed
@require_http_methods(["GET", "HEAD", "POST"])
def outlook(request: HttpRequest) -> HttpResponse:
    """Outlook reads the answer of a 200 alone, its refusals too."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
        if request.method != "POST" or length > autodiscover.LONGEST:
            raise autodiscover.AutodiscoverError(autodiscover.INVALID)
        content = autodiscover.answer(request.read(autodiscover.LONGEST + 1))
    except autodiscover.AutodiscoverError as refused:
        content = autodiscover.refusal(refused.code, timezone.localtime())
    return HttpResponse(content, content_type=XML)


@require_safe
def outlook_json(request: HttpRequest, address: str = "") -> HttpResponse:
    """Version 2. The address, in the path or the query, is not looked at."""
    del address
    protocol = next((request.GET[name] for name in request.GET if name.lower() == "protocol"), "")
    found = autodiscover.leading_to(protocol, settings.ORIGIN + reverse("clients:autodiscover"))
    if found is None:
        why = "The given protocol is not supported: AutodiscoverV1 is."
        return JsonResponse({"ErrorCode": "InvalidProtocol", "ErrorMessage": why}, status=400)
    return JsonResponse(found)
