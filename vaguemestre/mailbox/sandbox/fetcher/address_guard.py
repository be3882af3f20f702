"""Which machines may be spoken to because a mail says so: public ones, and none by a way that leads back inside."""

import socket
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import BoundedSemaphore, Thread

from vaguemestre.mailbox.errors import FetchError

type Network = IPv4Network | IPv6Network

_WORLD = IPv6Network("2000::/3")  # the only part of IPv6 that is routed
# Global by the letter, but another network behind it: tunnels, translators, and what answers for everybody.
_WAYS_BACK: tuple[Network, ...] = tuple(
    ip_network(text) for text in ("192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
PORTS = (80, 443)
# Names asked for at the same time. What a slow server of names holds back is left behind, and counts until it comes.
_LOOKUPS = BoundedSemaphore(64)


@dataclass(frozen=True, slots=True)
class Guard:
    """`refused`: public networks that are the authority's own. `permitted`: one address for tests, on any port.
    `ports`: of the servers that are meant."""

    refused: tuple[Network, ...] = ()
    permitted: str = ""
    ports: tuple[int, ...] = PORTS

    def addresses(self, host: str, port: int, *, seconds: float) -> Sequence[str]:
        """What the name stands for, checked. To be connected to as they are: asked twice, a name may lie.

        One address that may not be spoken to refuses them all. Raises `FetchError`."""
        texts = _looked_up(host, port, seconds)
        for text in texts:
            if text != self.permitted and (port not in self.ports or not self.is_public(text)):
                raise FetchError("inside")
        return texts

    def is_public(self, text: str) -> bool:
        """False for whatever is not surely somebody else's machine in the open."""
        if "%" in text:  # the scope of a link-local address
            return False
        try:
            address: IPv4Address | IPv6Address = ip_address(text)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address not in _WORLD:
            return False  # ::ffff:10.0.0.1, 64:ff9b::a00:1, fe80::1, ::1 and all that is not routed
        if not address.is_global or address.is_multicast or address.is_reserved:
            return False
        return not any(address in network for network in (*_WAYS_BACK, *self.refused))


def _looked_up(host: str, port: int, seconds: float) -> list[str]:
    """The system's own resolver knows no deadline, and a sender chooses how slow the answer is: a thread asks it."""
    answer: Future[list[str]] = Future()
    room = _LOOKUPS

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)
        finally:
            room.release()

    if not room.acquire(timeout=seconds):
        raise FetchError("time")
    Thread(target=ask, name="lookup", daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError as error:
        raise FetchError("time") from error
    except (OSError, UnicodeError) as error:
        raise FetchError("name") from error
