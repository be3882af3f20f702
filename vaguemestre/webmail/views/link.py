"""The question before a link that does not lead where its text says. Never a redirect: a page, and a person's press."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.accounts.agents import is_administrator
from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.cleaner.links import hides, legible
from vaguemestre.mailbox.redirectors import destination
from vaguemestre.webmail import impostors, links
from vaguemestre.webmail.suspects.lookup import Lookup


@require_safe
@signed_in
def link(request: StaffRequest) -> HttpResponse:
    url = links.url_of(request.GET.get("vers", ""), request.account.key)
    if url is None:
        raise Http404("link")
    lookup, to = Lookup(), destination(url)
    host, named = links.host_of(to), lookup.trap(url) or lookup.trap(to)
    context = {
        "url": to, "said": legible(to), "host": host, "imitated": impostors.imitated(host),
        "junk": request.GET.get("de") == "indesirables", "trap": named,
        "misleads": request.GET.get("de") == "texte" and not hides(to),
        "may_list": not named and bool(host) and _may_list(request),
    }  # fmt: skip
    return render(request, "webmail/link.html", context)


def _may_list(request: StaffRequest) -> bool:
    return request.session_record.strong_for_a_role and is_administrator(request)
