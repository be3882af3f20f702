"""The reply during an absence: its dates, its words, the holidays of the zone. `sieve_sync` makes the script of it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.academy.calendar import add_working_days
from vaguemestre.academy.facts import SchoolHoliday, academy
from vaguemestre.audit import journal
from vaguemestre.web import date_text
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.rules import sieve_sync
from vaguemestre.webmail.rules.sieve_script import Absence

OFFERED = 3
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class HolidayPreset:
    """The holidays of the zone as one card. `value` is their first day."""

    value: str
    name: str
    dates: str
    back: str
    days: tuple[date, None, date, None]  # as the form has them: whole days


def holiday_presets(today: date) -> list[HolidayPreset]:
    coming = sorted((h for h in academy().school_holidays if h.last >= today), key=lambda holiday: holiday.first)
    return [
        HolidayPreset(
            value=holiday.first.isoformat(),
            name=_short(holiday.name),
            dates=_("from %(first)s to %(last)s") % {"first": _day(holiday.first), "last": _day(holiday.last)},
            back=_("back on %s") % _weekday(first_day_back(holiday.last)),
            days=(holiday.first, None, holiday.last, None),
        )
        for holiday in coming[:OFFERED]
    ]


def holiday_beginning(value: str) -> SchoolHoliday | None:
    return next((h for h in academy().school_holidays if h.first.isoformat() == value), None)


def first_day_back(last: date) -> date:
    return add_working_days(last, 1)


def suggested_text(first: date | None = None, last: date | None = None, *, shared: bool = False) -> str:
    """A beginning that can be sent as it is; of a shared mailbox, in the name of several."""
    if shared:
        return _("Good day,\n\nYour message has arrived. It will be read as soon as we are back.")
    if first is None or last is None:
        return _("Good day,\n\nYour message has arrived. I am away and will read it when I am back.")
    words = {"first": _day(first), "last": _day(last), "back": _weekday(first_day_back(last))}
    return _("Good day,\n\nI am away from %(first)s to %(last)s. I will read your message on %(back)s.") % words


def with_contact(text: str, contact: str) -> str:
    """The text that is kept: whoever opens the page again finds the line in it."""
    return text.rstrip() + "\n\n" + _("In an emergency: %s") % contact if contact else text


def is_suggested(text: str) -> bool:
    """Words that nobody has touched, whichever holidays they name."""
    beginnings = [
        suggested_text(),
        suggested_text(shared=True),
        *(suggested_text(h.first, h.last) for h in academy().school_holidays),
    ]
    return text.strip() in beginnings


def form_dates(starts: datetime, ends: datetime) -> dict[str, object]:
    """The inverse of `moments`, by the names of the form's fields. Midnight is no hour."""
    first, last = timezone.localtime(starts), timezone.localtime(ends)
    whole = last.time() == time()
    return {
        "debut": first.date(), "debut_heure": first.time() if first.time() != time() else None,
        "fin": last.date() - timedelta(1) if whole else last.date(), "fin_heure": None if whole else last.time(),
    }  # fmt: skip


def moments(first: date, first_hour: time | None, last: date, last_hour: time | None) -> tuple[datetime, datetime]:
    """From midnight or the hour given, until the hour given on the last day or its end."""
    zone = timezone.get_default_timezone()
    starts = datetime.combine(first, first_hour or time(), zone)
    ends = datetime.combine(last, last_hour, zone) if last_hour else datetime.combine(last + timedelta(1), time(), zone)
    return starts, ends


def begin_absence(access: MailboxAccess, absence: Absence, *, now: datetime, agreed: str = "") -> None:
    """Raises `ForeignScriptError` and the mailbox's errors; then nothing was changed."""
    with sieve_sync.changing_settings(access.mailbox, by=access.reader.key, now=now, agreed=agreed) as preferences:
        preferences.absence_on, preferences.absence_text = True, absence.text
        preferences.absence_apart = bool(absence.outside)
        preferences.absence_outside = absence.outside or preferences.absence_outside
        preferences.absence_starts, preferences.absence_ends = absence.starts, absence.ends
        journal.record(
            access.reader.key, "absence.set", access.mailbox.key,
            starts=absence.starts.isoformat(timespec="minutes"), ends=absence.ends.isoformat(timespec="minutes"),
        )  # fmt: skip


def end_absence(access: MailboxAccess, *, now: datetime, agreed: str = "") -> bool:
    """False when there was none. Its text stays for the next time. Raises `ForeignScriptError` where ours was
    changed."""
    known = Preferences.objects.filter(account=access.mailbox).first()
    if known is None or not known.absence_on:
        return False
    with sieve_sync.changing_settings(
        access.mailbox, by=access.reader.key, now=now, agreed=agreed or sieve_sync.WHATEVER
    ) as preferences:
        preferences.absence_on = False
        journal.record(access.reader.key, "absence.stopped", access.mailbox.key)
    return True


def until_text(ends: datetime) -> str:
    """jusqu’au dimanche 3 janvier 2027 inclus; jusqu’au lundi 4 janvier 2027 à 14 h."""
    local = timezone.localtime(ends)
    if local.time() == time():
        return _("until %s included") % date_text.full_date(local.date() - timedelta(1))
    return _("until %s") % date_text.full_date_text(ends)


def from_text(starts: datetime) -> str:
    local = timezone.localtime(starts)
    return date_text.full_date(local.date()) if local.time() == time() else date_text.full_date_text(starts)


def dates_text(starts: datetime, ends: datetime) -> str:
    """Du samedi 19 décembre 2026 jusqu’au dimanche 3 janvier 2027 inclus."""
    return _("From %(start)s %(end)s.") % {"start": from_text(starts), "end": until_text(ends)}


def _short(name: str) -> str:
    """Noël, of « vacances de Noël »; other names as they are."""
    for beginning in ("vacances de la ", "vacances de ", "vacances d’", "vacances "):
        if name.startswith(beginning):
            name = name.removeprefix(beginning)
            break
    return name[:1].upper() + name[1:]


def _day(day: date) -> str:
    """19 décembre; with no year, since it is near."""
    return date_text.full_date(day).split(" ", 1)[1].rsplit(" ", 1)[0]


def _weekday(day: date) -> str:
    return date_text.full_date(day).rsplit(" ", 1)[0]
