"""Where the newcomers are: account made, letter on its way, mailbox opened. A few queries, however many they are.

Who counts: accounts made since the first of July that are not closed. Each stands in exactly one part:
activated (own password chosen, charter accepted); else stuck (locked, or a password that expired unused); else sent
(a letter was printed); else waiting (for its letter).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Min, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy.calendar import add_working_days
from vaguemestre.academy.facts import academy
from vaguemestre.accounts.legal_dates import midnight
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import Agent, accounts_seen_by
from vaguemestre.audit import journal
from vaguemestre.letters.models import Letter

ACTIVATED, SENT, WAITING, STUCK = "activated", "sent", "waiting", "stuck"
PARTS = (ACTIVATED, SENT, WAITING, STUCK)
LATE_LETTER = timedelta(days=7)  # five working days
WAITING_LETTERS = (Letter.State.PREPARED, Letter.State.SEALED)
DELAY_PROMISED = 10  # working days after duty starts
Kind = Account.PasswordKind
State = Account.State


@dataclass
class ProgressRow:
    """One department, or one school."""

    code: str
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def percent(self) -> int:
        return 100 * self.counts[ACTIVATED] // self.total if self.total else 0

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """Part, where it begins, how wide it is: in accounts."""
        begins, found = 0, []
        for part in PARTS:
            found.append((part, begins, self.counts[part]))
            begins += self.counts[part]
        return found


@dataclass(frozen=True)
class ToDoItem:
    reason: str
    count: int
    oldest: datetime
    where: str


def season_start(today: date) -> date:
    return date(today.year if today.month >= 7 else today.year - 1, 7, 1)


def newcomers(agent: Agent, now: datetime) -> QuerySet[Any]:
    """Accounts, each with its `part`."""
    since = midnight(season_start(timezone.localdate(now)))
    living = accounts_seen_by(agent).filter(state__in=[State.PENDING, State.OPEN], created_at__gte=since)
    return living.annotate(part=_part(now))


def without_letter(agent: Agent, now: datetime) -> QuerySet[Any]:
    """Counted among the letters to print, though there is none: somebody must make one."""
    made = Letter.objects.filter(account=OuterRef("pk"), state__in=WAITING_LETTERS)
    found = newcomers(agent, now).filter(~Exists(made), part=WAITING).select_related("person")
    return found.order_by("person__last_name", "pk")


def department_rows(agent: Agent, now: datetime) -> list[ProgressRow]:
    rows = {d.code: ProgressRow(d.code, d.name) for d in academy().departments if _serves(agent, d.code)}
    counted = newcomers(agent, now).values("person__department", "part").annotate(count=Count("pk")).order_by()
    for line in counted:
        code = line["person__department"]
        row = rows.setdefault(code, ProgressRow(code, _("Department %(code)s") % {"code": code}))
        row.counts[line["part"]] = line["count"]
    return list(rows.values())


def school_rows(agent: Agent, department: str, now: datetime) -> list[ProgressRow]:
    """By main posting; first those with the most still to do."""
    mine = newcomers(agent, now).filter(person__department=department, person__postings__rank=1)
    place = "person__postings__school__"
    rows: dict[str, ProgressRow] = {}
    for line in (
        mine.values(f"{place}uai", f"{place}name", f"{place}city", "part").annotate(count=Count("pk")).order_by()
    ):
        uai = line[f"{place}uai"]
        row = rows.setdefault(uai, ProgressRow(uai, f"{line[f'{place}name']} ({line[f'{place}city']})"))
        row.counts[line["part"]] = line["count"]
    return sorted(rows.values(), key=lambda row: (row.counts[ACTIVATED] - row.total, row.name))


def find_to_do(agent: Agent, now: datetime) -> list[ToDoItem]:
    """What will not come right by itself; one query a reason."""
    mine = newcomers(agent, now)
    late = Letter.objects.filter(account=OuterRef("pk"), state__in=WAITING_LETTERS, prepared_at__lt=now - LATE_LETTER)
    expired = Q(password_kind__in=[Kind.PROVISIONAL, Kind.TEMPORARY], provisional_expires_at__lte=now)
    reasons = [
        (_("Password of the letter expired, unused"), mine.filter(expired), "provisional_expires_at"),
        (_("Letter not printed after a week"), mine.filter(Exists(late)), "created_at"),
        (_("Account locked"), mine.filter(locked_at__isnull=False), "locked_at"),
    ]
    return [line for reason, accounts, moment in reasons if (line := _to_do(reason, accounts, moment))]


def next_days(agent: Agent, now: datetime) -> list[tuple[date, str]]:
    today = timezone.localdate(now)
    promised = add_working_days(date(season_start(today).year, 9, 1), DELAY_PROMISED)
    days = [(promised, _("Tenth working day: every newcomer must have their letter."))]
    first = newcomers(agent, now).filter(password_kind=Kind.PROVISIONAL, provisional_expires_at__gt=now)
    if expires := first.aggregate(first=Min("provisional_expires_at"))["first"]:
        days.append((timezone.localdate(expires), _("The next provisional passwords expire.")))
    return sorted(day for day in days if day[0] >= today)


def list_of_those_who_wait(agent: Agent, now: datetime) -> Iterator[list[str]]:
    """Lines of a table, headings first: no NUMEN, no private address. Who took it out is in the journal."""
    journal.record(agent.key, "list.exported", agent.key)
    names = {ACTIVATED: _("activated"), SENT: _("letter on its way"), WAITING: _("letter to print"), STUCK: _("stuck")}
    named = [_("Last name"), _("First name"), _("Identifier"), _("Mail address")]
    yield [_("Department"), _("School"), *named, _("State")]
    waiting = newcomers(agent, now).exclude(part=ACTIVATED).prefetch_related("person__postings__school")
    for account in waiting.order_by("person__department", "person__last_name", "pk").iterator(2000):
        person, posting = account.person, account.person.main_posting
        school = f"{posting.school_id} {posting.school.name}" if posting else ""
        state = names[getattr(account, "part")]  # noqa: B009 - an annotation of the query, unknown to the types
        yield [
            person.department,
            school,
            person.family_name,
            person.first_name,
            account.identifier,
            account.address,
            state,
        ]


def harmless_cell(cell: str) -> str:
    """A spreadsheet computes what begins with one of these signs."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _part(now: datetime) -> Case:
    expired = Q(password_kind__in=[Kind.PROVISIONAL, Kind.TEMPORARY], provisional_expires_at__lte=now)
    printed = Letter.objects.filter(account=OuterRef("pk"), state=Letter.State.PRINTED)
    return Case(
        When(Q(locked_at__isnull=False) | expired, then=Value(STUCK)),
        When(Q(password_kind=Kind.OWN) & ~Q(charter_version=""), then=Value(ACTIVATED)),
        When(Exists(printed), then=Value(SENT)),
        default=Value(WAITING),
        output_field=CharField(),
    )


def _to_do(reason: str, accounts: QuerySet[Any], moment: str) -> ToDoItem | None:
    names = {d.code: d.name for d in academy().departments}
    lines = list(
        accounts.values("person__department").annotate(count=Count("pk"), oldest=Min(moment)).order_by("-count")
    )
    if not lines:
        return None
    where = ", ".join(
        f"{names.get(line['person__department'], line['person__department'])} {line['count']}" for line in lines
    )
    return ToDoItem(reason, sum(line["count"] for line in lines), min(line["oldest"] for line in lines), where)


def _serves(agent: Agent, department: str) -> bool:
    return agent.departments is None or department in agent.departments
