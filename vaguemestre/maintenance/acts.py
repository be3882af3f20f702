"""Announcing, beginning, ending. Each is a line of the journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.maintenance import state
from vaguemestre.maintenance.models import Maintenance, Part

END = due.Job("maintenance.end")
SYSTEM = "system"


class MaintenanceRefusedError(Exception):
    """It cannot be so; the message says why, to whoever asked."""


@dataclass(frozen=True)
class Plan:
    starts_at: datetime
    ends_at: datetime
    text: str
    closes: Collection[Part]
    ends_by_itself: bool = False


def announce(plan: Plan, *, by: str, now: datetime) -> Maintenance:
    if plan.ends_at <= plan.starts_at:
        raise MaintenanceRefusedError(_("The end comes before the beginning."))
    if plan.ends_at <= now:
        raise MaintenanceRefusedError(_("The end is already past."))
    with transaction.atomic():
        row = Maintenance.objects.create(
            starts_at=plan.starts_at, ends_at=plan.ends_at, text=plan.text.strip(), ends_by_itself=plan.ends_by_itself,
            closes=[part.value for part in Part if part in plan.closes], announced_by=by, announced_at=now,
        )  # fmt: skip
        journal.record(
            by, "maintenance.announced", row.key, starts=_stamp(row.starts_at), ends=_stamp(row.ends_at),
            closes=",".join(row.closes), ends_by_itself=row.ends_by_itself,
        )  # fmt: skip
    state.forget()
    return row


def begin(row: Maintenance, *, by: str, now: datetime) -> None:
    """Pages close. Beginning twice is once; beginning while another is under way is refused."""
    if row.under_way:
        return
    if row.ended_at is not None:
        raise MaintenanceRefusedError(_("This maintenance is over: announce another."))
    if row.ends_by_itself and row.ends_at <= now:
        raise MaintenanceRefusedError(_("The end is already past."))
    row.begun_at = now
    try:
        with transaction.atomic():
            row.save(update_fields=["begun_at"])
            journal.record(by, "maintenance.begun", row.key)
            if row.ends_by_itself:
                due.at(row.ends_at, END, str(row.pk))
    except IntegrityError as error:
        raise MaintenanceRefusedError(_("Another maintenance is under way: end it first.")) from error
    state.forget()


def end(row: Maintenance, *, by: str, now: datetime) -> None:
    """Pages open again; or an announcement is withdrawn. Ending twice is once."""
    if row.ended_at is not None:
        return
    row.ended_at, row.withdrawn = now, row.begun_at is None
    with transaction.atomic():
        row.save(update_fields=["ended_at", "withdrawn"])
        journal.record(by, "maintenance.withdrawn" if row.withdrawn else "maintenance.ended", row.key)
        due.drop(END, str(row.pk))
    state.forget()


@END.register
def end_due(key: str, now: datetime) -> None:
    """The hour of one that ends by itself: pages have opened already, the journal is told."""
    row = Maintenance.objects.filter(pk=key, ended_at=None, ends_by_itself=True).first()
    if row is not None and row.ends_at <= now:
        end(row, by=SYSTEM, now=now)


def _stamp(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes")
