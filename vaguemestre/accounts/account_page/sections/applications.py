"""What one let applications of others read: another room's page."""

from datetime import datetime

from vaguemestre.accounts.request import StaffRequest


def context(_request: StaffRequest, _now: datetime) -> dict[str, object]:
    return {}
