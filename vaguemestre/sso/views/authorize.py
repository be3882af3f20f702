"""An application sends somebody here to learn who they are: they go back with a code, with an error, or stay on a page
that says why they may not."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import decorators, sessions
from vaguemestre.accounts.sessions.sign_out import sign_out_response
from vaguemestre.sso import application_sessions, audience, claims, signing_keys
from vaguemestre.sso.models import Protocol
from vaguemestre.sso.openid import authorization_request, consents, mail_clients, reauthentication
from vaguemestre.sso.openid.authorization_request import AuthorizationRequest
from vaguemestre.sso.subject_identifiers import subject_of
from vaguemestre.sso.views.redirect import go, host
from vaguemestre.web.htmx import is_htmx

LONGEST_QUERY = 6000  # of a request line that nginx reads


@csrf_exempt  # what comes by POST is judged nowhere but in the GET that it is sent on to
@require_http_methods(["GET", "POST"])  # no HEAD: it would make a code that nobody reads
def authorize(request: HttpRequest) -> HttpResponseBase:
    """A stranger signs in first and comes back. What was asked is only read before for `prompt=none`, which shows no
    page."""
    if request.method == "POST":
        return _by_get(request)
    staff = decorators.staff_request(request)
    silent = "none" in request.GET.get("prompt", "").split()
    if staff is None and not silent:
        return decorators.sign_in_again(request) if is_htmx(request) else _sign_in(request)
    stop = decorators.stop_response(staff) if staff else None
    if stop and not silent:
        return stop
    try:
        asked = authorization_request.parse_authorization_request(request.GET)
    except authorization_request.UnreadableRequestError:
        return render(request, "sso/unreadable.html", status=400)
    except authorization_request.RefusedRequestError as refused:
        return go(request, refused.address)
    if staff is None:
        return go(request, asked.refused("login_required"))
    if stop:
        return go(request, asked.refused("interaction_required"))
    return _answer(staff, asked, timezone.now())


@require_POST
@decorators.signed_in
def consent(request: StaffRequest) -> HttpResponse:
    """The same request again, with the person's answer. Everything is judged again."""
    now = timezone.now()
    try:
        asked = authorization_request.parse_authorization_request(request.GET)
    except authorization_request.UnreadableRequestError:
        return render(request, "sso/unreadable.html", status=400)
    except authorization_request.RefusedRequestError as refused:
        return go(request, refused.address)
    if (stop := _stop(request, asked, now)) is not None:
        return stop
    if request.POST.get("reponse") != "oui":
        return go(request, asked.refused("access_denied"))
    if asked.application.for_mail:  # let in by itself, each time: nothing that would be given again unasked
        return _grant(
            request, asked, now, program=mail_clients.client_name(request.POST.get("nom", ""), asked.application)
        )
    consents.give_consent(request.account, asked.application, asked.scopes, now=now)
    return _grant(request, asked, now)


@require_POST
def other_account(request: HttpRequest) -> HttpResponse:
    """`prompt=select_account`: one account a browser, so that another one means leaving this one first."""
    return sign_out_response(request, _sign_in(request))


def _by_get(request: HttpRequest) -> HttpResponse:
    """With a form of another site no cookie of ours comes (`SameSite=Lax`); with the GET that follows it does."""
    query = request.POST.urlencode()
    if len(query) > LONGEST_QUERY:
        return render(request, "sso/unreadable.html", status=400)
    return HttpResponse(status=303, headers={"Location": f"{reverse('sso:authorize')}?{query}"})


def _answer(request: StaffRequest, asked: AuthorizationRequest, now: datetime) -> HttpResponse:
    if "select_account" in asked.prompt:
        context = {"application": asked.application, "account": request.account, "query": asked.query}
        return render(request, "sso/account.html", context | {"same": reauthentication.chosen_url(request)})
    if (stop := _stop(request, asked, now)) is not None:
        return stop
    wanting = asked.application.for_mail or consents.is_consent_needed(request.account, asked.application, asked.scopes)
    if not wanting and ("consent" not in asked.prompt or asked.application.own):
        return _grant(request, asked, now)
    return go(request, asked.refused("consent_required")) if asked.silent else _consent_page(request, asked)


def _stop(request: StaffRequest, asked: AuthorizationRequest, now: datetime) -> HttpResponse | None:
    """What stands between this person and this application; None when nothing does."""
    application, session = asked.application, request.session_record
    if not audience.may_open(request.account, application, now):
        return _refusal(request, asked, "access_denied", "sso/outside.html", 403)
    if application.is_shut(now):
        return _refusal(request, asked, "temporarily_unavailable", "sso/shut.html", 503)
    if application.needs_key and not session.strong_for_a_role:
        if request.account.second_factor and not asked.silent and not session.strong:
            return _prove(request, now)
        return _refusal(request, asked, "interaction_required", "sso/key.html", 403)
    if reauthentication.is_reauthentication_due(asked, request, session, now) or _program_needs_proof(
        request, asked, now
    ):
        return go(request, asked.refused("login_required")) if asked.silent else _prove(request, now)
    if asked.subject and not _is_about(asked.subject, request):
        return go(request, asked.refused("login_required"))
    if asked.application.for_mail and mail_clients.has_too_many(request.account):
        return _refusal(request, asked, "access_denied", "sso/programs-full.html", 409)
    return None


def _program_needs_proof(request: StaffRequest, asked: AuthorizationRequest, now: datetime) -> bool:
    """It opens the mailbox for months, as an application password does, and is asked for with the same care."""
    return asked.application.for_mail and not sessions.is_freshly_proved(request.session_record, now=now)


def _grant(request: StaffRequest, asked: AuthorizationRequest, now: datetime, *, program: str = "") -> HttpResponse:
    session, application = request.session_record, asked.application
    visit = application_sessions.note_application_session(
        request.account, session.pk, application, Protocol(application.protocol), now=now
    )
    return go(request, asked.granted(visit, session, now, program=program))


def _consent_page(request: StaffRequest, asked: AuthorizationRequest) -> HttpResponse:
    if asked.application.for_mail:
        name = asked.application.name[: mail_clients.LONGEST_NAME]
        context = {"application": asked.application, "name": name, "longest": mail_clients.LONGEST_NAME}
        return render(request, "sso/program.html", context | {"query": asked.query, "account": request.account})
    told = claims.claim_texts(request.account, asked.scopes, timezone.now())
    context = {"application": asked.application, "told": told, "query": asked.query, "where": host(asked.redirect_uri)}
    return render(request, "sso/consent.html", context)


def _refusal(
    request: StaffRequest, asked: AuthorizationRequest, error: str, template: str, status: int
) -> HttpResponse:
    if asked.silent:
        return go(request, asked.refused(error))
    return render(request, template, {"application": asked.application}, status=status)


def _sign_in(request: HttpRequest) -> HttpResponseRedirect:
    wanted = urlencode({"next": reauthentication.marked_url(request, timezone.now())})
    return HttpResponseRedirect(f"{reverse('accounts:signin')}?{wanted}")


def _prove(request: StaffRequest, now: datetime) -> HttpResponse:
    wanted = urlencode({"next": reauthentication.marked_url(request, now)})
    return HttpResponseRedirect(f"{reverse('accounts:confirmation')}?{wanted}")


def _is_about(hint: str, request: StaffRequest) -> bool:
    told = signing_keys.read_id_token(hint)
    return told is not None and told["sub"] == subject_of(request.account)
