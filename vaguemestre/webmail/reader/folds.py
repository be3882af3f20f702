"""What of a message is folded when it is read, and what is treated for the dark."""

from django.utils.translation import get_language, gettext as _, pgettext

from vaguemestre.mailbox.sandbox.cleaner import Cleaned
from vaguemestre.mailbox.sandbox.cleaner.fold_marks import LANGUAGE, QUOTE, SIGNATURE
from vaguemestre.webmail.compose.replies import FORWARD_MARKS


def is_forward(subject: str) -> bool:
    """What it hands on is the message itself, not something already read."""
    return subject.lower().startswith(FORWARD_MARKS)


def fold_labels(subject: str, spoken: str = "") -> dict[str, str]:
    """`spoken`: the language of the message, among whose words ours then say theirs."""
    words = {SIGNATURE: pgettext("of a message", "Signature")} | ({LANGUAGE: get_language() or ""} if spoken else {})
    return words if is_forward(subject) else words | {QUOTE: _("Quoted text")}


def is_darkened(cleaned: Cleaned) -> bool:
    """On a dark sheet it does not look as its sender saw it: its inks are changed, or its pictures stand on another
    ground."""
    return cleaned.look == "inked" or (cleaned.look == "plain" and "<img" in cleaned.html)
