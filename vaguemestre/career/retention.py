"""By the clock: what is over is not kept. And what a purge of an account takes along."""

from datetime import datetime

from vaguemestre.career.hr_office import attached_files
from vaguemestre.career.models import (
    CareerSession,
    CvLine,
    DeskNews,
    Enclosure,
    LogoutToken,
    RequestDocument,
    ServiceRequest,
    Topic,
)
from vaguemestre.clock import due


@due.recurring("career.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    CareerSession.objects.filter(expires_at__lte=now).delete()
    LogoutToken.objects.filter(expires_at__lte=now).delete()
    attached_files.sweep(now)


def forget_account(key: str, _now: datetime) -> None:
    """Inside the purge's transaction. What the HR file says of a career stays with the person."""
    attached_files.delete_files(list(Enclosure.objects.filter(message__thread__account=key)))
    Topic.objects.filter(account=key).delete()
    attached_files.delete_files(list(RequestDocument.objects.filter(request__account=key)))
    ServiceRequest.objects.filter(account=key).delete()
    CvLine.objects.filter(account=key).delete()
    DeskNews.objects.filter(account=key).delete()
    CareerSession.objects.filter(account=key).delete()
