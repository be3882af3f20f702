"""From the short name or the token of a session to the session itself."""

from datetime import datetime

from vaguemestre.accounts.models import Account, Session
from vaguemestre.accounts.sessions import sessions


def session_of(account: Account, mark: str) -> Session | None:
    """One of their own open sessions, by the short name that the list gives it."""
    return next((session for session in account.sessions.all() if sessions.session_mark(session) == mark), None)


def living_session(token_hash: str, *, now: datetime) -> Session | None:
    """By what is kept of its token, while it still opens something; the person is read. Looking keeps nothing alive."""
    session = sessions.BY_TOKEN_HASH.first(token_hash)
    if session is None or session.expires_at <= now or session.last_used_at + sessions.idle_limit(session) <= now:
        return None
    return session
