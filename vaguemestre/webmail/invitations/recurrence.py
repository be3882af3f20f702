"""How an event comes back, in words: every two weeks, on Monday and Thursday, until 3 July 2027."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _, ngettext

from vaguemestre.mailbox.icalendar.invitation import Moment, RecurrenceRule
from vaguemestre.web import date_text
from vaguemestre.web.number_text import number_text

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


NAMED = 6  # exceptions


def recurrence_text(rule: RecurrenceRule, now: datetime) -> str:
    return ", ".join(part for part in (_pace(rule), _days(rule), _end(rule), _exceptions(rule, now)) if part)


def _pace(rule: RecurrenceRule) -> str:
    count, said = rule.interval, number_text(rule.interval)
    match rule.every:
        case "DAILY":
            return _("every day") if count == 1 else _("every %s days") % said
        case "WEEKLY":
            return _("every week") if count == 1 else _("every %s weeks") % said
        case "MONTHLY":
            return _("every month") if count == 1 else _("every %s months") % said
        case "YEARLY":
            return _("every year") if count == 1 else _("every %s years") % said
    return _("several times")


def _days(rule: RecurrenceRule) -> str:
    """Of a week only: "the third Monday" is more than two letters."""
    names = [str(WEEKDAYS[DAYS.index(day)]) for day in rule.days if day in DAYS]
    if rule.every != "WEEKLY" or not names:
        return ""
    if len(names) == 1:
        return _("on %s") % names[0]
    return _("on %(days)s and %(last)s") % {"days": ", ".join(names[:-1]), "last": names[-1]}


def _end(rule: RecurrenceRule) -> str:
    if rule.until is not None:
        return _("until %s") % date_text.full_date(_day(rule.until))
    return ngettext("%s time", "%s times", rule.count) % number_text(rule.count) if rule.count else ""


def _exceptions(rule: RecurrenceRule, now: datetime) -> str:
    """The next ones that are left out: what is past is nobody's concern."""
    today = timezone.localdate(now)
    coming = sorted((one for one in rule.but if _written(one) >= today - timedelta(days=1)), key=_order)
    # Only what is read is counted over from the sender's clock: hundreds may be written.
    days = {_day(one) for one in coming[: 2 * NAMED]} | {_written(one) for one in coming[2 * NAMED :]}
    left_out = sorted(day for day in days if day >= today)
    if not left_out:
        return ""
    words = {"dates": ", ".join(map(date_text.full_date, left_out[:NAMED])), "more": number_text(len(left_out) - NAMED)}
    if len(left_out) > NAMED:
        return _("except on %(dates)s and on %(more)s more dates") % words
    return ngettext("except on %(dates)s", "except on these days: %(dates)s", len(left_out)) % words


def local_time(moment: datetime) -> datetime:
    """In the reader's zone; one without a zone was meant so. Some zones of senders cannot be computed."""
    if moment.tzinfo is None:
        return timezone.make_aware(moment)
    try:
        return timezone.localtime(moment)
    except (ValueError, OverflowError, TypeError):
        return timezone.make_aware(moment.replace(tzinfo=None))


def _day(moment: Moment) -> date:
    return local_time(moment).date() if isinstance(moment, datetime) else moment


def _written(moment: Moment) -> date:
    """By the sender's clock."""
    return moment.date() if isinstance(moment, datetime) else moment


def _order(moment: Moment) -> datetime:
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())
