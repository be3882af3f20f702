"""Where mail programs connect: names and ports that this installation really listens on, TLS from the first octet."""

from dataclasses import dataclass

from django.conf import settings

from vaguemestre.academy.facts import academy


@dataclass(frozen=True)
class Server:
    host: str
    port: int


def reading() -> Server:
    return Server(*settings.MAIL["imaps"])


def sending() -> Server:
    return Server(*settings.MAIL["smtps"])


def autoconfig_host() -> str:
    """Where Thunderbird looks first, by the domain of an address."""
    return f"autoconfig.{academy().domain}"


def autodiscover_host() -> str:
    """The same for Outlook."""
    return f"autodiscover.{academy().domain}"
