"""What the calendar says of an absence: days that nobody works around it, the day of return, the classes."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy import calendar
from vaguemestre.web import date_text
from vaguemestre.web.french_words import french, sentence_html

ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AbsenceHint:
    """`wider`: first and last day with the days not worked on both sides; None when they are in it already."""

    said: list[str]
    wider: tuple[date, date] | None = None

    @property
    def wider_in_words(self) -> str:
        if self.wider is None:
            return ""
        first, last = self.wider
        return _("from %(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}


def absence_hint(first: date, first_hour: time | None, last: date, last_hour: time | None) -> AbsenceHint:
    """Monday to Friday without public holidays; the school calendar of the zone beside it, since not all follow it."""
    back = last if last_hour and calendar.is_working_day(last) else calendar.working_day_after(last)
    said = [*_first_day(first), *_last_day(last), *_return(back, last, last_hour), *_classes(back)]
    begins = first if first_hour else calendar.working_day_before(first) + ONE
    ends = last if last_hour else back - ONE
    return AbsenceHint(said, (begins, ends) if (begins, ends) != (first, last) else None)


def _first_day(first: date) -> list[str]:
    if calendar.is_working_day(first):
        return []
    return [
        _("The first day, %(day)s, is not worked%(why)s: the last day worked before it is %(before)s.")
        % {"day": _day(first), "why": _why(first), "before": _day(calendar.working_day_before(first))}
    ]


def _last_day(last: date) -> list[str]:
    if calendar.is_working_day(last):
        return []
    return [_("The last day, %(day)s, is not worked%(why)s.") % {"day": _day(last), "why": _why(last)}]


def _return(back: date, last: date, last_hour: time | None) -> list[str]:
    if back == last and last_hour:
        moment = datetime.combine(back, last_hour, timezone.get_default_timezone())
        return [_("Day of return: %(day)s at %(hour)s.") % {"day": _day(back), "hour": date_text.clock_time(moment)}]
    return [_("Day of return: %s, the first day worked.") % _day(back)]


def _classes(back: date) -> list[str]:
    holiday = calendar.school_holiday(back)
    if holiday is None:
        return []
    again = calendar.working_day_after(holiday.last)
    return [
        sentence_html(
            _("It falls in the school holidays (%(name)s): classes begin again on %(day)s."),
            {"name": french(holiday.name), "day": _day(again)},
        )
    ]


def _why(day: date) -> str:
    return _(" (public holiday)") if day in calendar.public_holidays(day.year) else ""


def _day(day: date) -> str:
    """vendredi 18 décembre; with no year, since it is near."""
    return date_text.full_date(day).rsplit(" ", 1)[0]
