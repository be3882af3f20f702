"""Shared by tests: passkeys."""

from urllib.parse import urlsplit

from django.conf import settings

from vaguemestre.accounts.testing.webauthn import Authenticator


def device(**facts: object) -> Authenticator:
    rp_id = urlsplit(settings.ORIGIN).hostname or ""
    return Authenticator(**({"origin": settings.ORIGIN, "rp_id": rp_id} | facts))  # type: ignore[arg-type]  # its fields
