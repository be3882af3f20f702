"""The registry of applications, as its administrators change it. Each act is one line of the journal, and never holds a
secret."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from vaguemestre.audit import journal
from vaguemestre.sso.logout import access_revocation
from vaguemestre.sso.models import Application, Audience, Protocol


@dataclass(frozen=True)
class RegistrationRow:
    """Who sees it: what is empty is not looked at. All empty: everybody."""

    category: str = ""
    function: str = ""
    department: str = ""
    uai: str = ""

    @property
    def columns(self) -> dict[str, str | None]:
        """As the table keeps them."""
        return {
            "category": self.category or None, "function": self.function or None,
            "department": self.department or None, "uai": self.uai or None,
        }  # fmt: skip


@dataclass(frozen=True)
class Registration:
    """What an administrator typed, checked already (`addresses`)."""

    slug: str
    name: str
    summary: str
    domain: str
    protocol: str
    home: str
    redirects: Sequence[str] = ()
    after_sign_out: Sequence[str] = ()
    services: Sequence[str] = ()
    scopes: Sequence[str] = ()
    backchannel: str = ""
    own: bool = False
    delegable: bool = False
    needs_key: bool = False
    audience: Sequence[RegistrationRow] = field(default_factory=tuple)


def register_application(facts: Registration, *, by: str) -> tuple[Application, str]:
    """The application, and its secret where it has one: it is nowhere else in clear."""
    with transaction.atomic():
        secret = _secret()
        application = Application(slug=facts.slug, client_id=secrets.token_hex(16), client_secret=secret)
        _write(application, facts)
        journal.record(by, "application.registered", facts.slug, protocol=facts.protocol, home=facts.home)
    return application, secret if facts.protocol == Protocol.OIDC else ""


def change_application(application: Application, facts: Registration, *, by: str) -> list[str]:
    """Which columns changed; nothing is written down when none did. The slug stays: addresses and journal name it."""
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        before = _seen(row)
        _write(row, facts)
        changed = sorted(name for name, value in _seen(row).items() if value != before[name])
        if changed:
            journal.record(by, "application.changed", row.slug, changed=", ".join(changed)[:500])
            access_revocation.end_revoked(row.visits.all(), now=timezone.now())
    return changed


def replace_secret(application: Application, *, by: str) -> str:
    """The former one opens nothing any more."""
    secret = _secret()
    with transaction.atomic():
        application.client_secret = secret  # hashed when it is saved
        application.save(update_fields=["client_secret"])
        journal.record(by, "application.secret-replaced", application.slug)
    return secret


def close_application(application: Application, *, by: str) -> None:
    """It is in nobody's ARENA and signs nobody in; what it was stays, so that the journal can be read. Whoever is in it
    at this moment is signed out of it."""
    with transaction.atomic():
        _mark(application, "application.closed", by, active=False)
        access_revocation.end_revoked(application.visits.all(), now=timezone.now())


def reopen_application(application: Application, *, by: str) -> None:
    _mark(application, "application.opened-again", by, active=True)


def begin_maintenance(application: Application, reason: str, until: datetime | None, *, by: str) -> None:
    _mark(
        application, "application.shut", by, shut_reason=reason, shut_until=until,
        _said={"reason": reason, "until": until.isoformat(timespec="minutes") if until else None},
    )  # fmt: skip


def end_maintenance(application: Application, *, by: str) -> None:
    _mark(application, "application.unshut", by, shut_reason="", shut_until=None)


def seen_by_everybody(application: Application) -> bool:
    return (None, None, None, None) in _audience(application)


def _mark(
    application: Application, act: str, by: str, _said: dict[str, str | None] | None = None, **columns: object
) -> None:
    """Done already is done: no second line."""
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        if all(getattr(row, name) == value for name, value in columns.items()):
            return
        Application.objects.filter(pk=row.pk).update(**columns)
        journal.record(by, act, row.slug, **(_said or {}))


def _write(row: Application, facts: Registration) -> None:
    row.name, row.summary, row.domain = facts.name, facts.summary, facts.domain
    row.protocol, row.home = facts.protocol, facts.home
    row.redirect_uris = " ".join(facts.redirects)
    row.post_logout_redirect_uris = " ".join(facts.after_sign_out)
    row.cas_services, row.scopes = list(facts.services), list(facts.scopes)
    row.backchannel_logout_uri = facts.backchannel
    row.own, row.delegable, row.needs_key = facts.own, facts.delegable, facts.needs_key
    row.client_type = Application.CLIENT_CONFIDENTIAL
    row.authorization_grant_type = Application.GRANT_AUTHORIZATION_CODE
    row.save()
    wanted = {tuple(one.columns.items()): one for one in facts.audience}.values()
    if {tuple(one.columns.values()) for one in wanted} != _audience(row):
        row.audiences.all().delete()
        Audience.objects.bulk_create(Audience(application=row, **one.columns) for one in wanted)


def _audience(row: Application) -> set[tuple[str | None, ...]]:
    return set(row.audiences.values_list("category", "function", "department", "uai"))


def _secret() -> str:
    return secrets.token_urlsafe(48)


def _seen(row: Application) -> dict[str, object]:
    """What a change is told by."""
    return {
        "name": row.name, "summary": row.summary, "domain": row.domain, "protocol": row.protocol, "home": row.home,
        "redirects": row.redirect_uris, "after-sign-out": row.post_logout_redirect_uris,
        "services": list(row.cas_services), "scopes": list(row.scopes), "backchannel": row.backchannel_logout_uri,
        "own": row.own, "delegable": row.delegable, "needs-key": row.needs_key, "audience": _audience(row),
    }  # fmt: skip
