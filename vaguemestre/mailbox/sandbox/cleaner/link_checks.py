"""Links that say one thing and lead to another. Works on what the allow-list has written, where every element is
`<a name="value">…</a>`, so that nothing can be read in two ways."""

import re
from html import escape, unescape
from ipaddress import ip_address
from unicodedata import normalize
from urllib.parse import quote, urlsplit

from vaguemestre.mailbox.html.link_redirectors import final_destination
from vaguemestre.mailbox.sandbox.cleaner.bounded_cache import bounded_cache
from vaguemestre.mailbox.sandbox.cleaner.visible_text import VisibleText

_SITE = re.compile(r"(?i)https?://[^/?#]*")
# Up to its end, or to a link inside it: a table in a link may hold others.
_ANCHOR = re.compile(r'<a((?: [a-z-]+="[^"]*")*)>([^<]*+(?:<(?!a[ >]|/a>)[^<]*+)*+)(</a>)?')
_HREF = re.compile(r' href="([^"]*)"')
_STYLE = re.compile(r' style="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')
_TITLE = re.compile(r' title="[^"]*"')
_MARKUP = re.compile(r"<[^>]*>")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # in which direction one reads
_TURN = re.compile(f"[{TURNS}]")
_OVERRIDE = re.compile("[\u202d\u202e]")  # each letter after the other from the right: no language is written so
_TURNED_ROUND = re.compile(r"<bdo\b[^>]*>")
_TURNED_BY_MARKUP = re.compile(r"<[^>]*(?: dir=\"rtl|direction:\s*rtl)[^>]*>")
# In a text, a name is one when it begins like an address or ends as names of sites do; "rapport.pdf" does neither.
_ENDINGS = (
    "fr com org net eu gouv edu info io gov be ch ca lu uk de es it nl pt app dev me co tv biz online site shop store "
    "xyz education academy re nc pf paris bzh top live click link club cloud work tech"
)
_NAMED = re.compile(
    r"(?i)(?:https?://|www\.)([^\s/:?#<>\"'()]+)"
    r"|(?<![\w.-])((?:[\w-]+\.)+(?:" + _ENDINGS.replace(" ", "|") + r"))(?![\w-]|\.\w)"
)


def with_link_checks(html: str, mark: str) -> str:
    """Addresses to be asked about stand under the mark as `l`, addresses to write to as `m`, other sites as `h`: who
    shows the mail decides whether these are asked about too. What turns a text round ends at the link's edge."""
    apart = has_direction_signs(html) or "<bdo" in html
    eye = VisibleText(html)
    return _ANCHOR.sub(lambda found: _written(found, mark, eye, apart=apart), html)


def has_direction_signs(text: str) -> bool:
    """It holds signs that say in which direction one reads."""
    return not text.isascii() and any(sign in text for sign in TURNS)


def legible_address(address: str) -> str:
    """With the signs that would turn it round written out, as a browser's own line has them."""
    return _TURN.sub(lambda sign: quote(sign[0]), address)


def is_obscured(address: str) -> bool:
    """Nobody reads in it where it leads: somebody stands before the site, it is written in signs, numbers or letters
    of elsewhere, or from the right to the left."""
    return _read(address)[1]


def names_a_site(text: str) -> bool:
    return bool(_NAMED.search(_INVISIBLE.sub("", normalize("NFKC", text))))


def misleads(text: str, address: str) -> bool:
    """The text names a site, and the link leads to another one; it is turned round, so that nobody knows what it names;
    or the address itself hides where it leads."""
    host, hidden = _read(address)
    if hidden:
        return True
    text = normalize("NFKC", text)  # a dot leader reads as a dot
    if has_direction_signs(text) and _reads_otherwise(text):
        return True
    if not _may_name(text):
        return False
    text = _INVISIBLE.sub("", text)
    return any(not _same_site((first or second).lower(), host) for first, second in _NAMED.findall(text))


def _may_name(text: str) -> bool:
    """Most links say "Lire la suite"."""
    text = text if text.isascii() else normalize("NFKC", text)
    return "." in text or "//" in text


def _reads_otherwise(text: str) -> bool:
    """A site's name may be read in it that does not stand there. Not where a name or a sentence is only set apart."""
    words = (word for word in text.split() if "." in word)
    return bool(_OVERRIDE.search(text)) or any(has_direction_signs(word.strip(TURNS)) for word in words)


def _read(address: str) -> tuple[str, bool]:
    """Its site, and whether nobody reads it there."""
    site = _SITE.match(address)
    host, hidden = _judged(site[0] if site else address)
    return host, hidden or has_direction_signs(address)


@bounded_cache(1024)
def _judged(site: str) -> tuple[str, bool]:
    """The hundreds of links of a newsletter lead to a few sites."""
    try:
        parts = urlsplit(site)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", True
    odd = not host or not host.isascii() or "xn--" in host or "%" in host or "\\" in host
    return host, odd or parts.username is not None or _is_number(host)


def _written(found: re.Match[str], mark: str, eye: VisibleText, *, apart: bool) -> str:
    attributes, content, end = found[1], _untitled(found[2]), found[3] or ""
    href = _HREF.search(attributes)
    address = unescape(href[1]) if href else ""
    if not href:
        return found[0]
    if address[:7].lower() == "mailto:":
        way, said = "m", unescape(address[7:].partition("?")[0])
    elif address[:4].lower() == "http":
        way = "l" if not end or _lies(content, attributes, final_destination(address), eye) else "h"
        said = ""
    else:
        return found[0]
    ours = f' href="https://{mark}.invalid/{way}/{address.encode("utf-8", "replace").hex()}"'
    if said:
        ours = f'{ours} title="{escape(said)}"'
    content = f"<bdi>{content}</bdi>" if apart and end else content
    return f"<a{attributes[: href.start()]}{ours}{attributes[href.end() :]}>{content}{end}"


def _untitled(content: str) -> str:
    """What stands under the pointer inside a link would pretend to be where it leads."""
    return _MARKUP.sub(lambda tag: _TITLE.sub("", tag[0]), content) if ' title="' in content else content


def _lies(content: str, attributes: str, address: str, eye: VisibleText) -> bool:
    if "<" not in content:
        return misleads(unescape(content), address)
    words = _words(content)
    if misleads(words, address):
        return True
    if not _may_name("".join((words, *map(unescape, _ALT.findall(content))))):
        return False
    style = _STYLE.search(attributes)
    read = eye.readings(content, style[1] if style else "")
    return read is None or any(misleads(text, address) for text in read)


def _words(content: str) -> str:
    """Of what stands in a link, with a sign where its markup turns the direction."""
    content = _TURNED_BY_MARKUP.sub("\u2067", _TURNED_ROUND.sub("\u202e", content))
    return unescape(_MARKUP.sub("", content))


def browser_address(address: str) -> str:
    """What a browser would say under the pointer."""
    address = legible_address(address)
    return address if len(address) <= 200 else f"{address[:200]}…"


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(?i)[\d.]+|0x[0-9a-f.x]+", host))
    return True


def _same_site(named: str, host: str) -> bool:
    """One is the other, or a part of it: `cultura.com` and `www.cultura.com`."""
    named = named.rpartition("@")[2].rstrip(".,").removeprefix("www.")
    host = host.removeprefix("www.")
    return named == host or host.endswith(f".{named}") or named.endswith(f".{host}")
