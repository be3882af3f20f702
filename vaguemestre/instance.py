"""What differs from one installation to the next: ports, database, TLS, names.

Facts of the authority are in `academy.toml`; secrets are files in `DATA/secrets`; everything else is here, read from
`DATA/instance.toml`, each key overridable by `VAGUEMESTRE_<KEY>` (nested keys by `__`). A wrong or unknown key stops
the program with its name.
"""

import os
import re
import socket
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

DATA_VARIABLE = "VAGUEMESTRE_DATA"
DEMO_BASE = 24000

# On the inner door the courier is known by it: what comes from there is the service's own writing, and is signed.
COURIER_ADDRESS = "127.0.0.2"


# Of `listen`: every address of the machine, by IPv4 and, where it has that, by IPv6.
ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104 - by the operator's own word


def listen_addresses(listen: str) -> tuple[str, ...]:
    if listen not in ALL_ADDRESSES:
        return (listen,)
    return ALL_ADDRESSES if _has_ipv6() else ALL_ADDRESSES[:1]


def own_door(listen: str) -> str:
    """Where our own programs find the ports of this machine, by number: a resolver that is slow, or away, keeps nobody
    from the next process."""
    return "127.0.0.1" if listen in ALL_ADDRESSES else listen


def _has_ipv6() -> bool:
    """A kernel may know it and be told not to use it."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


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
    http: int | None = None  # public too: challenges of a certificate authority, the way to HTTPS. None: not served

    @classmethod
    def from_base(cls, base: int) -> Self:
        """High ports for a demo or a test, each recognisable by its last digits (993, 465, 25, 443, 80)."""
        return cls(
            web=base + 443, imaps=base + 993, smtps=base + 465, smtp=base + 25,
            sieve=base + 190, gate=base + 80, events=base + 81, reinject=base + 26, sink=base + 27,
            http=base + 880,
        )  # fmt: skip


class Tls(BaseModel):
    """Own certificate and key (PEM, whole chain); without them a local authority signs both kinds on the first run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    certificate: Path | None = None
    key: Path | None = None
    alt_certificate: Path | None = None  # of the other kind, EC or RSA
    alt_key: Path | None = None

    @property
    def own(self) -> list[tuple[Path, Path]]:
        """The usual pair first; none: the local authority's."""
        pairs = [(self.certificate, self.key), (self.alt_certificate, self.alt_key)]
        return [(certificate, key) for certificate, key in pairs if certificate and key]

    @model_validator(mode="after")
    def _in_pairs(self) -> Self:
        if (self.certificate is None) != (self.key is None) or (self.alt_certificate is None) != (self.alt_key is None):
            raise ValueError("a certificate and its key are given together")
        if self.alt_certificate and not self.certificate:
            raise ValueError("alt_certificate stands beside certificate")
        return self


# Mobile numbers of France, and the numbers of the overseas départements and territories.
FRENCH_MOBILES = ("+336", "+337", "+262", "+508", "+590", "+594", "+596", "+681", "+687", "+689")


class Sms(BaseModel):
    """A gateway that takes a text message as the fields of an HTTPS form. Its secret is the file `secrets/sms.key`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    number_field: str = "to"
    text_field: str = "text"
    secret_field: str | None = None  # the name of the field that the secret goes into
    fields: dict[str, str] = {}  # sent as they are: account, sender, encoding
    number_begins: Literal["+", "00", ""] = "+"  # what the gateway wants before the country: +33…, 0033…, 33…
    accepted: str = ""  # words that its answer holds when it took the message, for those that say no with a 200
    ca: Path | None = None  # certificate authority of a gateway inside (PEM)
    timeout: int = Field(default=5, ge=1, le=15)  # seconds
    a_day: int = Field(default=300, ge=1)  # text messages in 24 hours for the whole installation: they cost money
    prefixes: tuple[str, ...] = FRENCH_MOBILES

    @property
    def inside(self) -> bool:
        return urlsplit(self.url).hostname in {"localhost", "127.0.0.1", "::1"}

    @model_validator(mode="after")
    def _safe(self) -> Self:
        parts = urlsplit(self.url)
        if not parts.hostname or not (parts.scheme == "https" or (self.inside and parts.scheme == "http")):
            raise ValueError("url is https://…; http:// only on this very machine")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("url holds no secret and no field: they go into the form")
        if not all(re.fullmatch(r"\+[1-9]\d{0,6}", prefix) for prefix in self.prefixes):
            raise ValueError("prefixes are written +33, +336…")
        return self


class Backup(BaseModel):
    """Two restic repositories, away from this machine and from one another: an absolute folder, `sftp:…`,
    `rest:https://…` or `s3:https://…`. Passwords are files of root's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    repository: str  # database, files and mail
    password_file: Path = Path("/etc/vaguemestre/backup.password")
    credentials_file: Path | None = None  # for S3, in the form of the AWS tools; for a REST server, `user:password`
    secrets_repository: str  # secrets, configuration, and what was revoked
    secrets_password_file: Path = Path("/etc/vaguemestre/backup-secrets.password")
    secrets_credentials_file: Path | None = None
    keep_days: int = Field(default=14, ge=1)
    keep_weeks: int = Field(default=8, ge=0)
    keep_months: int = Field(default=6, ge=0)
    late_hours: int = Field(default=26, ge=1)  # after the last complete one: then administrators are told
    processors: int = Field(default=1, ge=1)  # that it takes at most
    upload_kib: int = Field(default=0, ge=0)  # a second; 0: as fast as it goes

    @model_validator(mode="after")
    def _addresses(self) -> Self:
        for address in (self.repository, self.secrets_repository):
            if not re.match(r"/|sftp:|rest:https://|s3:https://", address):
                raise ValueError("a repository is an absolute folder, sftp:…, rest:https://… or s3:https://…")
            if re.search(r"//[^/@]*:[^/@]*@", address):
                raise ValueError("a repository's address holds no password")
        return self


class Instance(BaseSettings):
    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix="VAGUEMESTRE_", env_nested_delimiter="__", env_ignore_empty=True
    )

    data: Path | None = None
    mode: Literal["demo", "test", "production"] = "demo"
    host: str = "localhost"  # the one canonical host of the web origin and of the mail ports
    listen: str = "127.0.0.1"  # address of the public ports; "0.0.0.0" or "::": all of them, IPv6 included
    ports: Ports = Ports.from_base(DEMO_BASE)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()  # before us: whom they bring, X-Forwarded-For tells
    database: str | None = None  # postgresql://…; SQLite in DATA/db without it
    tls: Tls = Tls()
    relay: str | None = None  # production only: where mail for other domains goes; a demo has a local sink
    sms: Sms | None = None  # without it nobody is sent a text message, and no page speaks of one
    backup: Backup | None = None  # without it nothing is backed up, and administrators are told so
    rspamd: bool = True
    log_format: Literal["plain", "json"] = "plain"  # of our own programs and of nginx; mail servers have their own
    undo_seconds: Literal[0, 5, 10, 20, 30] = 10  # a message sent can be called back so long, by who chose nothing else
    remote_images: bool = True  # may be shown, through our proxy; false: never, and the proxy does not run
    refused_networks: tuple[IPv4Network | IPv6Network, ...] = ()  # public ones of the authority: never fetched from
    block_lists: tuple[str, ...] = ()  # zones that `check` asks about our own address; none without them
    permitted_address: str | None = None  # tests only: one address inside that may be fetched from

    @property
    def origin(self) -> str:
        return f"https://{self.host}" + ("" if self.ports.web == 443 else f":{self.ports.web}")

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if any(network.prefixlen == 0 for network in self.trusted_proxies):
            raise ValueError("trusted_proxies names the proxies: with everybody in it any visitor chooses an address")
        if self.permitted_address and self.mode == "production":
            raise ValueError("permitted_address is for tests: it opens the network inside to every mail")
        if self.sms and not self.sms.inside and self.mode != "production":
            raise ValueError("sms.url leads outside: only in production are people sent text messages")
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
