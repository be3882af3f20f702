"""The only doors of the console: from a request to an agent, and from an agent and a key to an account.

They are those of `accounts.roles.agent_scope`, which the room of exports shares. An HR officer is no agent.
"""

from vaguemestre.accounts.roles.agent_scope import (
    RECTORAT,
    Agent,
    AgentRequest,
    Rank,
    account_for,
    account_to_act_on,
    accounts_seen_by,
    agent_named,
    agent_of,
    office_name,
    out_of_reach_text,
)

__all__ = [
    "RECTORAT",
    "Agent",
    "AgentRequest",
    "Rank",
    "account_for",
    "account_to_act_on",
    "accounts_seen_by",
    "agent_named",
    "agent_of",
    "office_name",
    "out_of_reach_text",
]
