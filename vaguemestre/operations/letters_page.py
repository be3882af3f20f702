"""What the page of printed letters shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import office_name
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.print_orders import orders_under_way
from vaguemestre.letters.printing import Withheld, open_batches, withheld_letters
from vaguemestre.letters.retention import printed_files
from vaguemestre.people.models import School
from vaguemestre.people.namesakes import tell_apart

BATCHES = 20
WITHHELD = 50
State = Letter.State


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    department: str
    office: str
    count: int  # ready to print, in no batch yet
    unsealed: int  # their password is being made
    oldest: datetime


@dataclass(frozen=True, slots=True)
class OpenBatch:
    number: str
    count: int
    ordered: bool  # else it was interrupted


@dataclass(frozen=True, slots=True)
class ReadyFile:
    number: str
    until: datetime  # deleted then in any case
    count: int  # 0: of no batch that is known
    office: str


@dataclass(frozen=True, slots=True)
class LettersPage:
    waiting: list[WaitingLetters]
    open_batches: list[OpenBatch]
    files: list[ReadyFile]
    withheld: list[Withheld]
    batches: list[Batch]

    @property
    def live(self) -> bool:
        """Something changes by itself within the minute."""
        return any(one.ordered for one in self.open_batches) or any(one.unsealed for one in self.waiting)


def letters_page(now: datetime) -> LettersPage:
    withheld = withheld_letters(None, now=now, most=WITHHELD)
    tell_apart(one.letter.account.person for one in withheld)
    ordered = orders_under_way()
    void = Count("letters", filter=Q(letters__state=State.REVOKED))
    return LettersPage(
        waiting=list(_waiting()),
        open_batches=[OpenBatch(number, count, number in ordered) for number, count in open_batches()],
        files=list(_files()),
        withheld=withheld,
        batches=list(
            Batch.objects.filter(printed_at__isnull=False).select_related("school")
            .annotate(count=Count("letters"), void=void).order_by("-pk")[:BATCHES]
        ),
    )  # fmt: skip


def place_or_person(typed: str) -> School | Account | None:
    """By UAI, identifier or address."""
    typed = typed.strip()
    return School.objects.filter(pk=typed.upper()).first() or account_named(typed)


def _files() -> Iterable[ReadyFile]:
    """The last printed first."""
    files = [file for file in reversed(printed_files()) if file.batch]
    batches = Batch.objects.filter(number__in=[file.batch for file in files]).annotate(count=Count("letters"))
    known = {batch.number: (batch.count, office_name(frozenset({batch.department}))) for batch in batches}
    for file in files:
        yield ReadyFile(file.batch, file.until, *known.get(file.batch, (0, "")))


def _waiting() -> Iterable[WaitingLetters]:
    rows = (
        Letter.objects.filter(Q(state=State.PREPARED) | Q(state=State.SEALED, batch=None))
        .values("department")
        .annotate(ready=Count("pk", filter=Q(state=State.SEALED)), all=Count("pk"), oldest=Min("prepared_at"))
        .order_by("department")
    )
    for row in rows:
        office = office_name(frozenset({row["department"]}))
        yield WaitingLetters(row["department"], office, row["ready"], row["all"] - row["ready"], row["oldest"])
