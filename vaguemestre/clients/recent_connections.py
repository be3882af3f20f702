"""Whether a mail program has just signed in to this account: what the set-up page says while somebody tries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.signin import attempt_log_text
from vaguemestre.web import date_text

JUST_NOW = timedelta(minutes=2)
_LOOKED_AT, _SAID = 20, 4
_CHANNELS = (SignIn.Channel.IMAP, SignIn.Channel.SMTP)


@dataclass(frozen=True)
class Connection:
    good: bool
    fresh: bool
    result: str
    facts: str


def last_of(account: Account, now: datetime) -> list[Connection]:
    """What has just happened, latest first; a refusal only while it is the last thing. If nothing has come in, when
    a program last read and last sent."""
    lines = list(account.sign_ins.exclude(channel=SignIn.Channel.WEB).order_by("-at", "-id")[:_LOOKED_AT])
    fresh = [line for line in lines if now - line.at < JUST_NOW][:_SAID]
    shown = [line for line in fresh if _good(line) or line is fresh[0]]
    if not any(map(_good, shown)):
        shown += _last_good(lines)
    return [_said(line, now) for line in shown]


def _last_good(lines: list[SignIn]) -> list[SignIn]:
    of_channels = ([line for line in lines if line.channel == channel and _good(line)] for channel in _CHANNELS)
    return [of_channel[0] for of_channel in of_channels if of_channel]


def _good(line: SignIn) -> bool:
    return line.result == SignIn.Result.GOOD


def _said(line: SignIn, now: datetime) -> Connection:
    """“il y a 20 secondes, Thunderbird 153.7.0, réseau 192.0.2.0/24”."""
    facts = ", ".join(filter(None, (_moment(line.at, now), line.agent, network_text(line.network))))
    fresh = now - line.at < JUST_NOW
    if not _good(line):
        return Connection(False, fresh, attempt_log_text.attempt_line(line).result, facts)
    if line.channel == SignIn.Channel.SMTP:
        return Connection(True, fresh, _("It sends.") if fresh else _("Last sending"), facts)
    return Connection(True, fresh, _("It is connected.") if fresh else _("Last connection"), facts)


def _moment(at: datetime, now: datetime) -> str:
    age = max(now - at, timedelta())
    if age < timedelta(minutes=1):
        seconds = int(age.total_seconds())
        return ngettext("%(count)d second ago", "%(count)d seconds ago", seconds) % {"count": seconds}
    return date_text.relative_date_text(at, now)
