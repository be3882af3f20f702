"""Who is absent now, for rooms that say whom to write to (`accounts.ports`). From the table: no server is asked."""

from collections.abc import Sequence
from datetime import datetime

from vaguemestre.webmail import absence
from vaguemestre.webmail.models import Preferences


def of(keys: Sequence[str], now: datetime) -> dict[str, str]:
    """Account key to a sentence; those who are there are not in it."""
    away = Preferences.objects.filter(
        account__in=keys, absence_on=True, absence_starts__lte=now, absence_ends__gt=now
    ).values_list("account", "absence_starts", "absence_ends")
    return {key: absence.dates_in_words(starts, ends) for key, starts, ends in away if starts and ends}
