"""Whether what was given in somebody's name still holds: asked at each step, not only when they came."""

from datetime import datetime

from django.utils import timezone

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.sessions.access import living_session
from vaguemestre.sso import audience
from vaguemestre.sso.models import ApplicationSession


def session_behind(visit: ApplicationSession, now: datetime) -> Session | None:
    """The session that this visit stands on, when everything holds: the visit, the session, the account, the person's
    right to the application. Three queries."""
    if visit.ended_at is not None or not visit.application.is_usable(None):
        return None
    session = living_session(visit.session, now=now)
    if session is None or session.account_id != visit.account_id:
        return None
    if session.owes_factor or (visit.application.needs_key and not session.strong_for_a_role):
        return None
    account = session.account
    if account.refusal(timezone.localdate(now)) or account.first_signin_due:
        return None
    return session if audience.may_open(account, visit.application, now) else None
