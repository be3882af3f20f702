"""A maintenance in sentences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.maintenance.models import Maintenance, Part
from vaguemestre.web.date_text import clock_time, full_date


@dataclass(frozen=True)
class MaintenanceState:
    """One maintenance as it is read at `now`."""

    row: Maintenance
    now: datetime

    @property
    def late(self) -> bool:
        return self.row.under_way and self.row.ends_at <= self.now

    @property
    def until(self) -> str:
        return _hour(self.row.ends_at) if self._today(self.row.ends_at) else _day_and_hour(self.row.ends_at)

    @property
    def title(self) -> str:
        if self.late:
            return _("Closed for maintenance a little longer")
        if self._today(self.row.ends_at):
            return _("Closed for maintenance until %(time)s") % {"time": self.until}
        return _("Closed for maintenance until %(day)s") % {"day": self.until}

    @property
    def fact(self) -> str:
        """The first words of a notice."""
        if not self.row.under_way:
            return _("Maintenance planned %(span)s.") % {"span": self.span}
        if self.late:
            return _("Maintenance under way, longer than expected.")
        if self._today(self.row.ends_at):
            return _("Maintenance under way until %(time)s.") % {"time": self.until}
        return _("Maintenance under way until %(day)s.") % {"day": self.until}

    @property
    def span(self) -> str:
        starts, ends = self.row.starts_at, self.row.ends_at
        if timezone.localdate(starts) == timezone.localdate(ends):
            words = {"day": _day(starts), "start": _hour(starts), "end": _hour(ends)}
            return _("on %(day)s, from %(start)s to %(end)s") % words
        return _("from %(start)s to %(end)s") % {"start": _day_and_hour(starts), "end": _day_and_hour(ends)}

    @property
    def closed(self) -> str:
        names = [str(_names()[part]) for part in self.row.parts]
        if not names:
            return _("Everything stays open; it may be slow.")
        listed = names[0] if len(names) == 1 else _("%(first)s and %(last)s") % {
            "first": ", ".join(names[:-1]), "last": names[-1],
        }  # fmt: skip
        listed = listed[0].upper() + listed[1:]
        if self.row.under_way:
            return _("Closed: %(parts)s.") % {"parts": listed[0].lower() + listed[1:]}
        return _("To be closed: %(parts)s.") % {"parts": listed[0].lower() + listed[1:]}

    @property
    def goes_on(self) -> list[str]:
        said = [_("Thunderbird, Outlook and telephones work"), _("Messages arrive, none is lost")]
        if Part.WEBMAIL not in self.row.parts and Part.SIGN_IN not in self.row.parts:
            said.insert(0, _("Mail on the web works"))
        return said

    def _today(self, moment: datetime) -> bool:
        return timezone.localdate(moment) == timezone.localdate(self.now)


def _names() -> dict[Part, str]:
    """As they stand in a list, after "Closed:"."""
    return {
        Part.WEBMAIL: _("mail on the web"),
        Part.ACCOUNT: _("My account and lost passwords"),
        Part.DESK: _("the help desk"),
        Part.SIGN_IN: _("signing in, and all that it opens"),
    }


def _hour(moment: datetime) -> str:
    """9 h rather than 9 h 00, as it is said."""
    said = clock_time(moment)
    return said.removesuffix("\N{NO-BREAK SPACE}00")


def _day(moment: datetime) -> str:
    return full_date(timezone.localtime(moment).date())


def _day_and_hour(moment: datetime) -> str:
    return _("%(day)s at %(time)s") % {"day": _day(moment), "time": _hour(moment)}
