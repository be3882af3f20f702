from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.webmail import preferences
from vaguemestre.webmail import signature as signatures
from vaguemestre.webmail.views.settings.page import saved, show


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def signature(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, signatures.of(preferences.of(request.account)))
    typed = request.POST.get("texte", "")
    text = signatures.cleaned(typed)
    if len(typed) > signatures.LONGEST or text.count("\n") >= signatures.MOST_LINES:
        return _page(request, typed, _("A signature has %d lines at most.") % signatures.MOST_LINES)
    signatures.choose(request.account, text, now=timezone.now())
    return saved(request, "signature", _("Signature saved"))


@require_POST
@signed_in
def reset(request: StaffRequest) -> HttpResponse:
    """Back to the words of HR, which follow the posts."""
    signatures.choose(request.account, None, now=timezone.now())
    return saved(request, "signature", _("Your signature is that of your posts again"))


def _page(request: StaffRequest, text: str, problem: str = "") -> HttpResponse:
    of_posts = signatures.of_posts(request.account)
    context = {
        "text": text, "problem": problem, "of_posts": of_posts, "own": text != of_posts,
        "longest": signatures.LONGEST, "sender": request.account.display_name,
    }  # fmt: skip
    return show(request, "signature", context, status=422 if problem else 200)
