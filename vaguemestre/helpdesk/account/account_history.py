"""What happened to one account: the journal and the sign-ins, latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils.text import capfirst
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.notices.journal_text import act_text, details_text
from vaguemestre.audit.models import Entry
from vaguemestre.helpdesk.account.diagnosis import channel_text
from vaguemestre.helpdesk.journal_actors import actor_names

HR = "career."
_ALARMING = {"account.locked", "account.stolen", "identity.not-proved", "account.closed"}


@dataclass(frozen=True)
class HistoryEvent:
    at: datetime
    title: str
    detail: str
    bad: bool = False


def account_history(account: Account, *, count: int, before: datetime | None = None) -> list[HistoryEvent]:
    """At most `count` events older than `before`, without the HR office's. Three queries, whatever the number."""
    entries = Entry.objects.filter(subject__in=[account.key, account.person.key]).exclude(act__startswith=HR)
    entries = entries.order_by("-at", "-id")
    sign_ins = account.sign_ins.order_by("-at", "-id")
    if before:
        entries, sign_ins = entries.filter(at__lt=before), sign_ins.filter(at__lt=before)
    events = _acts(account, list(entries[:count])) + [_sign_in(line) for line in sign_ins[:count]]
    return list(islice(sorted(events, key=lambda event: event.at, reverse=True), count))


def _acts(account: Account, entries: Sequence[Entry]) -> list[HistoryEvent]:
    names = actor_names(entry.actor for entry in entries)
    return [
        HistoryEvent(
            at=entry.at,
            title=act_text(entry.act),
            detail=_by(names[entry.actor], entry.actor == account.key, details_text(entry.details)),
            bad=entry.act in _ALARMING,
        )
        for entry in entries
    ]


def _by(name: str, themselves: bool, rest: str) -> str:
    first = _("By the person.") if themselves else _("By %(name)s.") % {"name": name}
    return f"{first} {rest[:1].upper()}{rest[1:]}." if rest else first


def _sign_in(line: SignIn) -> HistoryEvent:
    result = SignIn.Result(line.result)
    told_channel = {"count": line.times, "channel": channel_text(line.channel)}
    if result == SignIn.Result.GOOD:
        title = ngettext("Signed in %(channel)s", "Signed in %(channel)s, %(count)d times", line.times)
        detail = ""
    else:
        title = ngettext("One sign-in refused %(channel)s", "%(count)d sign-ins refused %(channel)s", line.times)
        detail = str(result.label).capitalize() + ". "
    place = f"{capfirst(network_text(line.network))}." if line.network else ""
    return HistoryEvent(line.at, title % told_channel, f"{detail}{place}".strip(), bad=result != SignIn.Result.GOOD)
