"""A role that asks for a second factor may come while a session is open that a password alone has opened: by a feed, by
the date of a post, by the authority's own lists. It owes the factor from its next request on; nothing written is lost.
"""

from datetime import datetime
from itertools import batched

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.legal_dates import today
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.roles.role_lookup import holders_query
from vaguemestre.accounts.sessions import sessions
from vaguemestre.clock import due

KEEP_UP = due.Job("accounts.factors.keep_up", every=300)
BATCH = 500


@KEEP_UP.register
def update_requirements(_key: str, now: datetime) -> None:
    """By the clock, and at once after a feed."""
    ask_in_sessions(now)


def ask_in_sessions(now: datetime) -> int:
    """Asks for it in the sessions that owe it and do not know yet. How many."""
    roles = academy().second_factor.required_roles
    if not roles:
        return 0
    unasked = sessions.sessions_in_use(now=now).filter(factor_due=False).exclude(strong=True, by_text=False)
    of_holders = unasked.filter(account__in=Account.objects.filter(holders_query(roles)))
    found = of_holders.exclude(account__method=Account.Method.OTP_KEY).select_related("account__person")
    there = list(found.prefetch_related("account__person__postings__school"))
    owing = [one for one in there if factor_state.is_factor_required(one.account, today(now))]
    for some in batched(owing, BATCH, strict=False):
        sessions.call_for_factor(some)
    return len(owing)
