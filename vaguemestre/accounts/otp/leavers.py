"""Whoever leaves brings the key back: asked for two weeks before the last day, once."""

from datetime import datetime, timedelta

from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.models.otp import IN_USE
from vaguemestre.accounts.otp.key_lifecycle import ask_back
from vaguemestre.accounts.state_transitions import SYSTEM
from vaguemestre.clock import due

BEFORE = timedelta(days=14)


@due.recurring("accounts.otp.ask_keys_back", every=86400)
def ask_keys_back(_key: str, now: datetime) -> None:
    """As the clock calls it. A phone stays its owner's."""
    leaving = OtpKey.objects.filter(
        state__in=IN_USE, carrier=OtpKey.Carrier.FOB, asked_back_at=None, account__closes_on__lte=today(now) + BEFORE
    )
    for key in leaving.select_related("account__person"):
        ask_back(key, by=SYSTEM, now=now)
