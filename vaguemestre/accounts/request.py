"""The one type of request that a view behind `signed_in` receives."""

from django.http import HttpRequest

from vaguemestre.accounts.models import Account, Session


class StaffRequest(HttpRequest):
    account: Account  # with its person, already read
    session_record: Session
    page_mark: str  # which session drew the page
