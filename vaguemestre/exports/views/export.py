"""Ordering, watching, fetching and giving up an export of one's own mailbox."""

from contextlib import suppress

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import freshly_proved, signed_in
from vaguemestre.exports import export_jobs
from vaguemestre.exports.access import latest_of, own_export
from vaguemestre.exports.models import Export
from vaguemestre.web.htmx import is_htmx

INSIDE = "/_exports/"  # of nginx: the file goes straight from the disk, pieces can be asked for again


@require_POST
@signed_in
@freshly_proved
def order(request: StaffRequest) -> HttpResponse:
    # Pressed twice: the page shows the one that is there.
    with suppress(export_jobs.AlreadyUnderWayError, export_jobs.NothingToExportError):
        export_jobs.order_export(request.account, by=request.account.key, now=timezone.now())
    return redirect("exports:leaving")


@require_safe
@signed_in
def progress(request: StaffRequest) -> HttpResponse:
    """The part of the page that changes by itself; the page for those without a script."""
    if not is_htmx(request):
        return redirect("exports:leaving")
    context = {"export": latest_of(request.account), "now": timezone.now(), "kept_days": export_jobs.KEPT.days}
    return render(request, "exports/progress.html", context)


@require_POST
@signed_in
def give_up(request: StaffRequest, key: str) -> HttpResponse:
    export_jobs.cancel_export(own_export(request, key), by=request.account.key, now=timezone.now())
    return redirect("exports:leaving")


@require_safe
@signed_in
@freshly_proved
def archive(request: StaffRequest, key: str) -> HttpResponse:
    export, now = own_export(request, key), timezone.now()
    if export.state != Export.State.READY or (export.expires_at and export.expires_at <= now):
        raise Http404("not ready, or no longer")
    if request.method == "GET" and "Range" not in request.headers:
        export_jobs.note_download(export, by=request.account.key, now=now)
    return file_of(export)


def file_of(export: Export) -> HttpResponse:
    """The archive. Whoever calls has looked whether this browser may have it."""
    name = _("mailbox-%(identifier)s-%(day)s.zip") % {
        "identifier": export.account.identifier,
        "day": timezone.localtime(export.finished_at).date().isoformat() if export.finished_at else "",
    }
    headers = {
        "X-Accel-Redirect": f"{INSIDE}{export.key}/{export_jobs.ARCHIVE}",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content_type="application/zip", headers=headers)
