"""What people report, gathered by message: `note_report` is called by the reader's button (`accounts.ports`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Count, Max, Min
from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.withdrawals.models import LONGEST_ID, LONGEST_SENDER, LONGEST_SUBJECT, Report

KEPT = timedelta(days=90)
MOST_SHOWN = 50


@dataclass(frozen=True)
class ReportedMessage:
    """One message, whoever reported it."""

    digest: str
    message_id: str
    sender: str
    subject: str
    received_at: datetime
    people: int
    first_at: datetime
    last_at: datetime


def note_report(
    account: Account, *, message_id: str, sender: str, subject: str, received_at: datetime, now: datetime
) -> None:
    """However often somebody presses, one line. Reported by somebody else after it was judged, it comes up again."""
    facts = (message_id[:LONGEST_ID], sender[:LONGEST_SENDER], subject[:LONGEST_SUBJECT])
    names = dict(zip(("message_id", "sender", "subject"), facts, strict=True))
    Report.objects.get_or_create(
        account=account, digest=digest_of(*facts), defaults={**names, "received_at": received_at, "at": now}
    )


def digest_of(message_id: str, sender: str, subject: str) -> str:
    name = f"{sender.casefold()}\0{message_id or subject}"
    return sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def waiting_reports() -> list[ReportedMessage]:
    """Those that nobody has judged since they were last reported: the latest first."""
    open_ones = Report.objects.filter(judged_at=None).values("digest").annotate(last=Max("at")).order_by("-last")
    digests = [row["digest"] for row in open_ones[:MOST_SHOWN]]
    found = _gathered(digests)
    return [found[digest] for digest in digests]


def reported_message(digest: str) -> ReportedMessage:
    """Raises Http404."""
    try:
        return _gathered([digest])[digest]
    except KeyError:
        raise Http404("report") from None


def judge_report(digest: str, now: datetime) -> None:
    Report.objects.filter(digest=digest, judged_at=None).update(judged_at=now)


def reopen_report(digest: str) -> None:
    """A judgement taken back."""
    Report.objects.filter(digest=digest).update(judged_at=None)


@due.recurring("withdrawals.reports.sweep", every=86400)
def sweep(_key: str, now: datetime) -> None:
    """The clock's call, once a day."""
    Report.objects.filter(at__lt=now - KEPT).delete()


def _gathered(digests: list[str]) -> dict[str, ReportedMessage]:
    rows = Report.objects.filter(digest__in=digests)
    sums = rows.values("digest").annotate(
        people=Count("id"), first=Min("at"), last=Max("at"), received=Min("received_at")
    )
    facts = {row.digest: row for row in rows}
    return {
        row["digest"]: ReportedMessage(
            row["digest"], facts[row["digest"]].message_id, facts[row["digest"]].sender, facts[row["digest"]].subject,
            row["received"], row["people"], row["first"], row["last"],
        )
        for row in sums
    }  # fmt: skip
