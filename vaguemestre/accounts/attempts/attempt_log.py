"""How each sign-in went, on the web and in mail programs, in one place."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from vaguemestre.accounts.attempts.throttle import network_of
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.web.metrics import Gauge, counter_gauges
from vaguemestre.web.monitoring.counters import Counter

SAME_WITHIN = timedelta(hours=1)
MOST_PROGRAMS = 20  # of one person within that time: the next ones have no name
signins = Counter(
    "signins_total", "Sign-ins, by where and how they ended.",
    {"door": SignIn.Channel.values, "result": SignIn.Result.values},
)  # fmt: skip
_APART = {SignIn.Result.GOOD, SignIn.Result.FACTOR}
KEPT = timedelta(days=365)  # CNIL 2021-122: six months to a year


def note_attempt(
    account: Account | None,
    result: SignIn.Result,
    *,
    channel: SignIn.Channel,
    address: str | None,
    agent: str,
    now: datetime,
) -> SignIn:
    """A line, or one more time on the line of the same thing within the hour.

    Each right password on the web has its own."""
    signins.add(channel, result)
    network = network_of(address)
    facts = {"account": account, "result": result, "channel": channel, "network": network, "agent": agent[:200]}
    if not (channel == SignIn.Channel.WEB and result in _APART):
        newest = SignIn.objects.filter(**facts, at__gte=now - SAME_WITHIN).order_by("-at").first()
        more = {"times": F("times") + 1, "at": now, "address": address}
        if newest and SignIn.objects.filter(pk=newest.pk).update(**more):
            return newest
    return SignIn.objects.create(**facts, at=now, address=address)


def signin_gauges(_now: datetime) -> Iterator[Gauge]:
    """`web.metrics.gauge_sources`."""
    return counter_gauges(signins)


@transaction.atomic
def set_program(number: int, agent: str, *, now: datetime) -> None:
    """The last time of this line was that program's, as it said afterwards: that time moves to a line of its own."""
    line = SignIn.objects.select_for_update(of=("self",)).select_related("account").filter(pk=number).first()
    if line is None or line.agent == agent[:200] or not _may_be_named(line, agent, now):
        return
    if line.times > 1:
        SignIn.objects.filter(pk=number).update(times=F("times") - 1)
    else:
        line.delete()
    result, channel = SignIn.Result(line.result), SignIn.Channel(line.channel)
    note_attempt(line.account, result, channel=channel, address=line.address, agent=agent, now=now)


def _may_be_named(line: SignIn, agent: str, now: datetime) -> bool:
    """A program may call itself otherwise each time: it would fill the log."""
    lately = SignIn.objects.filter(account=line.account, channel=line.channel, at__gte=now - SAME_WITHIN)
    agents = set(lately.values_list("agent", flat=True)[: MOST_PROGRAMS + 1])
    return agent[:200] in agents or len(agents) <= MOST_PROGRAMS


def note_completion(line: SignIn, *, now: datetime) -> None:
    """The step that was owed is done: it was one sign-in, and a good one."""
    SignIn.objects.filter(pk=line.pk).update(result=SignIn.Result.GOOD, at=now)
