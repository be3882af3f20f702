"""The question before a link that does not lead where its text says. Never a redirect: a page, and a person's press."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import impostors, links


@require_safe
@signed_in
def link(request: StaffRequest) -> HttpResponse:
    url = links.url_of(request.GET.get("vers", ""), request.account.key)
    if url is None:
        raise Http404("link")
    host = links.host_of(url)
    return render(request, "webmail/link.html", {"url": url, "host": host, "imitated": impostors.imitated(host)})
