"""The page on which a file comes that somebody had to prove themselves for."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.next_page import on_this_site
from vaguemestre.accounts.request import StaffRequest


@require_safe
@signed_in
def download(request: StaffRequest) -> HttpResponse:
    file, page = (on_this_site(request.GET.get(name, "")) for name in ("fichier", "page"))
    if not file or not page:
        raise Http404("download")
    return render(request, "accounts/download.html", {"section": "account", "file": file, "page_before": page})
