"""Signed-in browsers, each closable."""

from dataclasses import dataclass
from datetime import datetime

from vaguemestre.accounts.attempts.throttle import network_of
from vaguemestre.accounts.network_text import network_text
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.signin import user_agent


@dataclass(frozen=True)
class OpenSession:
    mark: str
    device: str
    telephone: bool
    place: str
    created_at: datetime
    last_used_at: datetime
    here: bool


def context(request: StaffRequest, now: datetime) -> dict[str, object]:
    opened = [
        OpenSession(
            mark=sessions.session_mark(session), device=user_agent.user_agent_text(session.agent),
            telephone=user_agent.is_telephone(session.agent), place=network_text(network_of(session.address)),
            created_at=session.created_at, last_used_at=session.last_used_at, here=session == request.session_record,
        )
        for session in sessions.living_sessions(request.account, now=now)
    ]  # fmt: skip
    opened.sort(key=lambda session: (not session.here, -session.last_used_at.timestamp()))
    return {"sessions": opened, "others": len(opened) > 1}
