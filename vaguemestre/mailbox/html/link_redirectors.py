"""Pages that do nothing but send on, and say in their address where to: those of networks and searches, and those
that other organisations write over the links of their mail. Nobody is asked: only an address is read."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

MOST_STEPS = 4  # one behind the other
LONGEST = 8000
_SITE = re.compile(r"(?i)https?://[^/?#]*")
_ADDRESS = re.compile(r"(?i)https?://[^\s\x00-\x20\x7f<>\"]+")
# Site, page, and the names of the field that says where to.
_BY_FIELD = [
    (re.compile(site), re.compile(page), fields)
    for site, page, fields in (
        (r"(?:[a-z]+\.)?google\.(?:com?\.)?[a-z]{2,3}", "/url", ("q", "url")),
        (r"lm?\.(?:facebook|instagram|messenger|threads|workplace)\.(?:com|net)", r"/(?:l\.php)?", ("u",)),
        (r"(?:[a-z0-9-]+\.)?safelinks\.protection\.(?:outlook\.com|office365\.us)", ".*", ("url",)),
        (r"statics\.teams\.cdn\.office\.net", "/evergreen-assets/safelinks/.*", ("url",)),
        (r"urldefense\.proofpoint\.com", "/v1/url", ("u",)),
        (r"t\.umblr\.com", "/redirect", ("z",)),
        (r"slack-redir\.net", "/link", ("url",)),
        (r"(?:www\.|m\.)?youtube\.com", "/redirect", ("q",)),
        (r"(?:www\.)?linkedin\.com", "/(?:redir/redirect|safety/go)/?", ("url",)),
        (r"(?:www\.)?steamcommunity\.com", "/linkfilter/?", ("u", "url")),
        (r"(?:www\.|m\.|away\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", ("to",)),
        (r"out\.reddit\.com", ".*", ("url",)),
        (r"duckduckgo\.com", "/l/?", ("uddg",)),
        (r"deref-[a-z0-9]+\.[a-z]{2,3}", "/mail/.*/dereferrer/?", ("redirectUrl",)),
        (r"linkprotect\.cudasvc\.com", "/url", ("a",)),
        (r"protect2?\.fireeye\.com", "/(?:v1/)?url", ("u",)),
    )
]
_DEFENDERS = frozenset({"urldefense.proofpoint.com", "urldefense.com", "urldefense.us"})
_SECOND_DEFENCE = re.compile(r"(?:.*&)?u=([^&]+)")
_THIRD_DEFENCE = re.compile(r"(?i)https?://[^/]+/v3/__(.+?)__;([A-Za-z0-9_-]*={0,2})!")
_LEFT_OUT = re.compile(r"\*(?:\*(.))?")  # one letter, or as many as the letter behind it says
_COUNTS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def final_destination(address: str) -> str:
    """Where it leads in the end; the address itself where it is no such page, or its target cannot be read."""
    for _step in range(MOST_STEPS):
        inside = _inside(address)
        if not inside:
            break
        address = inside
    return address


def _inside(address: str) -> str:
    site = _SITE.match(address)
    if site and not is_redirector(site[0]):
        return ""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
        found = _target(address, host, parts) if parts.username is None else ""
        is_one = len(found) <= LONGEST and _ADDRESS.fullmatch(found) and urlsplit(found).hostname
    except (ValueError, Base64Error):
        return ""
    return found if is_one else ""


@lru_cache(maxsize=1024)
def is_redirector(site: str) -> bool:
    """Whether some of its pages do: of `https://…` up to its name's end. The hundreds of links of a newsletter lead to
    a few sites."""
    try:
        host = (urlsplit(site).hostname or "").rstrip(".")
    except ValueError:
        return False
    return host in _DEFENDERS or any(known.fullmatch(host) for known, _page, _fields in _BY_FIELD)


def _target(address: str, host: str, parts: SplitResult) -> str:
    if host in _DEFENDERS and parts.path[:3] in _DEFENCES:
        return _DEFENCES[parts.path[:3]](address, parts)
    for site, page, fields in _BY_FIELD:
        if site.fullmatch(host) and page.fullmatch(parts.path):
            said = dict(reversed(parse_qsl(parts.query)))  # of a field given twice, the first
            return next((found for name in fields if _ADDRESS.fullmatch(found := said.get(name, ""))), "")
    return ""


def _second(_address: str, parts: SplitResult) -> str:
    found = _SECOND_DEFENCE.match(parts.query)
    return unquote(found[1].translate(str.maketrans("-_", "%/"))) if found else ""


def _third(address: str, _parts: SplitResult) -> str:
    """It names what it had to write otherwise at its end."""
    found = _THIRD_DEFENCE.match(address)
    if found is None:
        return ""
    letters = urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4)).decode()
    place = 0

    def given_back(mark: re.Match[str]) -> str:
        nonlocal place
        start, place = place, place + (_COUNTS.index(mark[1]) + 2 if mark[1] else 1)
        if place > len(letters):
            raise ValueError("letters")
        return letters[start:place]

    whole = _LEFT_OUT.sub(given_back, found[1])
    return re.sub(r"(?i)^(https?:/)(?=[^/])", r"\1/", whole)  # some programs make one slash of two


_DEFENCES: dict[str, Callable[[str, SplitResult], str]] = {"/v2": _second, "/v3": _third}
