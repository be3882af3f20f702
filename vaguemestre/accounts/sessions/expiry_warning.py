"""How long a session still continues without use, and when an open page says so (RGAA 13.1)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.sessions import sessions

SOON = timedelta(minutes=3)  # an answer has at least two: pages ask a little late, and their browser slows them down


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`for_good`: the session ends then whatever one does, as it has lasted long enough. `stays`, `leaves`: names of
    the addresses that prolong and end it. `in_place`: one signs in again over its pages. `whose`: the mark of the
    page's owner (`page_owner`), where the page does not say it itself."""

    now: datetime
    ends_at: datetime
    soon: timedelta
    for_good: bool
    stays: str = "accounts:staying"
    leaves: str = "accounts:signout"
    in_place: bool = True
    whose: str = ""

    @property
    def is_soon(self) -> bool:
        return self.ends_at - self.now <= self.soon

    @property
    def asks_in(self) -> int:
        """Seconds after which its page asks again."""
        return max(int((self.ends_at - self.now - self.soon).total_seconds()), 1)


def time_left(session: Session, *, now: datetime) -> TimeLeft:
    return time_left_until(session.last_used_at, session.expires_at, limit=sessions.idle_limit(session), now=now)


def page_time_left(session: Session, *, now: datetime) -> TimeLeft:
    return render_time_left(
        time_left_until(now - sessions.WRITE_EVERY, session.expires_at, limit=sessions.idle_limit(session), now=now)
    )


def render_time_left(left: TimeLeft) -> TimeLeft:
    """For a page that is drawn now: somebody is there, and nothing is said. `left` counts from the earliest use that
    may be the one written, so that the same page is the same text: what asks too early learns better."""
    return replace(left, soon=timedelta()) if left.is_soon else left


def time_left_until(used_at: datetime, expires_at: datetime, *, limit: timedelta, now: datetime) -> TimeLeft:
    idle_at = used_at + limit
    return TimeLeft(now, min(idle_at, expires_at), min(SOON, limit / 2), for_good=expires_at <= idle_at)
