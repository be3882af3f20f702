"""What differs from one installation to the next: ports, database, TLS, names.

Facts of the authority are in `academy.toml`; secrets are files in `DATA/secrets`; everything else is here, read from
`DATA/instance.toml`, each key overridable by `VAGUEMESTRE_<KEY>` (nested keys by `__`). A wrong or unknown key stops
the program with its name.
"""

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

DATA_VARIABLE = "VAGUEMESTRE_DATA"
DEMO_BASE = 24000

# On the inner door the courier is known by it: what comes from there is the service's own writing, and is signed.
COURIER_ADDRESS = "127.0.0.2"


class Ports(BaseModel):
    """Public ports first; the others listen on loopback only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    web: int
    imaps: int
    smtps: int
    smtp: int
    sieve: int
    gate: int
    events: int
    reinject: int
    sink: int

    @classmethod
    def from_base(cls, base: int) -> Self:
        """High ports for a demo or a test, each recognisable by its last digits (993, 465, 25, 443)."""
        return cls(
            web=base + 443, imaps=base + 993, smtps=base + 465, smtp=base + 25,
            sieve=base + 190, gate=base + 80, events=base + 81, reinject=base + 26, sink=base + 27,
        )  # fmt: skip


class Tls(BaseModel):
    """Own certificate and key (PEM, whole chain); without them a local authority signs one on the first run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    certificate: Path | None = None
    key: Path | None = None


class Instance(BaseSettings):
    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="VAGUEMESTRE_", env_nested_delimiter="__", env_ignore_empty=True
    )

    data: Path | None = None
    mode: Literal["demo", "test", "production"] = "demo"
    host: str = "localhost"  # the one canonical host of the web origin and of the mail ports
    listen: str = "127.0.0.1"  # address of the public ports
    ports: Ports = Ports.from_base(DEMO_BASE)
    database: str | None = None  # postgresql://…; SQLite in DATA/db without it
    tls: Tls = Tls()
    relay: str | None = None  # production only: where mail for other domains goes; a demo has a local sink
    rspamd: bool = True
    remote_images: bool = True  # may be shown, through our proxy; false: never, and the proxy does not run
    refused_networks: tuple[IPv4Network | IPv6Network, ...] = ()  # public ones of the authority: never fetched from
    permitted_address: str | None = None  # tests only: one address inside that may be fetched from

    @property
    def origin(self) -> str:
        return f"https://{self.host}" + ("" if self.ports.web == 443 else f":{self.ports.web}")

    @model_validator(mode="after")
    def _closed_in_production(self) -> Self:
        if self.permitted_address and self.mode == "production":
            raise ValueError("permitted_address is for tests: it opens the network inside to every mail")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        data = os.environ.get(DATA_VARIABLE)
        toml = [TomlConfigSettingsSource(settings_cls, Path(data) / "instance.toml")] if data else []
        return (init_settings, env_settings, *toml)


def read_instance() -> Instance:
    """The installation that `VAGUEMESTRE_DATA` names; without the variable, defaults that need no file (linters)."""
    try:
        return Instance()
    except ValidationError as error:
        lines = [f"instance.toml: {'.'.join(map(str, e['loc']))} - {e['msg']}" for e in error.errors()]
        raise SystemExit("\n".join(lines)) from error
