"""Signatures that somebody brings from another webmail (`accounts.ports`), for the room that reads them."""

from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import CannotClean
from vaguemestre.webmail import formatted, more_signatures, preferences, signature
from vaguemestre.webmail.more_signatures import MOST, NAME_LIMIT, Named

HTML_LIMIT = 20_000  # octets: it goes with every message


def keep_signature(account: Account, name: str, text: str, html: str, now: datetime) -> str:
    """Beside what is there, never in its place. A word: "kept", "known", "empty", "long", "many" or "unclean"."""
    if html:
        try:
            made = formatted.cleaned(html)
        except CannotClean:
            return "unclean"
        text, html = made.text, made.html
    text = signature.cleaned(text)
    if not text:
        return "empty"
    if len(html) > HTML_LIMIT or text.count("\n") >= signature.MOST_LINES:
        return "long"
    chosen = preferences.of(account)
    if any(one.text.split() == text.split() for one in more_signatures.all_of(chosen)):
        return "known"
    if len(chosen.signatures) >= MOST:
        return "many"
    label = " ".join(name.split())[:NAME_LIMIT] or "Roundcube"
    more_signatures.keep(account, Named("", label, text, html or signature.formatted_lines(text)), now)
    return "kept"
