"""Days and durations as the file says them."""

from datetime import date

from django.utils.translation import gettext as _, ngettext

from vaguemestre.web.date_text import NBSP, full_date


def day_text(value: date) -> str:
    """1er septembre 2029, without the name of the day."""
    return full_date(value).partition(" ")[2]


def duration_text(months: int) -> str:
    """3 ans et 6 mois."""
    years, rest = divmod(months, 12)
    parts = []
    if years:
        parts.append(ngettext("%(count)d year", "%(count)d years", years) % {"count": years})
    if rest:
        parts.append(ngettext("%(count)d month", "%(count)d months", rest) % {"count": rest})
    return _(" and ").join(parts).replace(" ", NBSP, 1)


def years_text(starts: date | None, ends: date | None) -> str:
    """2018 – 2023; depuis 2023."""
    if starts is None:
        return _("until %(year)d") % {"year": ends.year} if ends else ""
    if ends is None:
        return since_year(starts.year)
    return str(starts.year) if starts.year == ends.year else f"{starts.year}{NBSP}– {ends.year}"


def since_year(year: int) -> str:
    return _("since %(year)d") % {"year": year}
