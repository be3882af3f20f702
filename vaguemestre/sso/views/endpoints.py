"""What applications ask without a browser. No cookie is read here: a token or a secret speaks, and nothing else."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from oauthlib.oauth2.rfc6749 import errors

from vaguemestre.sso import claims, signing_keys
from vaguemestre.sso.openid import mail_clients
from vaguemestre.sso.openid.oauth_server import server

FORM = "application/x-www-form-urlencoded"
type Answer = tuple[dict[str, str], str | None, int]


@csrf_exempt  # its client shows a secret, not a cookie
@sensitive_post_parameters()
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """One transaction: a code or a refresh token is used once, also by two who come at the same moment."""
    with transaction.atomic():
        return _asked(request, server().create_token_response)


@csrf_exempt  # the same
@sensitive_post_parameters()
@require_POST
def revocation(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        return _asked(request, server().create_revocation_response)


@csrf_exempt  # a token in a header or in a form, never a cookie
@sensitive_post_parameters("access_token")
@require_http_methods(["GET", "HEAD", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    shown = _shown_tokens(request)
    if len(shown) > 1:
        return JsonResponse({"error": "invalid_request"}, status=400)
    try:
        headers, body, status = server().create_userinfo_response(
            _address(request), "GET", None, _authorization(*shown)
        )
    except errors.OAuth2Error as error:
        said = f'Bearer error="{error.error}"' if shown else "Bearer"
        return _answer(({"WWW-Authenticate": said, "Content-Type": "application/json"}, error.json, 401))
    return _answer((headers | {"Cache-Control": "no-store"}, body, status))


@require_safe
def published_keys(_request: HttpRequest) -> JsonResponse:
    response = JsonResponse(signing_keys.published_keys(timezone.now()))
    response.headers["Cache-Control"] = f"public, max-age={int(signing_keys.REMEMBERED.total_seconds())}"
    return response


@require_safe
def discovery(_request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0: what there is, and nothing that there is not."""
    response = JsonResponse(_metadata())
    response.headers["Cache-Control"] = f"public, max-age={int(signing_keys.REMEMBERED.total_seconds())}"
    return response


def _metadata() -> dict[str, Any]:
    at = f"{settings.ORIGIN}/sso"
    ways = ["client_secret_basic", "client_secret_post", "none"]
    return {
        "issuer": settings.ORIGIN,
        "authorization_endpoint": f"{at}/authorize/",
        "token_endpoint": f"{at}/token/",
        "userinfo_endpoint": f"{at}/userinfo/",
        "revocation_endpoint": f"{at}/revocation/",
        "end_session_endpoint": f"{at}/logout/",
        "jwks_uri": f"{at}/keys/",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [signing_keys.ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ways,
        "revocation_endpoint_auth_methods_supported": ways,
        "scopes_supported": [claims.OPENID, *claims.SCOPES, mail_clients.MAIL],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid",
            *(claim for each in claims.CLAIMS.values() for claim in each),
        ],
        "acr_values_supported": [claims.STRONG, claims.BY_TEXT, claims.WEAK],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["fr", "en"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }  # fmt: skip


def _asked(request: HttpRequest, ask: Callable[..., Answer]) -> HttpResponse:
    """The body as it came: a parameter said twice must be seen twice."""
    if request.content_type != FORM or not _decodable(request):
        return JsonResponse({"error": "invalid_request"}, status=400)
    try:
        answer = ask(_address(request), "POST", request.body.decode(), _headers(request))
    except errors.OAuth2Error as error:
        answer = {"Content-Type": "application/json"} | error.headers, error.json, error.status_code
    return _answer(answer)


def _decodable(request: HttpRequest) -> bool:
    try:
        request.body.decode()
        scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            base64.b64decode(word, validate=True).decode()
    except (UnicodeDecodeError, binascii.Error):
        return False
    return True


def _address(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{settings.ORIGIN}{request.path}" + ("?query" if query else "")


def _headers(request: HttpRequest) -> dict[str, str]:
    return _authorization(request.headers.get("Authorization", ""))


def _shown_tokens(request: HttpRequest) -> list[str]:
    """In the header, or in the form that is posted; both is one too many (RFC 6750, 2). Never in the address."""
    shown = [request.headers.get("Authorization", "")]
    if request.method == "POST" and request.content_type == FORM and "access_token" in request.POST:
        shown.append(f"Bearer {request.POST['access_token']}")
    return [one for one in shown if one]


def _authorization(shown: str = "") -> dict[str, str]:
    """The library looks under either name."""
    return {"Authorization": shown, "HTTP_AUTHORIZATION": shown} if shown else {}


def _answer(answer: Answer) -> HttpResponse:
    headers, body, status = answer
    response = HttpResponse(body or "", status=status)
    for name, value in headers.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
