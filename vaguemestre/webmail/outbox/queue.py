"""What waits to leave, and what leaves at an hour chosen, as they are shown to their author."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.web import date_text
from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.compose.compose_form import refusal_texts
from vaguemestre.webmail.content.header_text import subject_text
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.people.address_list import parse_recipients
from vaguemestre.webmail.snooze import wake_times

# A receipt or a report is nobody's letter: it leaves by itself, or not.
QUEUED = Q(state=Outgoing.State.QUEUED) & ~Q(kind__in=[Outgoing.Kind.RECEIPT, Outgoing.Kind.REPORT])
HELD = QUEUED & Q(leaves_at__isnull=False)
PLANNED = HELD & Q(planned=True)  # in the moment in which it may be called back, a message is not counted
_BACK_OR_FULL = Q(state__in=[Outgoing.State.DRAFT, Outgoing.State.SUBMITTED], failure__isnull=False)
WAITING = (QUEUED & Q(leaves_at=None)) | _BACK_OR_FULL
NAMED = 5


class QueueCounts(NamedTuple):
    waiting: int
    planned: int


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    subject: str
    who: str
    since: str
    exact: str
    problems: list[str]
    retry_url: str
    back_url: str
    roomless: bool  # for want of room in the mailbox, not of a server


@dataclass(frozen=True, slots=True)
class ScheduledMessage:
    """`day` and `hour`: as the fields of a form have them."""

    key: str
    subject: str
    who: str
    leaves: str
    exact: str
    day: str
    hour: str
    missed: bool  # another hour was asked for that cannot be


_ROWS = CompiledRows(lambda key: Outgoing.objects.filter(WAITING | PLANNED, account=key).values_list("leaves_at"))


def count_queue(account: Account) -> QueueCounts:
    """One query: few rows, if any."""
    hours = [leaves_at for (leaves_at,) in _ROWS.all(account.key)]
    return QueueCounts(hours.count(None), len(hours) - hours.count(None))


def queued_messages(account: Account, now: datetime) -> list[QueuedMessage]:
    return [_queued(found, now) for found in Outgoing.objects.filter(WAITING, account=account).order_by("queued_at")]


def retry_when_room(account_key: str, now: datetime) -> None:
    """What waits for room in the mailbox is tried again at once: copies of what was sent, and drafts."""
    waiting = Outgoing.objects.filter(_BACK_OR_FULL, account=account_key).values_list("key", "state")
    for key, state in waiting:
        due.at(now, drafts.DEPOSIT if state == Outgoing.State.DRAFT else drafts.DELIVER, key)


def scheduled_messages(account: Account, now: datetime, *, missed: str = "") -> list[ScheduledMessage]:
    """The next to leave first. `missed`: the key of the one whose new hour cannot be."""
    found = Outgoing.objects.filter(HELD, account=account).order_by("leaves_at", "key")
    return [_planned(one, one.leaves_at, now, missed) for one in found if one.leaves_at]


def _queued(outgoing: Outgoing, now: datetime) -> QueuedMessage:
    since = outgoing.queued_at or outgoing.changed_at
    is_gone = outgoing.state == Outgoing.State.SUBMITTED  # only its copy waits
    return QueuedMessage(
        subject=subject_text(outgoing.subject),
        who=_who(outgoing),
        since=date_text.relative_date_text(since, now),
        exact=date_text.full_date_text(since),
        problems=refusal_texts(outgoing.failure) if outgoing.failure else [],
        retry_url=reverse("webmail:waiting-retry", args=[outgoing.key]) if not outgoing.is_draft else "",
        back_url=reverse("webmail:waiting-return", args=[outgoing.key]) if not is_gone else "",
        roomless=bool(outgoing.failure and outgoing.failure.keys() & {"full", "no_room"}),
    )


def _planned(outgoing: Outgoing, leaves_at: datetime, now: datetime, missed: str) -> ScheduledMessage:
    local = timezone.localtime(leaves_at)
    return ScheduledMessage(
        key=outgoing.key,
        subject=subject_text(outgoing.subject),
        who=_who(outgoing),
        leaves=wake_times.wake_time_text(leaves_at, now),
        exact=date_text.full_date_text(leaves_at),
        day=local.date().isoformat(),
        hour=f"{local:%H:%M}",
        missed=outgoing.key == missed,
    )


def _who(outgoing: Outgoing) -> str:
    people = parse_recipients("\n".join((outgoing.to, outgoing.cc, outgoing.bcc)))
    return ", ".join(person.label for person in people[:NAMED])
