"""What is kept no longer than it serves."""

from datetime import datetime, timedelta

from vaguemestre.accounts import devices, sign_in_log, throttle
from vaguemestre.accounts.models import Failure, KnownDevice, Session, SignIn

AN_ENDED_SESSION = timedelta(days=1)  # long enough to tell its owner why it ended


def sweep(_key: str, now: datetime) -> None:
    SignIn.objects.filter(at__lt=now - sign_in_log.KEPT).delete()
    Failure.objects.filter(last_at__lt=now - throttle.FORGOTTEN_AFTER).delete()
    Session.objects.filter(expires_at__lt=now - AN_ENDED_SESSION).delete()
    KnownDevice.objects.filter(seen_at__lt=now - devices.KEPT).delete()
