"""In which applications a session was opened: whom to tell when it ends, and what their tokens stand on."""

from datetime import datetime

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.sso.models import Application, ApplicationSession, Protocol
from vaguemestre.web.compiled_query import CompiledQuery


def note_application_session(
    account: Account, session_hash: str, application: Application, protocol: Protocol, ticket: str = "", *,
    now: datetime,
) -> ApplicationSession:  # fmt: skip
    """The same visit while it lasts: an application keeps its `sid` as long as the session that opened it.

    CAS knows each ticket by itself."""
    known = _OPEN.first(session_hash, application.client_id, str(protocol), ticket)
    if known is not None:
        return known
    with transaction.atomic():
        visit, new = ApplicationSession.objects.get_or_create(
            session=session_hash, application=application, protocol=protocol, ticket=ticket, ended_at=None,
            defaults={"account": account, "opened_at": now},
        )  # fmt: skip
        if new:
            journal.record(account.key, "sso.opened", account.key, application=application.slug)
    return visit


_OPEN = CompiledQuery(
    lambda session, client_id, protocol, ticket: ApplicationSession.objects.filter(
        session=session, application__client_id=client_id, protocol=protocol, ticket=ticket, ended_at=None
    )[:1]
)
