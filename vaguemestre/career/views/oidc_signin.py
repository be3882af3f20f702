"""Coming in by the provider, going out by it, and being told by it that it is over."""

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.career.decorators import career_session_required
from vaguemestre.career.request import CareerRequest
from vaguemestre.career.signin import backchannel_logout, oidc_signin, provider, sessions
from vaguemestre.career.signin.backchannel_logout import LogoutTokenError
from vaguemestre.career.signin.oidc_signin import SigninFailedError
from vaguemestre.career.signin.provider import ProviderBusyError, ProviderError

logger = logging.getLogger(__name__)
LONGEST_TOKEN = 8192


@require_safe
def signin(request: HttpRequest) -> HttpResponse:
    """To the provider; straight inside for whoever is there already."""
    wanted = request.GET.get("next", "")
    if sessions.session_of(request, now=timezone.now()):
        return HttpResponseRedirect(oidc_signin.career_page(wanted))
    try:
        with provider.place():
            way, url = oidc_signin.begin_signin(wanted)
    except ProviderError as failed:
        return _not_entered(request, failed)
    response = HttpResponseRedirect(url)
    oidc_signin.remember_signin(request, response, way)
    return response


@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """From the provider, with a code. What it opens replaces whoever was signed in here before."""
    now = timezone.now()
    try:
        way = oidc_signin.way_of(request)
        with provider.place():
            token = oidc_signin.finish_signin(way, request, now=now)
    except (SigninFailedError, ProviderError) as failed:
        return _not_entered(request, failed)
    if former := sessions.session_of(request, now=now):
        sessions.end(former)
    response = HttpResponseRedirect(way.next)
    oidc_signin.forget_signin(response, way)
    sessions.set_cookie(response, token)
    return response


@require_POST
@career_session_required
def signout(request: CareerRequest) -> HttpResponse:
    """Here at once; then the provider ends the sign-in that everything else stands on."""
    sessions.end(request.career_session)
    left = f"{settings.ORIGIN}{reverse('career:left')}"
    goodbye = provider.end_session_url()
    hint = request.career_session.id_token  # by which the provider knows that nobody else asks
    said = {"id_token_hint": hint, "client_id": settings.CAREER["client_id"], "post_logout_redirect_uri": left}
    response = HttpResponseRedirect(f"{goodbye}?{urlencode(said)}" if goodbye else left)
    sessions.forget_cookie(response)
    return response


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "career/left.html")


@require_safe
@career_session_required
def kept(_request: CareerRequest, key: str) -> HttpResponse:
    """Back inside after a session that had ended while one wrote: the portal offers what was sent."""
    return HttpResponseRedirect(
        f"{reverse('accounts:kept-form', args=[key])}?{urlencode({'page': reverse(oidc_signin.HOME)})}"
    )


@csrf_exempt  # a program, whose signed token is its proof; the browser's cookies count for nothing
@require_POST
def told_to_end(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8."""
    token = request.POST.get("logout_token", "")
    try:
        if not 0 < len(token) <= LONGEST_TOKEN:
            raise LogoutTokenError("no logout_token")
        ended = backchannel_logout.obey(token, now=timezone.now())
    except LogoutTokenError as refused:
        logger.warning("logout token refused: %s", refused)
        answer = JsonResponse({"error": "invalid_request", "error_description": str(refused)}, status=400)
    except ProviderError as failed:
        logger.warning("logout token not judged: %s", failed)
        answer = JsonResponse({"error": "temporarily_unavailable"}, status=503)
    else:
        logger.info("sign-out by the provider: %d sessions ended", ended)
        answer = JsonResponse({})
    answer["Cache-Control"] = "no-store"
    return answer


def _not_entered(request: HttpRequest, failed: Exception) -> HttpResponse:
    """No sign-in is tried again by itself, which would send the browser to and fro; one that had no place is."""
    logger.warning("not signed in to I-Prof: %s", failed)
    away, busy = isinstance(failed, ProviderError) and not failed.permanent, isinstance(failed, ProviderBusyError)
    page = "career/busy.html" if busy else "career/not-entered.html"
    response = render(request, page, {"away": away}, status=503 if away else 403)
    if busy:
        response["Refresh"] = response["Retry-After"] = "1"
    return response
