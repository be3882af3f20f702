"""Who is absent now, for rooms that say whom to write to (`accounts.ports`). From the table: no server is asked."""

from collections.abc import Sequence
from datetime import datetime

from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.rules import absence_reply


def absence_texts(keys: Sequence[str], now: datetime) -> dict[str, str]:
    """Account key to a sentence; those who are there are not in it."""
    away = Preferences.objects.filter(
        account__in=keys, absence_on=True, absence_starts__lte=now, absence_ends__gt=now
    ).values_list("account", "absence_starts", "absence_ends")
    return {key: absence_reply.dates_text(starts, ends) for key, starts, ends in away if starts and ends}
