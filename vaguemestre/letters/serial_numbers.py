"""Numbers of letters and batches: one series a year and a department, each number given once."""

from datetime import datetime

from django.utils import timezone

from vaguemestre.letters.models import Register


def take_numbers(kind: str, department: str, count: int, *, now: datetime) -> list[str]:
    """The next `count` numbers. Inside the caller's transaction, which holds the series until it ends."""
    series = f"{kind}{timezone.localtime(now):%Y}-{department}"
    Register.objects.get_or_create(series=series)
    register = Register.objects.select_for_update().get(series=series)
    first = register.last + 1
    register.last += count
    register.save(update_fields=["last"])
    digits = 3 if kind else 5
    return [f"{series}-{number:0{digits}}" for number in range(first, first + count)]
