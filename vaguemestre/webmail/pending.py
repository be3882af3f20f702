"""What waits to leave, as it is shown to its author."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from vaguemestre.accounts.models import Account
from vaguemestre.web import dates
from vaguemestre.web.prepared import PreparedRows
from vaguemestre.webmail.composer import refusals
from vaguemestre.webmail.listing import subject_or_not
from vaguemestre.webmail.models import Outgoing
from vaguemestre.webmail.recipients import parse

# A receipt or a report is nobody's letter: it leaves by itself, or not.
QUEUED = Q(state=Outgoing.State.QUEUED) & ~Q(kind__in=[Outgoing.Kind.RECEIPT, Outgoing.Kind.REPORT])
WAITING = QUEUED | Q(state=Outgoing.State.DRAFT, failure__isnull=False)


@dataclass(frozen=True, slots=True)
class Queued:
    subject: str
    who: str
    since: str
    exact: str
    problems: list[str]
    retry_url: str
    back_url: str


_WAITING = PreparedRows(lambda key: Outgoing.objects.filter(WAITING, account=key).values_list("key"))  # few, if any


def count(account: Account) -> int:
    """One query."""
    return len(_WAITING.all(account.key))


def queued(account: Account, now: datetime) -> list[Queued]:
    return [_queued(found, now) for found in Outgoing.objects.filter(WAITING, account=account).order_by("queued_at")]


def _queued(outgoing: Outgoing, now: datetime) -> Queued:
    since = outgoing.queued_at or outgoing.changed_at
    people = parse("\n".join((outgoing.to, outgoing.cc, outgoing.bcc)))
    return Queued(
        subject=subject_or_not(outgoing.subject),
        who=", ".join(person.label for person in people[:5]),
        since=dates.in_words(since, now),
        exact=dates.in_full(since),
        problems=refusals(outgoing.failure) if outgoing.failure else [],
        retry_url=reverse("webmail:waiting-retry", args=[outgoing.key]) if not outgoing.failure else "",
        back_url=reverse("webmail:waiting-return", args=[outgoing.key]),
    )
