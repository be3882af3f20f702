"""Service tickets: one use, half a minute, one address. The browser carries them, the application shows them to us."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.sessions.access import living_session
from vaguemestre.sso import application_sessions, audience
from vaguemestre.sso.cas import attributes, service_urls
from vaguemestre.sso.cas.responses import Failure, Success
from vaguemestre.sso.models import Application, Protocol, ServiceTicket

LIFE = timedelta(seconds=30)
_FORM = re.compile(r"ST-[0-9a-f]{64}")


def issue_ticket(session: Session, application: Application, service: str, *, fresh: bool, now: datetime) -> str:
    """`fresh`: who they are was proved for it, not only remembered."""
    ticket = f"ST-{secrets.token_hex(32)}"
    ServiceTicket.objects.create(
        digest=_digest(ticket), account=session.account, session=session.pk, application=application, service=service,
        fresh=fresh, expires_at=now + LIFE,
    )  # fmt: skip
    return ticket


def validate_ticket(ticket: str, service: str, *, renew: bool, proxied: bool, now: datetime) -> Success | Failure:
    """Whatever it answers, the ticket is spent: who shows it wrongly does not try again."""
    if not ticket or not service:
        return Failure.REQUEST
    if not ticket.startswith("ST-"):
        return Failure.TICKET_SPEC
    if not _FORM.fullmatch(ticket):
        return Failure.TICKET
    with transaction.atomic():
        if not ServiceTicket.objects.filter(pk=_digest(ticket), used_at=None).update(used_at=now):
            return Failure.TICKET
        row = ServiceTicket.objects.select_related("application").get(pk=_digest(ticket))
        refusal = _refusal(row, service, renew=renew, now=now)
        if refusal or proxied:
            return refusal or Failure.CALLBACK
        return _opened(row, ticket, now)


def _refusal(row: ServiceTicket, service: str, *, renew: bool, now: datetime) -> Failure | None:
    application = row.application
    if row.service != service or not service_urls.is_registered(service, application.cas_services):
        return Failure.SERVICE
    usable = application.active and application.protocol == Protocol.CAS and not application.is_shut(now)
    if row.is_over(now) or not usable or (renew and not row.fresh):
        return Failure.TICKET
    return None


def _opened(row: ServiceTicket, ticket: str, now: datetime) -> Success | Failure:
    """The session's row waits here for whoever is ending it, or makes them wait: then they see this visit."""
    Session.objects.select_for_update().filter(pk=row.session).first()
    session = living_session(row.session, now=now)
    if session is None or session.account_id != row.account_id or not may_enter(session, row.application, now=now):
        return Failure.TICKET
    row.visit = application_sessions.note_application_session(
        session.account, session.pk, row.application, Protocol.CAS, ticket, now=now
    )
    row.save(update_fields=["visit"])
    told = attributes.cas_attributes(session.account, row.application, now)
    user = attributes.name_of(session.account, row.application)
    return Success(user, told, at=session.proved_at, fresh=row.fresh)


def may_enter(session: Session, application: Application, *, now: datetime) -> bool:
    account = session.account
    if account.portal_refusal(timezone.localdate(now)) or account.first_signin_due:
        return False
    if application.needs_key and not session.strong_for_a_role:
        return False
    return audience.may_open(account, application, now)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
