"""The present state of the webmail's settings: another room's tile, by its address."""

from datetime import datetime

from vaguemestre.accounts.request import StaffRequest


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - the shape of every section
    return {}
