"""Sign-out everywhere: whoever leaves the portal leaves every application that was opened from there.

`sessions_ended` hears of it inside the act's transaction (`accounts.ports`) and writes down whom to tell;
the tasks process is woken by the commit (`urgent_jobs`) and tells each application in a queue of its own
(`delivery_queues`).
"""

from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from vaguemestre.accounts.sessions import sessions
from vaguemestre.audit import journal
from vaguemestre.clock import due, urgent_jobs
from vaguemestre.sso.logout import delivery_queues, logout_message
from vaguemestre.sso.models import Application, ApplicationSession, Farewell, Protocol, ServiceTicket

BATCH = 2000
A_MOMENT = timedelta(seconds=5)


def sessions_ended(hashes: list[str]) -> int:
    """In the transaction that ended them. How many applications had been opened from there."""
    now = timezone.now()
    visits = (ApplicationSession.objects.filter(session__in=batch) for batch in batched(hashes, BATCH, strict=False))
    return sum(end_application_sessions(some, now=now) for some in visits)


def end_application_sessions(visits: "QuerySet[ApplicationSession]", *, now: datetime) -> int:
    """Nothing that was given stands any more; who can be told will be, at once."""
    with transaction.atomic():
        there = visits.filter(ended_at=None).select_related("application", "service_ticket")
        ended = list(there.select_for_update(of=("self",)))
        ApplicationSession.objects.filter(pk__in=[visit.pk for visit in ended]).update(ended_at=now)
        waiting = [Farewell(visit=visit, asked_at=now, next_at=now) for visit in ended if logout_url(visit)]
        Farewell.objects.bulk_create(waiting, batch_size=BATCH, ignore_conflicts=True)
        if waiting:
            urgent_jobs.wake()
    return sum(visit.protocol != Protocol.MAIL for visit in ended)  # a program that was let in stays


def logout_url(visit: ApplicationSession) -> str:
    """Where its end is told; empty for an application that does not hear of it."""
    if visit.protocol == Protocol.CAS:
        ticket: ServiceTicket | None = getattr(visit, "service_ticket", None)
        return ticket.service if ticket else ""
    return visit.application.backchannel_logout_uri if visit.protocol == Protocol.OIDC else ""


@urgent_jobs.register
def send_waiting(now: datetime) -> None:
    """By the tasks process, when it is woken and every second. Returns at once: the queues do the work."""
    logout_message.load_keys()
    due = Farewell.objects.filter(next_at__lte=now).values_list("visit__application", flat=True)
    for application in set(due):
        delivery_queues.open_queue(application)


@due.recurring("sso.logout.look_after", every=60)
def look_after(_key: str, now: datetime) -> None:
    """By the clock: sessions that are idle or whose day is over end everywhere, and so does what an act has missed.

    A session that turns idle at this very second may still be told of a use of a second ago: it is left one moment."""
    used = Exists(sessions.sessions_in_use(now=now - A_MOMENT).filter(pk=OuterRef("session")))
    left = ApplicationSession.objects.filter(~used, ended_at=None).order_by("pk").values_list("pk", flat=True)
    while some := list(left[:BATCH]):
        end_application_sessions(ApplicationSession.objects.filter(pk__in=some), now=now)


class WaitingApplication(NamedTuple):
    """One application that has not heard, for whoever runs the service."""

    application: Application
    sessions: int
    since: datetime  # of the oldest
    next_at: datetime | None  # none: nobody continues trying
    error: str  # the last one


def by_application() -> list[WaitingApplication]:
    """Tried and not heard; the longest first."""
    late = Farewell.objects.filter(done_at=None).exclude(last_error="").select_related("visit__application")
    rows: dict[int, list[Farewell]] = {}
    for one in late.order_by("asked_at", "pk"):
        rows.setdefault(one.visit.application_id, []).append(one)
    return [_row(some) for some in rows.values()]


def _row(some: list[Farewell]) -> WaitingApplication:
    ahead = [one.next_at for one in some if one.next_at]
    return WaitingApplication(
        some[0].visit.application, len(some), some[0].asked_at, min(ahead, default=None), some[-1].last_error
    )


def try_now(application: int, *, by: str, now: datetime) -> None:
    """The operator knows that it is back, or has put its address right. What was given up is tried once more too."""
    with transaction.atomic():
        late = Farewell.objects.filter(visit__application=application, done_at=None)
        count = late.update(next_at=now)
        journal.record(by, "sso.farewells-again", Application.objects.get(pk=application).slug, count=count)
        urgent_jobs.wake()
