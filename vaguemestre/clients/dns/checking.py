"""What a resolver says of the records to publish, and whether the certificate bears the names that lead here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address

import dns.exception
import dns.resolver
import dns.reversename
from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.clients import servers
from vaguemestre.clients.dns.plain_http import PlainHttpError, redirect_at
from vaguemestre.clients.dns.policy import PolicyError, fetched, says_the_same
from vaguemestre.clients.dns.records import Record, mail_host, plain, records
from vaguemestre.engine import mta_sts
from vaguemestre.web.certificates import bears

SECONDS = 5.0


class State(Enum):
    RIGHT = gettext_lazy("right")
    MISSING = gettext_lazy("missing")
    DIFFERENT = gettext_lazy("different")
    REFUSED = gettext_lazy("not answered")


class NoResolverError(Exception):
    """No resolver answers."""


class UnansweredError(Exception):
    """This name alone: the resolver says that it cannot tell."""


@dataclass(frozen=True)
class Finding:
    name: str
    kind: str
    state: State
    wanted: str
    found: list[str]


class Resolver:
    """The machine's own, or the one at `host:port`. Raises ValueError for an address that is none."""

    def __init__(self, at: str | None = None, *, seconds: float = SECONDS) -> None:
        self._resolver = dns.resolver.Resolver(configure=at is None)
        self._resolver.lifetime = seconds
        if at is not None:
            host, _sign, port = at.rpartition(":") if at.count(":") == 1 or at.startswith("[") else (at, "", "53")
            self._resolver.nameservers = [str(ip_address(host.strip("[]")))]
            self._resolver.port = int(port)

    def ask(self, name: str, kind: str) -> list[str]:
        """One text a record, the strings of a TXT joined. Raises NoResolverError."""
        try:
            answer = self._resolver.resolve(f"{name}.", kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.resolver.NoNameservers as error:
            raise UnansweredError from error
        except dns.exception.Timeout as error:
            raise NoResolverError from error
        if kind == "TXT":
            return [b"".join(one.strings).decode("utf-8", "replace") for one in answer]
        return [one.to_text() for one in answer]

    def addresses(self, name: str) -> list[str]:
        return sorted(self.ask(name, "A") + self.ask(name, "AAAA"))


def check(resolver: Resolver) -> Iterator[Finding]:
    """Raises NoResolverError."""
    yield from _host(resolver)
    for record in records():
        yield judged(resolver, record)
    if settings.INSTANCE.mode == "production":  # no other one goes out
        yield served(resolver, fetched)
        if settings.INSTANCE.ports.http:
            yield from (led_to_https(resolver, name, redirect_at) for name in _names())
    yield from _certificate()


def served(resolver: Resolver, fetch: Callable[[Sequence[str]], str]) -> Finding:
    name, wanted = mta_sts.host(), mta_sts.policy(mail_host())
    try:
        addresses = resolver.addresses(name)
        said = fetch(addresses) if addresses else ""
    except (UnansweredError, PolicyError) as error:
        return Finding(name, "HTTPS", State.REFUSED, wanted, [str(error)])
    return Finding(name, "HTTPS", _state([said] if said else [], right=says_the_same(said, wanted)), wanted, [said])


def led_to_https(resolver: Resolver, name: str, ask: Callable[[str, str], str]) -> Finding:
    """A firewall is asked too, of IPv4 and of IPv6: an authority sees no more than this."""
    wanted = _("port 80 leads to https://%(name)s/") % {"name": name}
    try:
        found = [ask(address, name) for address in resolver.addresses(name)]
    except (UnansweredError, PlainHttpError) as error:
        return Finding(name, "HTTP", State.REFUSED, wanted, [str(error)])
    right = bool(found) and all(one.startswith(f"https://{name}") for one in found)
    return Finding(name, "HTTP", _state(found, right=right), wanted, found)


def _names() -> tuple[str, ...]:
    """That lead here in every installation; the domain itself may be another site's."""
    return mail_host(), servers.autoconfig_host(), servers.autodiscover_host(), mta_sts.host()


def _host(resolver: Resolver) -> Iterator[Finding]:
    host = mail_host()
    try:
        addresses = resolver.addresses(host)
    except UnansweredError:
        yield Finding(host, "A", State.REFUSED, _("the public address of this machine"), [])
        return
    state = State.RIGHT if addresses else State.MISSING
    yield Finding(host, "A", state, _("the public address of this machine"), addresses)
    for address in addresses:
        yield _reverse(resolver, address, host)


def _reverse(resolver: Resolver, address: str, host: str) -> Finding:
    """Large receivers refuse mail from an address whose name does not lead back."""
    name = dns.reversename.from_address(address).to_text(omit_final_dot=True)
    try:
        found = resolver.ask(name, "PTR")
    except UnansweredError:
        return Finding(name, "PTR", State.REFUSED, host, [])
    return Finding(name, "PTR", _state(found, right=host in map(plain, found)), host, found)


def judged(resolver: Resolver, record: Record) -> Finding:
    try:
        if record.kind == "CNAME":
            return _alias(resolver, record)
        found = resolver.ask(record.name, record.kind)
    except UnansweredError:
        return Finding(record.name, record.kind, State.REFUSED, record.value, [])
    if record.kind == "TXT":  # others stand beside ours: another SPF is wrong, the rest is nobody's business
        mark = record.value.partition("=")[2][:4].lower()
        found = [one for one in found if one.lower().startswith(f"v={mark}")]
    return Finding(record.name, record.kind, _state(found, right=record.right(found)), record.value, found)


def _alias(resolver: Resolver, record: Record) -> Finding:
    """By the addresses: an A record does as well as the alias."""
    found = resolver.addresses(record.name)
    right = bool(found) and found == resolver.addresses(mail_host())
    return Finding(record.name, record.kind, _state(found, right=right), record.value, found)


def _state(found: list[str], *, right: bool) -> State:
    if right:
        return State.RIGHT
    return State.DIFFERENT if found else State.MISSING


def _certificate() -> Iterator[Finding]:
    """Programs look for their settings under names of their own, and take no certificate that does not bear them."""
    file = settings.TLS["certificate"]
    if file is None or not file.exists():
        return
    own = x509.load_pem_x509_certificates(file.read_bytes())[0]
    for name in _names():
        state = State.RIGHT if bears(own, name) else State.MISSING
        yield Finding(name, "TLS", state, _("a name of the certificate"), [])
