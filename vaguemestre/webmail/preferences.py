"""What a person has chosen, or what holds for everybody until they choose."""

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models import Preferences


def of(account: Account) -> Preferences:
    """One query. Not saved when the person has chosen nothing yet."""
    return Preferences.objects.filter(account=account).first() or Preferences(account=account)
