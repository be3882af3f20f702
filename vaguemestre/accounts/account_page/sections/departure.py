"""The way out: when the account closes, and the copy of the mailbox, another room's page by its address."""

from datetime import datetime

from vaguemestre.accounts.request import StaffRequest


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - the shape of every section
    return {"closes_on": request.account.closes_on}
