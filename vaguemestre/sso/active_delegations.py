"""Which delegations hold at a given second, by one query: their end, the head's post and the colleague's are dates, so
that nothing has to happen in time for a right to end."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.people.functions import Function
from vaguemestre.people.models import Posting
from vaguemestre.sso.models import Delegation


def standing_delegations(receiver: Account, now: datetime) -> QuerySet[Delegation]:
    """Not over and not taken back; whether they still hold is asked of `active_delegations`."""
    return Delegation.objects.filter(receiver=receiver, ends__gt=now, withdrawn_at=None)


def active_delegations(now: datetime) -> QuerySet[Delegation]:
    """Those that give a right at this second; whether the application is shut is looked at where it is opened."""
    today = timezone.localdate(now)
    return Delegation.objects.filter(
        posted_query("giver", today, Function.HEAD), posted_query("receiver", today),
        starts__lte=now, ends__gt=now, withdrawn_at=None, application__active=True, application__delegable=True,
    )  # fmt: skip


def posted_query(whose: str, today: date, function: Function | None = None, uai: str | None = None) -> Q:
    """In post there, that day. `whose`: the way to the account, or "person" for the account's own."""
    person = "person" if whose == "person" else f"{whose}__person"
    posts = Posting.objects.filter(
        Q(ends=None) | Q(ends__gte=today), person=OuterRef(person), school=uai or OuterRef("uai"), starts__lte=today
    )
    if function:
        posts = posts.filter(function=function)
    duty = {f"{person}__present": True, f"{person}__duty_start__lte": today}
    end = f"{person}__duty_end"
    return Q(Exists(posts)) & Q(**duty) & (Q(**{end: None}) | Q(**{f"{end}__gte": today}))
