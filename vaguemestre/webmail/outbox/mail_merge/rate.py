"""How a mailing is spread: within what the mail server takes of one account, with room left for ordinary mail
(`[mailing]` and `[mail]` of academy.toml)."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.webmail.models.mail_merge import MergedMessage

AN_HOUR = timedelta(hours=1)
BETWEEN = timedelta(seconds=1)  # while nothing has to wait
BATCH = 10  # letters of one call of the clock: others wait for it too
State = MergedMessage.State


def interval() -> timedelta:
    return AN_HOUR / academy().mailing.per_hour


def recent_count(account_key: str, now: datetime) -> int:
    """Letters of this account's mailings that left in the last hour."""
    return MergedMessage.objects.filter(mailing__account=account_key, left_at__gt=now - AN_HOUR).count()


def waiting_time(account_key: str, now: datetime) -> timedelta:
    """Until the next one may leave; nothing for the first ones."""
    if recent_count(account_key, now) < academy().mailing.at_once:
        return timedelta()
    last = MergedMessage.objects.filter(mailing__account=account_key).aggregate(last=Max("left_at"))["last"]
    return max(timedelta(), last + interval() - now) if last else timedelta()


def expected_duration(account_key: str, count: int, now: datetime) -> timedelta:
    """For so many more letters, with those of other mailings of this account that have not left yet."""
    others = MergedMessage.objects.filter(
        mailing__account=account_key, mailing__state="sending", state__in=[State.WAITING, State.LEAVING]
    ).count()
    free = max(0, academy().mailing.at_once - recent_count(account_key, now))
    total = count + others
    return BETWEEN * (min(total, free) / BATCH) + interval() * max(0, total - free)


def duration_text(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes < 2:
        return _("in a minute or so")
    if minutes < 90:
        return ngettext("in about %d minute", "in about %d minutes", minutes) % minutes
    hours, rest = divmod(round(minutes, -1), 60)
    return _("in about %s") % (f"{hours}\N{NO-BREAK SPACE}h {rest:02d}" if rest else f"{hours}\N{NO-BREAK SPACE}h")
