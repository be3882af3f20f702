"""The queue as a table for a spreadsheet: no NUMEN, no IBAN, no cell that runs."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.career.models import ServiceRequest
from vaguemestre.career.requests import forms, wishes
from vaguemestre.contacts.tables.csv_writer import MARK, csv_row

BATCH = 200


def csv_chunks(requests: QuerySet[ServiceRequest]) -> Iterator[bytes]:
    yield MARK + csv_row([
        _("Name"), _("Address"), _("Corps"), _("Grade"), _("Department"), _("Post"), _("Request"), _("Campaign"),
        _("State"), _("Sent on"), _("Changed"), _("Wishes"), _("What is asked"), _("Reason given"),
    ])  # fmt: skip
    told = requests.prefetch_related("wishes", "account__person__postings")
    for request in told.iterator(chunk_size=BATCH):
        yield csv_row(_cells(request))


def _cells(request: ServiceRequest) -> list[str]:
    person = request.account.person
    post = person.main_posting
    found = sorted(request.wishes.all(), key=lambda wish: wish.rank)
    facts = "; ".join(f"{label}: {value}" for label, value in forms.FORMS[request.kind].lines(request.facts))
    moments = [timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S") if when else "" for when in (
        request.sent_at, request.changed_at,
    )]  # fmt: skip
    return [
        person.full_name, request.account.address, person.corps or "", person.grade or "", person.department,
        post.school_id if post else "", request.get_kind_display(), request.campaign.title if request.campaign else "",
        request.get_state_display(), *moments, ", ".join(map(wishes.wish_code, found)), facts, request.reason,
    ]  # fmt: skip
