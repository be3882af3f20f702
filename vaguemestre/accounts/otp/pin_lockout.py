"""CNIL 2022-100, case 3: three wrong PINs in a row before right codes block the key. Guessing without the key in hand
only meets the throttle: nobody far away blocks a colleague's key."""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import OtpKey
from vaguemestre.accounts.otp.key_records import tell_and_write
from vaguemestre.accounts.state_transitions import SYSTEM

WRONG_PINS = 3


def after_wrong_pin(key: OtpKey, *, now: datetime) -> None:
    worn_out = OtpKey.objects.filter(pk=key.pk, state=OtpKey.State.ACTIVE, pin_failures__gte=WRONG_PINS)
    with transaction.atomic():
        if worn_out.update(state=OtpKey.State.BLOCKED):
            key.state = OtpKey.State.BLOCKED
            tell_and_write(key, "blocked", by=SYSTEM, now=now, to_rescue=True)
