"""Where a CAS ticket may be sent: addresses that an application registered, and nothing that only looks like one.

Registered are whole addresses, or what begins with one that ends in `/*`. An address is judged as it was typed, never
put right first: what another reader (a browser, a framework, a proxy) might read in another way is refused.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

LONGEST = 2000
WHATEVER_FOLLOWS = "/*"
_SIGNS = re.compile(r"[!-~]+")  # printable ASCII without the space; the rest of the world is written in percents
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ORIGIN = re.compile(rf"https://{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9._~!$&'()+,=:@-]|%[2-9A-Fa-f][0-9A-Fa-f])*)*")
# A slash, a backslash, a dot, a percent, a semicolon in disguise: some servers undo it before they look at the path.
_DISGUISED = re.compile(r"%(?:2[fe5]|5c|3b|7f)", re.IGNORECASE)


def is_well_formed(address: str) -> bool:
    """As an address of service. The path is written out: no `..`, nothing that becomes one."""
    if len(address) > LONGEST or not _SIGNS.fullmatch(address) or any(sign in address for sign in '\\#"<>'):
        return False
    origin = _ORIGIN.match(address)
    if origin is None or address[origin.end() : origin.end() + 1] not in {"/", "?", ""}:
        return False
    path, _mark, query = address[origin.end() :].partition("?")
    return _plain_path(path) and _no_ticket(query)


def is_registrable(pattern: str) -> bool:
    address = pattern.removesuffix("*") if pattern.endswith(WHATEVER_FOLLOWS) else pattern
    return "*" not in address and is_well_formed(address) and not (address != pattern and "?" in address)


def is_registered(address: str, patterns: Iterable[str]) -> bool:
    return is_well_formed(address) and any(_fits(address, pattern) for pattern in patterns)


def with_ticket(address: str, ticket: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'ticket': ticket})}"


def _fits(address: str, pattern: str) -> bool:
    if not is_registrable(pattern):
        return False  # written into the table past the form
    if pattern.endswith(WHATEVER_FOLLOWS):
        return address.startswith(pattern.removesuffix("*"))
    return address == pattern


def _plain_path(path: str) -> bool:
    if not _PATH.fullmatch(path) or _DISGUISED.search(path) or "//" in path:
        return False
    return not any(segment in {".", ".."} for segment in path.split("/"))


def _no_ticket(query: str) -> bool:
    """One that is there already might be read instead of ours."""
    return not any(name.strip().lower() == "ticket" for name, _value in parse_qsl(query, keep_blank_values=True))
