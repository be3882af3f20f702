"""Who may open the portal's own screens of administration."""

from django.http import HttpRequest

from vaguemestre.accounts.roles.role_lookup import is_administrator
from vaguemestre.accounts.sessions.decorators import administrators_only, staff_request

__all__ = ["administrators_only", "is_administrator", "passes_maintenance"]


def passes_maintenance(request: HttpRequest) -> bool:
    """An administrator sees what is closed to others (maintenance.ports.lets_in)."""
    staff = staff_request(request)
    return staff is not None and is_administrator(staff)
