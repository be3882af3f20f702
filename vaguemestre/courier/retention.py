"""What is kept no longer than it serves."""

from datetime import datetime, timedelta

from vaguemestre.clock import due
from vaguemestre.courier import sms_delivery
from vaguemestre.courier.delivery import settle_parcel
from vaguemestre.courier.models import Parcel, TextMessage

KEPT = timedelta(days=90)


@due.recurring("courier.retention.sweep", every=3600)
def sweep(_key: str, now: datetime) -> None:
    """Between two tries of a long failure hours go by: what is worth nothing is wiped meanwhile."""
    for parcel in Parcel.objects.filter(state=Parcel.State.WAITING, until__lte=now):
        settle_parcel(parcel, Parcel.State.LATE, now)
    Parcel.objects.filter(queued_at__lt=now - KEPT).delete()
    for message in TextMessage.objects.filter(state=TextMessage.State.WAITING, until__lte=now):
        sms_delivery.settle(message, TextMessage.State.LATE, now)
    TextMessage.objects.filter(queued_at__lt=now - KEPT).delete()
