"""What is kept no longer than it serves."""

from datetime import datetime, timedelta

from vaguemestre.accounts.attempts import attempt_log, known_devices, throttle
from vaguemestre.accounts.models import (
    Allowance,
    AppPassword,
    Code,
    Failure,
    KeptForm,
    KnownDevice,
    Notice,
    PendingSignIn,
    ResetAsk,
    ResetLink,
    ResetRequest,
    ResetText,
    SignIn,
    SpentCaptcha,
    SpentChallenge,
)
from vaguemestre.accounts.rescue import confirmation_codes
from vaguemestre.accounts.sessions import sessions
from vaguemestre.clock import due

AN_UNANSWERED_ASK = timedelta(hours=6)  # the tasks process was away so long that nobody waits for the link any more
AN_ENDED_SESSION = timedelta(days=1)  # long enough to tell its owner why it ended


@due.recurring("accounts.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    SignIn.objects.filter(at__lt=now - attempt_log.KEPT).delete()
    Failure.objects.filter(last_at__lt=now - throttle.FORGOTTEN_AFTER).delete()
    sessions.forget_expired(now - AN_ENDED_SESSION)
    PendingSignIn.objects.filter(expires_at__lt=now).delete()
    KeptForm.objects.filter(expires_at__lt=now).delete()
    KnownDevice.objects.filter(seen_at__lt=now - known_devices.KEPT).delete()
    SpentChallenge.objects.filter(expires_at__lt=now).delete()
    SpentCaptcha.objects.filter(expires_at__lt=now).delete()
    Allowance.objects.filter(ends_at__lt=now).delete()
    ResetAsk.objects.filter(asked_at__lt=now - AN_UNANSWERED_ASK).delete()
    ResetLink.objects.filter(expires_at__lt=now - attempt_log.KEPT).delete()
    ResetText.objects.filter(expires_at__lt=now - attempt_log.KEPT).delete()
    ResetRequest.objects.exclude(state=ResetRequest.State.OPEN).filter(asked_at__lt=now - attempt_log.KEPT).delete()
    Code.objects.filter(
        sent_at__lt=now - confirmation_codes.A_DAY, today_since__lt=now - confirmation_codes.A_DAY
    ).delete()
    Notice.objects.filter(at__lt=now - attempt_log.KEPT).delete()
    AppPassword.objects.filter(withdrawn_at__lt=now - attempt_log.KEPT).delete()
