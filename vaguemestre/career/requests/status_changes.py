"""Every step of a request is one row of its history, made while the request is locked; a page that shows an older state
is told so, and nothing is done twice."""

from collections.abc import Collection
from datetime import datetime

from vaguemestre.accounts.models import Account
from vaguemestre.career.models import RequestEvent, ServiceRequest

State = ServiceRequest.State
PENDING = frozenset({State.SENT, State.RECEIVED, State.ASKED})
OVER = frozenset({State.WITHDRAWN, State.REFUSED})  # another one may be begun in the same campaign
TAKES_DOCUMENTS = frozenset({State.DRAFT, State.ASKED})


class OvertakenError(Exception):
    """The request is no longer where the page showed it: something was decided, sent or withdrawn meanwhile."""


def lock_request(request: ServiceRequest, states: Collection[str], *, version: int | None = None) -> ServiceRequest:
    """Raises OvertakenError. Inside a transaction."""
    found = (
        ServiceRequest.objects.select_for_update(of=("self",))
        .select_related("account__person", "campaign")
        .filter(pk=request.pk)
        .first()
    )
    if found is None or found.state not in states or (version is not None and found.version != version):
        raise OvertakenError
    return found


def change_status(
    request: ServiceRequest, state: State, author: Account, *, from_office: bool, text: str = "", now: datetime
) -> None:
    request.state, request.changed_at, request.version = state, now, request.version + 1
    if state in {State.ACCEPTED, State.REFUSED, State.ASKED}:
        request.reason = text
    if state == State.SENT and request.sent_at is None:
        request.sent_at = now
    request.save(update_fields=["state", "changed_at", "version", "reason", "sent_at"])
    RequestEvent.objects.create(
        request=request, state=state, at=now, author=author, signed=author.display_name, from_office=from_office,
        text=text,
    )  # fmt: skip
