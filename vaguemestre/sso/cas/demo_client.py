"""An application of the older kind to try with, in a demo: it learns who comes by CAS, and belongs to somebody else."""

from django.db import transaction

from vaguemestre.audit import journal
from vaguemestre.sso.claims import SCOPES
from vaguemestre.sso.models import Application, Audience, Protocol

SLUG = "essai-cas"


def keep_cas_trial(service: str) -> Application:
    """`service`: its one address, or what it begins with and `/*`. The same when done again."""
    facts = {
        "name": "Application d’essai (CAS)", "summary": "Ce que CAS apprend de vous.", "domain": "outils",
        "home": service.removesuffix("*"), "protocol": Protocol.CAS, "scopes": [*SCOPES], "cas_services": [service],
        "own": True, "client_id": SLUG, "client_type": Application.CLIENT_CONFIDENTIAL,
        "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
    }  # fmt: skip
    with transaction.atomic():
        application, new = Application.objects.update_or_create(slug=SLUG, defaults=facts)
        if new:
            Audience.objects.create(application=application)
            journal.record("system", "sso.application-registered", SLUG)
    return application
