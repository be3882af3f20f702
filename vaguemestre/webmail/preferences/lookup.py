"""What a person has chosen, or what holds for everybody until they choose."""

from django.conf import settings

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import authority_defaults


def load_preferences(account: Account) -> Preferences:
    """One query. Not saved when the person has chosen nothing yet, and never to be saved: presets are laid over it."""
    return authority_defaults.with_defaults(
        Preferences.objects.filter(account=account).first() or Preferences(account=account)
    )


def undo_seconds(chosen: int | None) -> int:
    seconds: int = settings.MAIL["undo_seconds"] if chosen is None else chosen
    return seconds
