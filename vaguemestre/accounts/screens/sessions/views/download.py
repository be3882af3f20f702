"""The page on which a file comes that somebody had to prove themselves for."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.sessions.decorators import pending_file, signed_in


@require_safe
@signed_in
def download(request: StaffRequest) -> HttpResponse:
    coming = pending_file(request)
    if coming is None:
        raise Http404("download")
    file, page = coming
    return render(request, "accounts/sessions/download.html", {"section": "account", "file": file, "page_before": page})
