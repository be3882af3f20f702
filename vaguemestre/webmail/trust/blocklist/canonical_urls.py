"""An address as a browser would read it, whatever was done to it; and by which entries of the list it is named.

An entry is a host (`evil.example`, whatever its port), a host with all below it (`*.evil.example`), a host and the
beginning of a path (`shared.example/uploads`), or one page with its question (`shared.example/get?id=3`)."""

import re
import socket
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, unquote

LONGEST = 1000  # of an entry
DEEPEST = 24  # parts of a path, and of a name, that are looked at
MOST_WRAPPED = 8  # other addresses inside one
_BREAKS = re.compile(r"[\t\r\n]")
_WEB = re.compile(r"(?i)https?:[/\\]*")
_INSIDE = re.compile(r"(?i)https?:[/\\]+")
# Whatever an address inside another may begin with, or be written with.
_MAY_WRAP = re.compile(r"(?i)http|[%\t\r\n\\]|//")
# Most of a newsletter's, by the hundred: nothing in them is written in another way than it is read.
_PLAIN = re.compile(r"https?://([a-z0-9.-]+)((?:/[A-Za-z0-9_~-][A-Za-z0-9_~.-]*)*)(?:\?([A-Za-z0-9_~.,:;=&-]*))?")
_NOT_SIMPLE = re.compile(r"[%\\]|/[./]|/\Z")
_PARTS = re.compile(r"([^/\\?#]*)([^?#]*)(\?[^#]*)?")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})
_NOTHING = re.compile("[\u00ad\u034f\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]")  # browsers pass over them
_NUMBER = re.compile(r"(?i)(?:(?:0x[0-9a-f]*|\d+)(?:\.|$)){1,4}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Target:
    """A page somewhere: `path` begins with a slash or is empty, `query` has no question mark. All in small letters."""

    host: str
    path: str = ""
    query: str = ""


def parse_target(address: str) -> Target | None:
    """None for what leads to no site."""
    address = _BREAKS.sub("", address).strip("\0 ")
    web = _WEB.match(address)
    if web is None or (found := _PARTS.match(address, web.end())) is None:
        return None
    host = host_of(found[1])
    return Target(host, _path(found[2]), unquote((found[3] or "?")[1:]).lower()) if host else None


def possible_targets(address: str) -> list[Target]:
    """Where it leads, and where it says that it would be sent on to, one step far."""
    if plain := _plain(address):
        host = host_of(plain[1])
        return [Target(host, plain[2].lower(), (plain[3] or "").lower())] if host else []
    first = parse_target(address)
    if first is None:
        return []
    return [first, *(there for inside in _wrapped(address) if (there := parse_target(inside)))]


def site_of_plain(address: str) -> str:
    """The site of an address in which nothing has to be read: no other address stands in it either. Empty for others,
    which `possible_targets` knows how to read."""
    plain = _plain(address)
    return plain[1] if plain and host_of(plain[1]) == plain[1] else ""


def _plain(address: str) -> re.Match[str] | None:
    plain = _PLAIN.fullmatch(address)
    return plain if plain and "http" not in address[plain.start(2) :].lower() else None


@lru_cache(maxsize=2048)  # the hundreds of links of a newsletter lead to a few sites
def host_of(authority: str) -> str:
    """Without whoever stands before it and without its port; empty when it is none."""
    name = unquote(authority.rpartition("@")[2])
    if name.startswith("["):
        return _six(name[1:].partition("]")[0])
    name = unicodedata.normalize("NFKC", _NOTHING.sub("", name.translate(_DOTS))).lower()
    name = re.sub(r":\d*$", "", name).rstrip(".")
    if _NUMBER.fullmatch(name):
        return _four(name)
    labels = [label if label.isascii() else _punycode(label) for label in name.split(".")]
    return ".".join(labels) if all(map(_LABEL.fullmatch, labels)) and len(labels) <= 127 else ""


def host_keys(host: str) -> Iterator[str]:
    """Every entry that would name all of it; `path_keys`: those of its pages."""
    yield host
    labels = host.split(".")
    for start in range(max(0, len(labels) - DEEPEST), len(labels)):
        yield f"*.{'.'.join(labels[start:])}"


def path_keys(there: Target) -> Iterator[str]:
    place = there.host
    for part in there.path.split("/")[1 : DEEPEST + 1]:
        place = f"{place}/{part}"
        yield place.rstrip("/")
    if there.query:
        yield f"{there.host}{there.path}?{there.query}"


def key_hash(key: str) -> int:
    """A number of 64 bits, as databases keep it."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _wrapped(address: str) -> Iterator[str]:
    """In its path or its question, also of a question inside a fragment; written plainly or with percent signs."""
    _site, _slashes, rest = address.partition("//")
    if not _MAY_WRAP.search(rest):
        return
    found: list[str] = []
    for _name, value in parse_qsl(rest.partition("?")[2].replace("#", "&"), max_num_fields=None)[:50]:
        found += [value, unquote(value)]
    place = unquote(rest.partition("?")[0])
    inside = _INSIDE.search(place)
    found += [place[inside.start() :]] if inside else []
    yield from [f"https:{one}" if one.startswith(("//", "\\\\")) else one for one in dict.fromkeys(found)][
        :MOST_WRAPPED
    ]


def _path(raw: str) -> str:
    """Dots followed, slashes single, percent signs undone."""
    if not _NOT_SIMPLE.search(raw):
        return raw.lower()
    kept: list[str] = []
    for part in unquote(raw).replace("\\", "/").split("/"):
        if part == ".." and kept:
            kept.pop()
        elif part not in {"", ".", ".."}:
            kept.append(part.lower())
    return "".join(f"/{part}" for part in kept)


def _punycode(label: str) -> str:
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _four(name: str) -> str:
    """3627734734, 0xd83ad6ce and 216.58.214.206 are one."""
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except (OSError, ValueError):
        return ""


def _six(name: str) -> str:
    try:
        return f"[{IPv6Address(name.partition('%')[0]).compressed}]"
    except ValueError:
        return ""
