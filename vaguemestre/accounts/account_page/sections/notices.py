"""What happened lately: what is unread first, each with what to do if it was somebody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vaguemestre.accounts.models import Notice
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.request import StaffRequest

SHOWN_AFTER_READING = timedelta(days=30)
READ_ONES = 5


@dataclass(frozen=True)
class NoticeLine:
    notice: Notice
    sentence: str
    advice: str


def context(request: StaffRequest, now: datetime) -> dict[str, object] | None:
    unread = [_told(notice) for notice in notices.unread_notices(request.account)]
    recent = request.account.notices.filter(read_at__isnull=False, at__gt=now - SHOWN_AFTER_READING)
    read = [_told(notice) for notice in recent.order_by("-at", "-id")[:READ_ONES]]
    if not unread and not read:
        return None
    newest = max((told.notice.pk for told in unread), default=0)
    return {"unread": unread, "newest": newest, "read": read, "office": notices.office_of(request.account)}


def _told(notice: Notice) -> NoticeLine:
    return NoticeLine(notice, notices.notice_text(notice), notices.advice_text(notice))
