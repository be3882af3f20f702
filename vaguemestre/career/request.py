"""The one type of request that a view behind `inside` receives."""

from django.http import HttpRequest

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions.expiry_warning import TimeLeft
from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import CareerSession


class CareerRequest(HttpRequest):
    account: Account  # with its person, already read: of this room's session, not of the portal's
    career_session: CareerSession
    officer: HrOfficer | None
    page_mark: str
    time_left: TimeLeft  # for the template of every page


class OfficerRequest(CareerRequest):
    officer: HrOfficer
