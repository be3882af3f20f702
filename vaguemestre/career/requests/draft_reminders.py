"""A draft that is forgotten: a mail before its campaign ends. What is asked is not in it."""

from datetime import datetime, timedelta

from vaguemestre.career.models import Campaign, ServiceRequest
from vaguemestre.career.requests import step_mails
from vaguemestre.career.requests.status_changes import State
from vaguemestre.clock import due

BEFORE = timedelta(days=2)
REMIND = due.Job("career.requests.remind")


def plan_reminders(request: ServiceRequest, campaign: Campaign, *, now: datetime) -> None:
    """Inside the transaction that begins it. Whoever begins in the last two days knows that it is urgent."""
    if (at := campaign.closes_at - BEFORE) > now:
        due.at(at, REMIND, str(request.pk))


@REMIND.register
def send_reminder(key: str, now: datetime) -> None:
    """The clock. The dates may have changed since: later, and it waits; over, and there is nothing to say."""
    found = ServiceRequest.objects.select_related("account__person", "campaign").filter(pk=key, state=State.DRAFT)
    request = found.first()
    if request is None or request.campaign is None or request.campaign.closes_at < now:
        return
    if request.campaign.closes_at - BEFORE > now:
        plan_reminders(request, request.campaign, now=now)
    else:
        step_mails.mail_reminder(request, request.campaign, now=now)
