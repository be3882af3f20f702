"""Applications that are part of the service, and the demo's: registered by a command, not by hand.

Their secrets are files like any other secret of the house: whoever plays the client reads the same one.
"""

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction

from vaguemestre.audit import journal
from vaguemestre.sso.claims import SCOPES
from vaguemestre.sso.models import Application, Audience, Protocol
from vaguemestre.sso.openid.mail_clients import MAIL

IPROF = "iprof"
TRIAL = "essai"
THUNDERBIRD, ANY_PROGRAM = "thunderbird", "logiciel-de-messagerie"


def keep_own() -> Application:
    """I-Prof, at the address that the service has today. The same when done again."""
    return _register(
        IPROF, own_secret(IPROF), name="I-Prof", summary="Votre carrière, vos demandes.", domain="personnels",
        home="/iprof/", own=True, redirect_uris=f"{settings.ORIGIN}/iprof/retour/",
        post_logout_redirect_uris=f"{settings.ORIGIN}/iprof/fin/", scopes=[*SCOPES],
        backchannel_logout_uri=f"{settings.ORIGIN}/iprof/deconnexion-generale/",
    )  # fmt: skip


def keep_mail_programs() -> None:
    """Public clients: their identifier is no secret, and is on the page that helps people set them up. One that an
    administrator has closed stays so."""
    for slug, name in ((THUNDERBIRD, "Thunderbird"), (ANY_PROGRAM, "Logiciel de messagerie")):
        _register(
            slug, "", name=name, summary="Ouvre la boîte aux lettres depuis un ordinateur.", domain="", home="",
            protocol=Protocol.MAIL, client_type=Application.CLIENT_PUBLIC, scopes=[MAIL],
        )  # fmt: skip


def keep_trial(redirect: str, *, logout: str = "", told: str = "") -> tuple[Application, str]:
    """An application of somebody else's, to try with. Another address is another application: the secret is new each
    time, and nobody has allowed it anything yet. `told`: its back-channel address."""
    word = secrets.token_urlsafe(48)
    application = _register(
        TRIAL, word, name="Application d’essai", summary="Montre ce qu’une application apprend de vous.",
        domain="outils", home=redirect, redirect_uris=redirect, post_logout_redirect_uris=logout, scopes=[*SCOPES],
        backchannel_logout_uri=told,
    )  # fmt: skip
    application.consents.all().delete()
    return application, word


def own_secret(slug: str) -> str:
    if settings.SECRETS_DIR is None:
        return f"{slug} in memory"  # tests without a data folder
    return str((settings.SECRETS_DIR / f"client-{slug}.key").read_text().strip())


def _register(slug: str, secret: str, **facts: Any) -> Application:
    usual = {"protocol": Protocol.OIDC, "client_type": Application.CLIENT_CONFIDENTIAL}
    fixed = {
        "client_id": slug, "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE, "client_secret": secret,
    }  # fmt: skip
    with transaction.atomic():
        application, new = Application.objects.update_or_create(slug=slug, defaults=usual | facts | fixed)
        if new:
            if not application.for_mail:  # no page of applications shows those
                Audience.objects.create(application=application)
            journal.record("system", "sso.application-registered", slug)
    return application
