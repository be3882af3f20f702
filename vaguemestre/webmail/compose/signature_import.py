"""Signatures that somebody brings from another webmail (`accounts.ports`), for the room that reads them."""

from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.webmail.compose import rich_text, signature_choice, signatures
from vaguemestre.webmail.compose.signature_choice import MOST, NAME_LIMIT, NamedSignature
from vaguemestre.webmail.preferences import lookup

HTML_LIMIT = 20_000  # bytes: it goes with every message


def keep_signature(account: Account, name: str, text: str, html: str, now: datetime) -> str:
    """Beside what is there, never in its place. A word: "kept", "known", "empty", "long", "many" or "unclean"."""
    if html:
        try:
            made = rich_text.clean_html(html)
        except CleanerError:
            return "unclean"
        text, html = made.text, made.html
    text = signatures.clean_signature(text)
    if not text:
        return "empty"
    if len(html) > HTML_LIMIT or text.count("\n") >= signatures.MOST_LINES:
        return "long"
    chosen = lookup.load_preferences(account)
    if any(one.text.split() == text.split() for one in signature_choice.all_signatures(chosen)):
        return "known"
    if len(chosen.signatures) >= MOST:
        return "many"
    label = " ".join(name.split())[:NAME_LIMIT] or "Roundcube"
    signature_choice.save_signature(account, NamedSignature("", label, text, html or signatures.html_lines(text)), now)
    return "kept"
