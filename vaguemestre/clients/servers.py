"""Where mail programs connect: names and ports that this installation really listens on, TLS from the first byte."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from vaguemestre.academy.facts import academy
from vaguemestre.sso.openid import mail_clients, own_applications


@dataclass(frozen=True)
class Server:
    host: str
    port: int


def reading() -> Server:
    return Server(*settings.MAIL["imaps"])


def sending() -> Server:
    return Server(*settings.MAIL["smtps"])


@dataclass(frozen=True)
class Provider:
    """Where a program that can is let in by its owner, instead of being given a password."""

    issuer: str
    authorize: str
    token: str
    scope: str
    thunderbird: str  # its client identifier; `other`, that of any other program
    other: str


def provider() -> Provider:
    at = settings.ORIGIN
    return Provider(
        at,
        at + reverse("sso:authorize"),
        at + reverse("sso:token"),
        mail_clients.MAIL,
        own_applications.THUNDERBIRD,
        own_applications.ANY_PROGRAM,
    )


def autoconfig_host() -> str:
    """Where Thunderbird looks first, by the domain of an address."""
    return f"autoconfig.{academy().domain}"


def autodiscover_host() -> str:
    return f"autodiscover.{academy().domain}"
