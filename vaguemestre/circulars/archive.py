"""The circulars that concern somebody: those that they were sent, and those of a list that they would be in today."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.role_lookup import fetch_postings
from vaguemestre.circulars.models import Circular, Delivery
from vaguemestre.circulars.recipients import concerns, perimeter_from_data, question_of
from vaguemestre.people import folding

SHOWN = 50  # of a page
State = Circular.State


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """`for_me`: it was sent to this person; `seen`: and they have seen it."""

    circular: Circular
    for_me: bool
    seen: bool


def circulars_for(account: Account, today: date) -> QuerySet[Circular]:
    """Three queries, however many there are."""
    sent = _received(account).values("mailing__circular")
    departed = Circular.objects.filter(state=State.APPROVED, mailings__started_at__isnull=False).distinct()
    others = departed.exclude(pk__in=sent).only("key", "question", "perimeter")
    fetch_postings(account)
    later = [
        one.key for one in others
        if concerns(account.person, question_of(one.question), perimeter_from_data(one.perimeter), today)
    ]  # fmt: skip
    return departed.filter(pk__in=[*sent.values_list("mailing__circular", flat=True), *later])


def concerned_by(account: Account, circular: Circular, today: date) -> bool:
    if circular.state != State.APPROVED or circular.is_scheduled:
        return False
    if _received(account).filter(mailing__circular=circular).exists():
        return True
    fetch_postings(account)
    return concerns(account.person, question_of(circular.question), perimeter_from_data(circular.perimeter), today)


def archive_lines(
    account: Account, today: date, *, typed: str = "", year: int = 0, sender: str = "", unread: bool = False,
    page: int = 1,
) -> tuple[list[ArchiveEntry], bool]:  # fmt: skip
    """The newest first, and whether there are more."""
    found = circulars_for(account, today)
    for word in folding.words(typed):
        found = found.filter(search_text__contains=word)
    if year:
        found = found.filter(approved_at__year=year)
    if sender:
        found = found.filter(place=sender)
    if unread:
        found = found.filter(pk__in=unread_keys(account))
    start = (page - 1) * SHOWN
    circulars = list(found.select_related("place").order_by("-approved_at", "key")[start : start + SHOWN + 1])
    mine = dict(_received(account).order_by("seen_at").values_list("mailing__circular", "seen_at"))
    lines = [ArchiveEntry(one, one.key in mine, mine.get(one.key) is not None) for one in circulars[:SHOWN]]
    return lines, len(circulars) > SHOWN


def unread_keys(account: Account) -> list[str]:
    """Those that were sent to this person and that they have not seen. One query."""
    open_to_read = _received(account).filter(mailing__circular__withdrawn_at=None)
    mine = open_to_read.values_list("mailing__circular", "seen_at")
    seen = {key for key, at in mine if at}
    return sorted({key for key, _at in mine} - seen)


def archive_years(account: Account, today: date) -> tuple[list[int], list[tuple[str, str]]]:
    """Years and senders to choose from."""
    found = circulars_for(account, today).order_by()
    years = {at.year for at in found.values_list("approved_at", flat=True) if at}
    senders = dict(found.values_list("place", "place__name"))
    return sorted(years, reverse=True), sorted(senders.items(), key=lambda one: one[1])


def searched_text(circular: Circular) -> str:
    """A withdrawn one is found by its subject alone."""
    if circular.withdrawn_at is not None:
        return folding.searched_as(circular.subject)
    return folding.searched_as(circular.subject, circular.text, circular.list_name)


def _received(account: Account) -> QuerySet[Delivery]:
    got = (Delivery.State.DELIVERED, Delivery.State.QUEUED, Delivery.State.IMPOSSIBLE)
    return Delivery.objects.filter(account=account, state__in=got, mailing__started_at__isnull=False)
