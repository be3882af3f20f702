"""How urgent a message is, says who wrote it: Importance (RFC 4021), and the older X-Priority and Priority."""

from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Headers
from vaguemestre.webmail.models import Outgoing

Importance = Outgoing.Importance
_WORDS = {"high": Importance.HIGH, "urgent": Importance.HIGH, "low": Importance.LOW, "non-urgent": Importance.LOW}
_NUMBERS = {"1": Importance.HIGH, "2": Importance.HIGH, "4": Importance.LOW, "5": Importance.LOW}


def parse_importance(headers: Headers) -> Importance:
    said = headers.get("Importance").strip().lower() or headers.get("Priority").strip().lower()
    number = headers.get("X-Priority").strip()[:1]
    return _WORDS.get(said) or (Importance.NORMAL if said else _NUMBERS.get(number, Importance.NORMAL))


def importance_text(importance: Importance) -> str:
    """Empty for what is ordinary."""
    return {Importance.HIGH: _("High importance"), Importance.LOW: _("Low importance")}.get(importance, "")


def importance_choices() -> list[tuple[str, str]]:
    return [
        (Importance.HIGH, _("High importance")),
        (Importance.NORMAL, _("Normal importance")),
        (Importance.LOW, _("Low importance")),
    ]
