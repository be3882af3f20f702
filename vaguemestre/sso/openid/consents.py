"""What somebody let an application read: remembered, and taken back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.sso.claims import OPENID
from vaguemestre.sso.models import Application, ApplicationSession, Consent
from vaguemestre.sso.openid import tokens


def consents_of(account: Account) -> list[Consent]:
    given = Consent.objects.filter(account=account).select_related("application")
    return list(given.order_by("application__name", "pk"))


def is_consent_needed(account: Account, application: Application, scopes: Collection[str]) -> bool:
    """Whether the person must be asked first. The authority's own applications are part of the service."""
    if application.own:
        return False
    given = Consent.objects.filter(account=account, application=application).first()
    return given is None or not set(scopes) <= {OPENID, *given.scopes}


def give_consent(account: Account, application: Application, scopes: Collection[str], *, now: datetime) -> None:
    """What was let before stays so."""
    with transaction.atomic():
        consent, _new = Consent.objects.select_for_update().get_or_create(
            account=account, application=application, defaults={"given_at": now}
        )
        consent.scopes = sorted({*consent.scopes, *scopes} - {OPENID})
        consent.given_at = now
        consent.save()
        journal.record(account.key, "sso.consent-given", account.key, application=application.slug)


def withdraw_consent(consent: Consent, *, now: datetime) -> None:
    """The application's tokens end at once; what it has read already is its own affair."""
    account, application = consent.account, consent.application
    with transaction.atomic():
        consent.delete()
        for visit in ApplicationSession.objects.filter(account=account, application=application, ended_at=None):
            tokens.end_visit(visit, now=now)
        journal.record(account.key, "sso.consent-withdrawn", account.key, application=application.slug)
