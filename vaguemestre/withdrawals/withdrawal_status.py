"""How a withdrawal stands, in figures: how many copies, in how many mailboxes, and who had read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.withdrawals.models import Withdrawal, Withheld

MOST_SHOWN = 100
State, Held = Withdrawal.State, Withheld.State


@dataclass(frozen=True)
class Sums:
    copies: int  # messages
    boxes: int
    read: int  # mailboxes in which one was read
    answered: int
    taken: int  # mailboxes in which they are out


@dataclass(frozen=True)
class MessageReader:
    """Somebody to call: they had the message before their eyes."""

    account: Account
    answered: bool

    @property
    def post(self) -> str:
        posting = self.account.person.main_posting
        return f"{posting.school.name}, {posting.school.city}" if posting else ""


def withdrawal_sums(withdrawal: Withdrawal) -> Sums:
    found = Withheld.objects.filter(withdrawal=withdrawal).aggregate(
        copies=Sum("count", default=0),
        boxes=Count("account", distinct=True),
        read=Count("account", distinct=True, filter=Q(seen__gt=0)),
        answered=Count("account", distinct=True, filter=Q(answered__gt=0)),
        taken=Count("account", distinct=True, filter=Q(state=Held.TAKEN)),
    )
    return Sums(**found)


def readers_of(withdrawal: Withdrawal) -> Iterator[MessageReader]:
    """Those who answered it first, then by name."""
    rows = Withheld.objects.filter(withdrawal=withdrawal, seen__gt=0)
    accounts = (
        Account.objects.filter(pk__in=rows.values("account"))
        .annotate(answered=Exists(rows.filter(account=OuterRef("pk"), answered__gt=0)))
        .select_related("person")
        .prefetch_related("person__postings__school")
        .order_by("-answered", "person__last_name", "person__first_name", "key")
    )
    for account in accounts.iterator(chunk_size=500):
        yield MessageReader(account, account.answered)


def withdrawal_context(withdrawal: Withdrawal) -> dict[str, Any]:
    """What its page shows. While a walk is under way nobody is listed: the list grows under the eyes."""
    shown: list[MessageReader] = []
    found = withdrawal_sums(withdrawal)
    if not withdrawal.walk and found.read:
        shown = list(islice(readers_of(withdrawal), MOST_SHOWN))
    by = Account.objects.select_related("person").filter(pk=withdrawal.ordered_by).first()
    unopened = Account.objects.filter(pk__in=withdrawal.passed_over[:MOST_SHOWN]).order_by("local_part")
    return {
        "section": "withdrawals", "one": withdrawal, "sums": found, "readers": shown,
        "more_readers": found.read - len(shown) if shown else 0,
        "by": by.display_name if by else _("the operator %(name)s") % {"name": withdrawal.ordered_by.partition(":")[2]},
        "unopened": [account.address for account in unopened], "unopened_count": len(withdrawal.passed_over),
        "large": found.boxes > Account.objects.filter(state=Account.State.OPEN).count() / 10,
    }  # fmt: skip
