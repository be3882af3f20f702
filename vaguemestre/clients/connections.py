"""Whether a mail program has just signed in to this account: what the set-up page says while somebody tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vaguemestre.accounts import sign_in_words
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.web import dates

JUST_NOW = timedelta(minutes=2)
_LOOKED_AT = 20


@dataclass(frozen=True)
class Connection:
    """The last one that read, or that sent; or a password that was refused after both."""

    good: bool
    fresh: bool
    result: str
    facts: str


def last_of(account: Account, now: datetime) -> list[Connection]:
    """Reading, then sending, each once; a refusal stands first while it is the last thing that happened."""
    lines = list(account.sign_ins.exclude(channel=SignIn.Channel.WEB).order_by("-at", "-id")[:_LOOKED_AT])
    said = [_said(lines[0], now)] if lines and not _good(lines[0]) and now - lines[0].at < JUST_NOW else []
    for channel in (SignIn.Channel.IMAP, SignIn.Channel.SMTP):
        found = next((line for line in lines if line.channel == channel and _good(line)), None)
        if found:
            said.append(_said(found, now))
    return said


def _good(line: SignIn) -> bool:
    return line.result == SignIn.Result.GOOD


def _said(line: SignIn, now: datetime) -> Connection:
    """“il y a 20 secondes, Thunderbird 153.7.0, réseau 192.0.2.0/24”."""
    facts = ", ".join(filter(None, (_moment(line.at, now), line.agent, sign_in_words.place(line.network))))
    fresh = now - line.at < JUST_NOW
    if not _good(line):
        return Connection(False, fresh, sign_in_words.line(line).result, facts)
    if line.channel == SignIn.Channel.SMTP:
        return Connection(True, fresh, _("It sends.") if fresh else _("Last sending"), facts)
    return Connection(True, fresh, _("It is connected.") if fresh else _("Last connection"), facts)


def _moment(at: datetime, now: datetime) -> str:
    age = max(now - at, timedelta())
    if age < timedelta(minutes=1):
        seconds = int(age.total_seconds())
        return ngettext("%(count)d second ago", "%(count)d seconds ago", seconds) % {"count": seconds}
    return dates.in_words(at, now)
