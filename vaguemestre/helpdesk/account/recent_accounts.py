"""The persons whose page an agent has just opened: a call that was cut comes back.

Their keys alone, signed for this agent, in a cookie of the session; who they are is asked again, among those they
serve."""

from django.core import signing
from django.http import HttpResponseBase

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.agent_scope import AgentRequest, accounts_seen_by

COOKIE = "__Host-persons"
LIFE = 12 * 3600  # seconds: a day's work
MOST = 5


def note_account(request: AgentRequest, response: HttpResponseBase, account: Account) -> None:
    keys = [account.key, *(key for key in _keys(request) if key != account.key)][:MOST]
    value = signing.dumps(keys, salt=_salt(request), compress=True)
    response.set_cookie(COOKIE, value, secure=True, httponly=True, samesite="Lax", path="/")


def recent_accounts(request: AgentRequest) -> list[Account]:
    """The last first. One query, none for whoever has opened nobody."""
    keys = _keys(request)
    found = {one.key: one for one in accounts_seen_by(request.agent).filter(pk__in=keys)} if keys else {}
    return [found[key] for key in keys if key in found]


def _keys(request: AgentRequest) -> list[str]:
    try:
        found: list[str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request), max_age=LIFE)
    except signing.BadSignature:
        return []
    return found


def _salt(request: AgentRequest) -> str:
    return f"vaguemestre.helpdesk.recent.{request.account.key}"
