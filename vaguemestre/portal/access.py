"""Who may open the portal's own screens of administration."""

from django.http import HttpRequest

from vaguemestre.accounts.roles.role_lookup import is_administrator
from vaguemestre.accounts.sessions.decorators import administrators_only, staff_request

__all__ = ["administrators_only", "is_administrator", "passes_maintenance", "sees_findings"]


def passes_maintenance(request: HttpRequest) -> bool:
    """An administrator sees what is closed to others (maintenance.ports.lets_in)."""
    staff = staff_request(request)
    return staff is not None and is_administrator(staff)


def sees_findings(request: HttpRequest) -> bool:
    """They name programs, folders and what is weak just now: as other screens of administrators, with two factors."""
    staff = staff_request(request)
    return staff is not None and staff.session_record.strong_for_a_role and is_administrator(staff)
