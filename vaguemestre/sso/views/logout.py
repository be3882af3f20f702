"""An application signs somebody out of everything (OpenID Connect RP-Initiated Logout 1.0)."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods
from oauthlib.common import add_params_to_uri

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import decorators
from vaguemestre.accounts.sessions.sign_out import sign_out_response
from vaguemestre.sso import access, signing_keys
from vaguemestre.sso.models import Application, ApplicationSession
from vaguemestre.sso.views.redirect import go


@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponseBase:
    """At once when the application shows the ID token of this very session. Else the person is asked: a picture on a
    stranger's page could name this address too."""
    hint = signing_keys.read_id_token(request.GET.get("id_token_hint", "")) or {}
    application = _application(request, hint)
    address = _address(request, application)
    staff = decorators.staff_request(request)
    if staff is None:
        return go(request, address)
    if request.method != "POST" and not _is_of(staff, application, hint):
        context = {"application": application, "query": request.GET.urlencode()}
        return render(request, "sso/logout.html", context)
    return sign_out_response(request, go(request, address))


def _application(request: HttpRequest, hint: dict[str, Any]) -> Application | None:
    """By the token, or by its name when there is none; two that differ are none."""
    named, told = request.GET.get("client_id"), hint.get("aud")
    if named and told and named != told:
        return None
    return access.client_named(told or named or "")


def _address(request: HttpRequest, application: Application | None) -> str:
    """One that the application has registered, else our own door."""
    wanted, state = request.GET.get("post_logout_redirect_uri", ""), request.GET.get("state")
    if application is None or not application.post_logout_redirect_uri_allowed(wanted):
        return f"{reverse('accounts:signin')}?{urlencode({'fin': '1'})}"
    return str(add_params_to_uri(wanted, [("state", state)])) if state else wanted


def _is_of(request: StaffRequest, application: Application | None, hint: dict[str, Any]) -> bool:
    """The token was given for a visit of this session."""
    if application is None or "sid" not in hint:
        return False
    visits = ApplicationSession.objects.filter(
        session=request.session_record.pk, application=application, sid=hint["sid"]
    )
    return visits.exists()
