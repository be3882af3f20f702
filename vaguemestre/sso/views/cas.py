"""CAS at the browser's side (protocol 3.0, 2.1 to 2.3): who comes, for which application, and back with a ticket."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in, staff_request, stop_response
from vaguemestre.accounts.sessions.sign_out import sign_out_response
from vaguemestre.sso import audience, claims
from vaguemestre.sso.access import cas_application
from vaguemestre.sso.cas import service_urls, tickets
from vaguemestre.sso.models import Application, ApplicationSession, Protocol
from vaguemestre.sso.openid import consents
from vaguemestre.sso.views.redirect import go, host

_A_SIGN_IN = timedelta(minutes=15)  # from the question to the last factor


@dataclass(frozen=True)
class CasRequest:
    service: str
    renew: bool
    gateway: bool
    warn: bool
    since: datetime | None  # when it was asked first: a proof that is later was given for it

    @classmethod
    def of(cls, typed: QueryDict) -> "CasRequest":
        service = typed.get("service", "")
        renew, gateway, warn = (typed.get(name, "").lower() == "true" for name in ("renew", "gateway", "warn"))
        return cls(service, renew, gateway, warn, _since(typed.get("since", ""), service))

    def again(self, now: datetime) -> str:
        """The same question, with the hour it was asked at."""
        named = {name: "true" for name in ("renew", "warn") if getattr(self, name)}
        mark = _signer(self.service).sign(f"{now.timestamp():.6f}")
        return f"{reverse('cas:login')}?{urlencode({'service': self.service, **named, 'since': mark})}"


@require_safe
def login(request: HttpRequest) -> HttpResponseBase:
    asked = CasRequest.of(request.GET)
    if not asked.service:
        return _home(request)
    application = cas_application(asked.service)
    if application is None:
        return render(request, "sso/unreadable.html", status=403)
    staff = staff_request(request)
    if asked.gateway and not asked.renew and (staff is None or stop_response(staff)):
        return HttpResponseRedirect(asked.service)
    if staff is None and asked.since is None:
        return HttpResponseRedirect(asked.again(timezone.now()))  # to come back from the sign-in with a newer proof
    return _enter(request, asked, application)


@require_POST
def passage(request: HttpRequest) -> HttpResponseBase:
    """The person was asked first, and goes."""
    asked = CasRequest.of(request.POST)
    application = cas_application(asked.service)
    if application is None:
        return render(request, "sso/unreadable.html", status=403)
    return _enter(request, asked, application)


@require_safe
def logout(request: HttpRequest) -> HttpResponseBase:
    """An application in which the person is ends everything, as they asked it to; for any other link they are asked."""
    staff = staff_request(request)
    if staff and not _sent_by_one_of_theirs(staff):
        return render(request, "sso/logout.html", {"application": cas_application(_service(staff)), "query": ""})
    return sign_out_response(request, HttpResponseRedirect(f"{reverse('accounts:signin')}?fin=1"))


@signed_in
def _home(_request: StaffRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("portal:home"))


@signed_in
def _enter(request: StaffRequest, asked: CasRequest, application: Application) -> HttpResponse:
    now, account, session = timezone.now(), request.account, request.session_record
    if stop := _stop(request, asked, application, now):
        return stop
    wanting = consents.is_consent_needed(account, application, application.scopes)
    if request.method == "POST":
        if wanting:
            consents.give_consent(account, application, application.scopes, now=now)
    elif asked.warn or wanting:
        return _ask_first(request, asked, application, wanting=wanting)
    ticket = tickets.issue_ticket(session, application, asked.service, fresh=_is_fresh(request, asked), now=now)
    return _go(request, service_urls.with_ticket(asked.service, ticket))


def _stop(request: StaffRequest, asked: CasRequest, application: Application, now: datetime) -> HttpResponse | None:
    """What stands between this person and this application; None when nothing does."""
    session, context = request.session_record, {"application": application}
    if not audience.may_open(request.account, application, now):
        return render(request, "sso/outside.html", context, status=403)
    if application.is_shut(now):
        return render(request, "sso/shut.html", context, status=503)
    if application.needs_key and not session.strong_for_a_role:
        if request.account.second_factor and not session.strong:
            return _prove(asked, now)
        return render(request, "sso/key.html", context, status=403)
    if asked.renew and not _is_fresh(request, asked):
        return _prove(asked, now)
    return None


def _is_fresh(request: StaffRequest, asked: CasRequest) -> bool:
    return asked.since is not None and request.session_record.proved_at >= asked.since


def _prove(asked: CasRequest, now: datetime) -> HttpResponse:
    wanted = urlencode({"next": asked.again(now)})
    return HttpResponseRedirect(f"{reverse('accounts:confirmation')}?{wanted}")


def _ask_first(request: StaffRequest, asked: CasRequest, application: Application, *, wanting: bool) -> HttpResponse:
    told = claims.claim_texts(request.account, application.scopes, timezone.now()) if wanting else []
    context = {
        "application": application, "told": told, "wanting": wanting, "asked": asked,
        "where": host(asked.service), "since": request.GET.get("since", ""),
    }  # fmt: skip
    return render(request, "sso/cas-passage.html", context)


def _go(request: StaffRequest, address: str) -> HttpResponse:
    """As `redirect.go`; that a sign-in led here is also known from the mark, for browsers that do not say it."""
    if request.method == "POST" or "since" in request.GET:
        return render(request, "sso/passage.html", {"address": address, "where": host(address)})
    return go(request, address)


def _sent_by_one_of_theirs(request: StaffRequest) -> bool:
    application = cas_application(_service(request))
    if application is None:
        return False
    session = request.session_record.pk
    there = ApplicationSession.objects.filter(
        session=session, application=application, protocol=Protocol.CAS, ended_at=None
    )
    return there.exists()


def _service(request: HttpRequest) -> str:
    """`url` is what CAS 1 and 2 called it."""
    return request.GET.get("service") or request.GET.get("url") or ""


def _since(mark: str, service: str) -> datetime | None:
    """None when we did not write it, for this very address, a short while ago."""
    try:
        when = datetime.fromtimestamp(float(_signer(service).unsign(mark)), UTC)
    except (BadSignature, ValueError):
        return None
    return when if timezone.now() - when < _A_SIGN_IN else None


def _signer(service: str) -> Signer:
    return Signer(salt=f"vaguemestre.sso.cas.since {service}")
