"""Links of a mail that are asked about before they are followed: an address of ours, signed for one account, so that
nobody else can send people anywhere by our name."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from vaguemestre.webmail import mailto

LIFE = timedelta(hours=12)  # a message stays open as long as a session lasts


def questioned(account_key: str) -> Callable[[str], str]:
    signer = _signer(account_key)
    page = reverse("webmail:link")
    return lambda url: (
        f"{page}?vers={signer.sign(urlsafe_b64encode(url.encode('utf-8', 'replace')).decode().rstrip('='))}"
    )


def url_of(word: str, account_key: str) -> str | None:
    """None for a word that is forged, too old or somebody else's. What it gives is a web address."""
    try:
        digits = _signer(account_key).unsign(word, max_age=LIFE)
    except BadSignature:
        return None
    return urlsafe_b64decode(digits + "=" * (-len(digits) % 4)).decode()


def host_of(url: str) -> str:
    """The site as it is really named; a foreign script in the letters that say so."""
    try:
        host = urlsplit(url).hostname or ""
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        return ""


def composer(address: str) -> str:
    """Our writing page for a `mailto:` address."""
    return mailto.link(mailto.read(address))


def _signer(account_key: str) -> TimestampSigner:
    return TimestampSigner(salt=f"vaguemestre.webmail.link {account_key}")
