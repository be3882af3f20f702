"""In which applications a session was opened: whom to tell when it ends, and what their tokens stand on."""

from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.sso.models import Application, Protocol, Visit


def opened(
    account: Account, session_hash: str, application: Application, protocol: Protocol, ticket: str = "", *,
    now: datetime,
) -> Visit:  # fmt: skip
    """The same visit while it lasts: an application keeps its `sid` as long as the session that opened it.

    CAS knows each ticket by itself."""
    visit, new = Visit.objects.select_related("application", "account__person").get_or_create(
        session=session_hash, application=application, protocol=protocol, ticket=ticket, ended_at=None,
        defaults={"account": account, "opened_at": now},
    )  # fmt: skip
    if new:
        journal.record(account.key, "sso.opened", account.key, application=application.slug)
    return visit
