"""Links of a mail that are asked about before they are followed: an address of ours, signed for one account, so that
nobody else can send people anywhere by our name."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.signing import BadSignature, TimestampSigner

from vaguemestre.mailbox.html.link_redirectors import final_destination, is_redirector
from vaguemestre.mailbox.sandbox.cleaner import Way
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.people import mailto
from vaguemestre.webmail.trust import lookalikes
from vaguemestre.webmail.trust.blocklist.canonical_urls import parse_target
from vaguemestre.webmail.trust.blocklist.lookup import Lookup

# Why one is asked, as far as the page says it: only its words hang on it.
JUNK, MISLEADS = "&de=indesirables", "&de=texte"
LIFE = timedelta(hours=12)  # a message stays open as long as a session lasts


class LinkRewriter:
    """Where the links of one text lead: each to its address, past pages that only send on, unless there is a reason to
    ask first: it misleads, it is known for a trap (`listed`: one of them is), it imitates a site of ours whatever the
    text says; `junk`: all of them, as of a message that lies there."""

    def __init__(self, access_key: str, lookup: Lookup, *, junk: bool = False) -> None:
        self.listed = False
        self._lookup = lookup
        self._junk = junk
        self._signer = _signer(access_key)
        self._page = reverse("webmail:link")
        self._ordinary: dict[str, bool] = {}  # sites of which nothing is asked; hundreds of links lead to a few

    def __call__(self, url: str, misleads: bool = False) -> Way:
        """`misleads`: as judged by where it ends."""
        if not misleads and not self._junk and (site := self._lookup.plain_site(url)) and self._is_ordinary(site):
            return Way(url, to=url)
        to = final_destination(url)
        named = [self._lookup.names(url), *([self._lookup.names(to)] if to != url else ())]
        listed = True in named
        self.listed = self.listed or listed
        ask = listed or None in named or self._junk or misleads  # None: too many to be judged
        if ask or lookalikes.imitated_domain(self._lookup.host(to)):
            return Way(self.question(url, misleads=misleads), listed, to)
        return Way(to, to=to)

    def _is_ordinary(self, site: str) -> bool:
        """It is no page that sends on, and imitates nobody."""
        known = self._ordinary.get(site)
        if known is None:
            known = self._ordinary[site] = not is_redirector(f"https://{site}") and not lookalikes.imitated_domain(site)
        return known

    def question(self, url: str, *, misleads: bool = False) -> str:
        """`misleads`: its text says something else."""
        word = self._signer.sign(urlsafe_b64encode(url.encode("utf-8", "replace")).decode().rstrip("="))
        return f"{self._page}?vers={word}{JUNK if self._junk else MISLEADS if misleads else ''}"


def read_link_token(word: str, access_key: str) -> str | None:
    """None for a word that is forged, too old or somebody else's. What it gives is a web address."""
    try:
        digits = _signer(access_key).unsign(word, max_age=LIFE)
    except BadSignature:
        return None
    return urlsafe_b64decode(digits + "=" * (-len(digits) % 4)).decode()


def host_text(url: str) -> str:
    """The site as it is really named, and as browsers read it; a foreign script in the letters that say so."""
    if there := parse_target(url):
        return there.host
    try:
        host = urlsplit(url).hostname or ""
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        return ""


def compose_url(address: str) -> str:
    """Our writing page for a `mailto:` address."""
    return mailto.compose_url(mailto.parse_mailto(address))


def _signer(access_key: str) -> TimestampSigner:
    return TimestampSigner(salt=f"vaguemestre.webmail.link {access_key}")
