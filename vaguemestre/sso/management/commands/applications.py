"""`vaguemestre applications FILE.toml`: registers the applications of a file that are not registered yet."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vaguemestre.sso import registry
from vaguemestre.sso.addresses import AddressRefused, strict, strict_service
from vaguemestre.sso.models import Application
from vaguemestre.sso.registry import OIDC, Registration, Row


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    category: str = ""
    function: str = ""
    department: str = ""
    uai: str = ""


class _Entry(BaseModel):
    """`{origin}` in an address is this installation's own."""

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


class Command(BaseCommand):
    help = "Registers the applications of a file that are not registered yet; those that are stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        known = set(Application.objects.values_list("slug", flat=True))
        entries = [entry for entry in _read(options["file"]).applications if entry.slug not in known]
        for facts, entry in [(_registration(entry), entry) for entry in entries]:  # all judged before one is kept
            application, secret = registry.register(facts, by="system")
            if entry.shut_reason:
                registry.begin_maintenance(application, entry.shut_reason, None, by="system")
            if entry.protocol == OIDC:
                self.stdout.write(f"{entry.slug} {application.client_id} {secret}")
        self.stdout.write(str(len(entries)))


def _read(file: Path) -> _File:
    try:
        return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CommandError(f"{file}: {error}") from error
    except ValidationError as error:
        lines = [f"{file}: {'.'.join(map(str, e['loc']))} - {e['msg']}" for e in error.errors()]
        raise CommandError("\n".join(lines)) from error


def _registration(entry: _Entry) -> Registration:
    here = settings.ORIGIN
    try:
        addresses = {
            "home": strict(entry.home.replace("{origin}", here)),
            "redirects": [strict(one.replace("{origin}", here)) for one in entry.redirects],
            "after_sign_out": [strict(one.replace("{origin}", here)) for one in entry.after_sign_out],
            "services": [strict_service(one.replace("{origin}", here)) for one in entry.services],
            "backchannel": strict(entry.backchannel.replace("{origin}", here)) if entry.backchannel else "",
        }
    except AddressRefused as refused:
        raise CommandError(f"{entry.slug}: {refused}") from refused
    audience = [Row()] if entry.everybody else [Row(**line.model_dump()) for line in entry.audience]
    kept = entry.model_dump(include={"slug", "name", "summary", "domain", "protocol", "own", "delegable", "needs_key"})
    return Registration(**kept, **addresses, scopes=entry.scopes, audience=audience)
