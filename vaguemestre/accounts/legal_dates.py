"""An act that has a date takes effect at midnight in France."""

from datetime import date, datetime, time

from django.utils import timezone


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def today(now: datetime) -> date:
    return timezone.localdate(now)
