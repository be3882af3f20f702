"""How often something may be done for one subject (a network, a person) in one stretch of time."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from vaguemestre.accounts.models import Allowance


def take_one(purpose: str, subject: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Once more; False when there is none left until the stretch ends, however many ask at the same moment."""
    stretch = now.timestamp() // per.total_seconds()
    key = salted_hmac("vaguemestre.allowance", f"{purpose}|{subject}|{stretch:.0f}", algorithm="sha256").hexdigest()
    ends = datetime.fromtimestamp((stretch + 1) * per.total_seconds(), UTC)
    with transaction.atomic():
        Allowance.objects.bulk_create([Allowance(subject=key, ends_at=ends)], ignore_conflicts=True)
        return Allowance.objects.filter(subject=key, used__lt=limit).update(used=F("used") + 1) == 1
