"""The address book, or one group, as a file."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import signed_in
from vaguemestre.contacts import tables, vcards
from vaguemestre.contacts.access import group_named
from vaguemestre.contacts.views.page import show_sheet


@require_safe
@signed_in
def exporting(request: StaffRequest) -> HttpResponse:
    group = group_named(request)
    return show_sheet(request, "export", {"group": group}, at="export")


@require_safe
@signed_in
def vcard(request: StaffRequest) -> HttpResponseBase:
    group = group_named(request)
    version = vcards.V4 if request.GET.get("version") == vcards.V4 else vcards.V3
    return _file(vcards.vcard_chunks(request.account, version, group=group), "text/vcard; charset=utf-8", "vcf")


@require_safe
@signed_in
def table(request: StaffRequest) -> HttpResponseBase:
    group = group_named(request)
    return _file(tables.csv_chunks(request.account, group=group), "text/csv; charset=utf-8", "csv")


def _file(pieces: Iterator[bytes], kind: str, ending: str) -> HttpResponseBase:
    """The name says nothing of the group: it would stand in logs of every machine on the way."""
    name = _("contacts-%s") % timezone.localdate().isoformat()
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)
