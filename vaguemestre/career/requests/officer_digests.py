"""New requests, told to the HR officers concerned: gathered, counted, without a name, as each of them wishes to hear.

A look every few minutes finds what was sent since the last one. An officer who hears « as they come » has one mail at
most in half an hour; « each morning », one on working days. What is withdrawn or decided meanwhile is not told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.calendar import is_working_day
from vaguemestre.accounts.models import Account
from vaguemestre.career.hr_officers import HrOfficer, officers_in_charge
from vaguemestre.career.models import DeskNews, Kind, RequestEvent
from vaguemestre.career.requests.access import requests_served
from vaguemestre.career.requests.status_changes import State
from vaguemestre.clock import due
from vaguemestre.courier import mail

GATHERED = timedelta(minutes=30)
MORNING = time(7)
# A row is written a little after the moment that it bears: what is younger waits for the next look.
SETTLED = timedelta(minutes=1)
FIRST_LOOK = timedelta(hours=1)  # of an officer who has no row yet
WAITING = (State.SENT, State.RECEIVED)


@dataclass(frozen=True, slots=True)
class New:
    at: datetime
    kind: str
    person: int
    department: str
    desk: str


@due.recurring("career.requests.news", every=300)
def send_digests(_key: str, now: datetime) -> None:
    officers = [officer for officer in officers_in_charge(timezone.localdate(now)) if officer.account.delivers]
    rows = {row.account_id: row for row in DeskNews.objects.filter(account__in=[o.account.key for o in officers])}
    news = {officer: rows.get(officer.account.key) or _row(officer.account, now) for officer in officers}
    listening = {officer: row for officer, row in news.items() if _is_time(row, now)}
    if not listening:
        return
    until = now - SETTLED
    found = _sent(min(row.told_until for row in listening.values()), until)
    heard: list[str] = []
    for officer, row in listening.items():
        mine = Counter(one.kind for one in found if one.at > row.told_until and concerns(officer, one, officers))
        if mine:
            _write(officer, row, mine, until=until, now=now)
        else:
            heard.append(row.account_id)
    DeskNews.objects.filter(account__in=heard, told_until__lt=until).update(told_until=until)


def concerns(officer: HrOfficer, new: New, officers: Sequence[HrOfficer]) -> bool:
    """Those of the desk that the feed names; where nobody is at it, the department's; else whoever serves it."""
    if not _serves(officer, new):
        return False
    serving = [one for one in officers if _serves(one, new)]
    at_the_desk = [one for one in serving if new.desk and new.desk in one.desks]
    return officer in (at_the_desk or [one for one in serving if one.departments is not None] or serving)


def manner_of(account: Account) -> DeskNews.Manner:
    row = DeskNews.objects.filter(account=account).first()
    return DeskNews.Manner(row.manner) if row else DeskNews.Manner.SOON


def save_manner(account: Account, manner: DeskNews.Manner, *, now: datetime) -> None:
    """From now on: what came before is in the queue, and is not told again."""
    said = {"manner": manner, "told_until": now}
    DeskNews.objects.update_or_create(account=account, defaults=said)


def _row(account: Account, now: datetime) -> DeskNews:
    return DeskNews(account=account, told_until=now - FIRST_LOOK)


def _is_time(row: DeskNews, now: datetime) -> bool:
    match row.manner:
        case DeskNews.Manner.SOON:
            return row.told_at is None or now - row.told_at >= GATHERED
        case DeskNews.Manner.MORNING:
            today = timezone.localdate(now)
            return is_working_day(today) and row.told_until < _morning(today) <= now
    return False


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, timezone.get_default_timezone())


def _sent(since: datetime, until: datetime) -> list[New]:
    """Each request once, at the last moment at which it was sent, as long as it waits."""
    events = RequestEvent.objects.filter(
        state=State.SENT, at__gt=since, at__lte=until, request__state__in=WAITING
    ).values_list(
        "request_id", "at", "request__kind", "request__account__person_id",
        "request__account__person__department", "request__account__person__officer",
    )  # fmt: skip
    latest = {
        key: New(at, kind, person, where, desk or "")
        for key, at, kind, person, where, desk in events.order_by("at", "pk")
    }
    return list(latest.values())


def _serves(officer: HrOfficer, new: New) -> bool:
    if new.person == officer.account.person_id:
        return False
    return officer.departments is None or new.department in officer.departments


def _write(officer: HrOfficer, row: DeskNews, counts: Mapping[str, int], *, until: datetime, now: datetime) -> None:
    account = officer.account
    with transaction.atomic(), translation.override(account.language):
        said = {"told_until": until, "told_at": now}
        DeskNews.objects.update_or_create(
            account=account, defaults=said, create_defaults={**said, "manner": row.manner}
        )
        number, waiting = sum(counts.values()), requests_served(officer).filter(state__in=WAITING).count()
        subject = ngettext("I-Prof: %(count)d request has arrived", "I-Prof: %(count)d requests have arrived", number)
        lines = [
            _("%(kind)s: %(count)d") % {"kind": kind.label, "count": counts[kind]} + f"\n{_queue(demande=kind)}"
            for kind in Kind
            if counts.get(kind)
        ]
        whole = ngettext("%(count)d request waits for a decision.", "%(count)d requests wait for a decision.", waiting)
        text = [
            _("Good day %(name)s,") % {"name": account.display_name},
            _("These requests have arrived for your office, or have come back with documents:"),
            *lines,
            whole % {"count": waiting} + f"\n{_queue()}",
            _("To hear of them otherwise, or not at all:") + f"\n{settings.ORIGIN}{reverse('career:desk-news')}",
        ]
        mail.send_mail(account.address, subject % {"count": number}, "\n\n".join(text), now=now, about=account.key)


def _queue(**filters: str) -> str:
    asked = f"?{urlencode(filters)}" if filters else ""
    return f"{settings.ORIGIN}{reverse('career:desk-requests')}{asked}"
