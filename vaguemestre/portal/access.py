"""Who may open the portal's own screens of administration."""

from datetime import datetime

from django.http import HttpRequest

from vaguemestre.accounts.roles.role_lookup import is_administrator
from vaguemestre.accounts.sessions.decorators import administrators_only, staff_request
from vaguemestre.web.operator_warnings import operator_warnings

__all__ = ["administrators_only", "is_administrator", "passes_maintenance", "warnings_for"]


def passes_maintenance(request: HttpRequest) -> bool:
    """An administrator sees what is closed to others (maintenance.ports.lets_in)."""
    staff = staff_request(request)
    return staff is not None and is_administrator(staff)


def warnings_for(request: HttpRequest, now: datetime) -> list[str]:
    """What an administrator must see to; nobody else is told."""
    staff = staff_request(request)
    return operator_warnings(now) if staff is not None and is_administrator(staff) else []
