"""Who the administration says this is, and the names that follow from it."""

from datetime import datetime

from django.db.models import prefetch_related_objects

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.people import numen


def context(request: StaffRequest, now: datetime) -> dict[str, object]:  # noqa: ARG001 - the shape of every section
    account, person = request.account, request.account.person
    prefetch_related_objects([person], "postings__school")
    undotted = account.local_part.replace(".", "")
    return {
        "account": account,
        "person": person,
        "undotted": undotted if undotted != account.local_part else None,
        "numen": numen.masked_numen(person),
        "posting": person.main_posting,
    }
