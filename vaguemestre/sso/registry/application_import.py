"""Applications out of a file, for an authority that has many, and for the demo."""

import tomllib
from pathlib import Path

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vaguemestre.sso.models import Application
from vaguemestre.sso.registry import applications
from vaguemestre.sso.registry.applications import Registration, RegistrationRow
from vaguemestre.sso.registry.redirect_uris import AddressRefusedError, parse_home, parse_redirect_uri, parse_service


class FileRefusedError(Exception):
    """The message names the file, the entry and the reason."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str = ""
    function: str = ""
    department: str = ""
    uai: str = ""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str = Field(max_length=60)
    summary: str = Field(max_length=120)
    domain: str
    home: str
    protocol: str = Field(default="link", pattern=r"^(oidc|cas|link)$")
    redirects: list[str] = Field(default_factory=list)
    after_sign_out: list[str] = Field(default_factory=list)
    services: list[str] = Field(default_factory=list)
    scopes: list[str] = Field(default_factory=list)
    backchannel: str = ""
    own: bool = False
    delegable: bool = False
    needs_key: bool = False
    everybody: bool = False
    audience: list[_Line] = Field(default_factory=list)
    shut_reason: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    applications: list[_Entry]


def import_applications(file: Path) -> list[tuple[Application, str]]:
    """Those that were not registered, each with its secret or nothing. All are judged before one is kept. Raises
    FileRefusedError."""
    known = set(Application.objects.values_list("slug", flat=True))
    entries = [entry for entry in _read(file).applications if entry.slug not in known]
    facts = [_registration(entry) for entry in entries]
    made = []
    with transaction.atomic():
        for entry, registration in zip(entries, facts, strict=True):
            application, secret = applications.register_application(registration, by="system")
            if entry.shut_reason:
                applications.begin_maintenance(application, entry.shut_reason, None, by="system")
            made.append((application, secret))
    return made


def _read(file: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileRefusedError(f"{file}: {error}") from error
    except ValidationError as error:
        lines = [f"{file}: {'.'.join(map(str, e['loc']))} - {e['msg']}" for e in error.errors()]
        raise FileRefusedError("\n".join(lines)) from error


def _registration(entry: _Entry) -> Registration:
    try:
        home, backchannel = parse_home(entry.home), parse_redirect_uri(entry.backchannel) if entry.backchannel else ""
        redirects, after = [
            [parse_redirect_uri(one) for one in several] for several in (entry.redirects, entry.after_sign_out)
        ]
        services = [parse_service(one) for one in entry.services]
    except AddressRefusedError as refused:
        raise FileRefusedError(f"{entry.slug}: {refused}") from refused
    audience = (
        [RegistrationRow()] if entry.everybody else [RegistrationRow(**line.model_dump()) for line in entry.audience]
    )
    kept = entry.model_dump(
        include={"slug", "name", "summary", "domain", "protocol", "own", "delegable", "needs_key", "scopes"}
    )
    return Registration(
        **kept, home=home, redirects=redirects, after_sign_out=after, services=services, backchannel=backchannel,
        audience=audience,
    )  # fmt: skip
