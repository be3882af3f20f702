"""Who may approve mailings in a demo, so that a circular can leave: as two invented administrators have it given."""

from datetime import datetime, timedelta

from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.lists.models import ApprovalRight

HOLDERS = ("hwattebled", "ivanhoutte")
DAYS = 180


def give_rights(now: datetime) -> None:
    """Done twice, it is the same."""
    today = timezone.localdate(now)
    for holder in Account.objects.filter(identifier__in=HOLDERS, approval_rights=None):
        ApprovalRight.objects.create(
            holder=holder, starts=today, ends=today + timedelta(days=DAYS), given_by="demo-1", given_at=now,
            confirmed_by="demo-2", confirmed_at=now,
        )  # fmt: skip
