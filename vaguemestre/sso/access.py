"""The only doors from what a browser or an application names to an application."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.sso import audience
from vaguemestre.sso.arena import delegations
from vaguemestre.sso.cas import service_urls
from vaguemestre.sso.models import Application, Consent, Delegation, Protocol
from vaguemestre.web.compiled_query import CompiledQuery


def application_for(viewer: Account, slug: str) -> Application:
    """One that this person sees; "not for you" and "does not exist" are the same."""
    application = Application.objects.filter(slug=slug, active=True).prefetch_related("audiences").first()
    if application is None or application.for_mail or not audience.may_open(viewer, application, timezone.now()):
        raise Http404("application")
    return application


def registered_application(slug: str) -> Application:
    """For administrators: closed ones too."""
    application = Application.objects.filter(slug=slug).first()
    if application is None:
        raise Http404("application")
    return application


def registered_by_hand(slug: str) -> Application:
    """The same, of those that an administrator may change: not a mail program, which the service itself registers."""
    application = registered_application(slug)
    if application.for_mail:
        raise Http404("application")
    return application


def registered_applications() -> QuerySet[Application]:
    """The same, all of them."""
    return Application.objects.order_by("name", "pk")


def delegation_for(head: Account, pk: int, now: datetime) -> Delegation:
    """One that stands in an establishment that this person heads today. Reads the person's postings."""
    places = delegations.places_headed(head, timezone.localdate(now))
    found = delegations.delegations_at(places, now).filter(pk=pk).first()
    if found is None:
        raise Http404("delegation")
    return found


_BY_CLIENT_ID = CompiledQuery(lambda client_id: Application.objects.filter(client_id=client_id)[:1])


def client_named(client_id: str) -> Application | None:
    """The OpenID client that calls itself so. A name is no proof."""
    if not client_id or len(client_id) > 255 or "\x00" in client_id:
        return None
    found = _BY_CLIENT_ID.first(client_id)
    return found if found and found.is_usable(None) else None


def cas_application(service: str) -> Application | None:
    """The one that registered this address; an address that only looks like it is nobody's."""
    if not service_urls.is_well_formed(service):
        return None
    usable = Application.objects.filter(active=True, protocol=Protocol.CAS).prefetch_related("audiences")
    return next((one for one in usable.order_by("pk") if service_urls.is_registered(service, one.cas_services)), None)


def consent_of(account: Account, number: int) -> Consent:
    consent = Consent.objects.select_related("application").filter(account=account, pk=number).first()
    if consent is None:
        raise Http404("consent")
    return consent
