"""The question before a link that does not lead where its text says. Never a redirect: a page, and a person's press."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vaguemestre.accounts.roles.role_lookup import is_administrator
from vaguemestre.mailbox.html.link_redirectors import final_destination
from vaguemestre.mailbox.sandbox.cleaner.link_checks import is_obscured, legible_address
from vaguemestre.webmail.mailbox_access import MailboxRequest, with_mailbox
from vaguemestre.webmail.trust import link_checks, lookalikes
from vaguemestre.webmail.trust.blocklist.lookup import Lookup


@require_safe
@with_mailbox
def link(request: MailboxRequest) -> HttpResponse:
    url = link_checks.read_link_token(request.GET.get("vers", ""), request.mailbox.key)
    if url is None:
        raise Http404("link")
    lookup, to = Lookup(), final_destination(url)
    host, named = link_checks.host_text(to), lookup.trap(url) or lookup.trap(to)
    context = {
        "url": to, "said": legible_address(to), "host": host, "imitated": lookalikes.imitated_domain(host),
        "junk": request.GET.get("de") == "indesirables", "trap": named,
        "misleads": request.GET.get("de") == "texte" and not is_obscured(to),
        "may_list": not named and bool(host) and _may_list(request),
    }  # fmt: skip
    return render(request, "webmail/trust/link_question.html", context)


def _may_list(request: MailboxRequest) -> bool:
    return request.session_record.strong_for_a_role and is_administrator(request)
