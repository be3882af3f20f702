"""What every page may say above its own words."""

from django.http import HttpRequest
from django.utils import timezone

from vaguemestre.maintenance import state, words


def maintenance(_request: HttpRequest) -> dict[str, words.MaintenanceState | None]:
    """The one under way, or the next one announced."""
    now = timezone.now()
    row = state.current(now) or state.announced(now)
    return {"maintenance": words.MaintenanceState(row, now) if row else None}
