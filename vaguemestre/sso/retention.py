"""What is kept no longer than it serves."""

from datetime import datetime, timedelta

from vaguemestre.clock import due
from vaguemestre.sso import signing_keys
from vaguemestre.sso.models import AccessToken, ApplicationSession, Code, ProgramToken, RefreshToken, ServiceTicket
from vaguemestre.sso.openid import mail_clients

A_DAY = timedelta(days=1)  # no session lasts longer: what is shown after it is refused whether it is known or not
A_VISIT = timedelta(days=90)


@due.recurring("sso.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    """By the clock. With a visit go its logout notification, its CAS ticket, and whatever was given for it."""
    AccessToken.objects.filter(expires_at__lt=now).delete()
    Code.objects.filter(expires_at__lt=now - A_DAY).delete()
    RefreshToken.objects.filter(made_at__lt=now - A_DAY).delete()
    ProgramToken.objects.filter(used_at__lt=now - A_DAY).delete()
    mail_clients.end_idle(now)
    ServiceTicket.objects.filter(visit=None, expires_at__lt=now - A_DAY).delete()  # it opened nothing
    ApplicationSession.objects.filter(opened_at__lt=now - A_VISIT).delete()
    signing_keys.retire_keys(now)
