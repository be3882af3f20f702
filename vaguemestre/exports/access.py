"""The only ways from a signed-in person to an export, or to somebody whose mailbox they may have exported."""

from django.http import Http404

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles import agent_scope
from vaguemestre.accounts.roles.agent_scope import AgentRequest
from vaguemestre.exports.models import Export


def own_export(request: StaffRequest, key: str) -> Export:
    """Its owner's alone: not an agent's, not even an administrator's."""
    export = Export.objects.filter(pk=key, account=request.account).first()
    if export is None:
        raise Http404("export")
    return export


def latest_of(account: Account) -> Export | None:
    return Export.objects.filter(account=account).order_by("-ordered_at").first()


def served_account(request: AgentRequest, key: str) -> Account:
    """Whom this agent may act on, as at the console: nobody of their own rank or above, never themselves."""
    return agent_scope.account_to_act_on(request.agent, key)
