"""Where a request stands, in a sentence."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.career.models import Campaign, ServiceRequest
from vaguemestre.career.requests.status_changes import State
from vaguemestre.web.date_text import clock_time, day_in_sentence, full_date_text

SOON = 15  # days


def standing_text(request: ServiceRequest, now: datetime) -> str:
    told = {"day": day_in_sentence(request.changed_at, now), "time": clock_time(request.changed_at)}
    match request.state:
        case State.DRAFT:
            draft = _("A draft, changed %(day)s at %(time)s. It is not sent.") % told
            return f"{draft} {deadline_text(request.campaign, now)}" if request.campaign else draft
        case State.SENT:
            return _("Sent %(day)s at %(time)s. Your HR office has it.") % told
        case State.RECEIVED:
            return _("Taken in charge %(day)s at %(time)s: your HR office is examining it.") % told
        case State.ASKED:
            return _("Your HR office asked for documents %(day)s at %(time)s. Bring them and send again.") % told
        case State.ACCEPTED:
            return _("Accepted %(day)s at %(time)s.") % told
        case State.REFUSED:
            return _("Refused %(day)s at %(time)s.") % told
        case _:
            return _("You withdrew it %(day)s at %(time)s.") % told


def correction_text(request: ServiceRequest) -> str:
    """Of one that was asked a second time; empty for the others."""
    if request.follows is None:
        return ""
    return _("Asked again in this campaign: a first request was refused on %(moment)s.") % {
        "moment": full_date_text(request.follows.changed_at)
    }


def deadline_text(campaign: Campaign, now: datetime) -> str:
    if now < campaign.opens_at:
        return _("It opens on %(moment)s.") % {"moment": full_date_text(campaign.opens_at)}
    if now <= campaign.closes_at:
        until = _("Until %(moment)s.") % {"moment": full_date_text(campaign.closes_at)}
        return f"{until} {left}" if (left := _left(campaign, now)) else until
    return _("It closed on %(moment)s.") % {"moment": full_date_text(campaign.closes_at)}


def _left(campaign: Campaign, now: datetime) -> str:
    """As the end comes near: somebody who counts days makes mistakes."""
    days = (timezone.localdate(campaign.closes_at) - timezone.localdate(now)).days
    if days == 0:
        return _("It is the last day.")
    return ngettext("%(count)d day is left.", "%(count)d days are left.", days) % {"count": days} if days < SOON else ""


def event_text(state: str) -> str:
    return {
        State.SENT: _("Sent to the HR office"),
        State.RECEIVED: _("Taken in charge by the HR office"),
        State.ASKED: _("Documents asked for"),
        State.ACCEPTED: _("Accepted"),
        State.REFUSED: _("Refused by the HR office"),
        State.WITHDRAWN: _("Withdrawn"),
    }[State(state)]
