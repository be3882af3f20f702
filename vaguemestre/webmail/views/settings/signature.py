from django.http import HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vaguemestre.accounts.guards import signed_in
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.mailbox.errors import CannotClean
from vaguemestre.webmail import formatted, preferences
from vaguemestre.webmail import signature as signatures
from vaguemestre.webmail.views.settings.page import saved, show

HTML_LIMIT = 20_000  # octets: it goes with every message


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def signature(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        chosen = preferences.of(request.account)
        return _page(request, signatures.of(chosen), signatures.formatted_of(chosen))
    typed, html = _received(request)
    text = signatures.cleaned(typed)
    if len(typed) > signatures.LONGEST or text.count("\n") >= signatures.MOST_LINES or len(html) > HTML_LIMIT:
        return _page(request, typed, html, _("A signature has %d lines at most.") % signatures.MOST_LINES)
    signatures.choose(request.account, text, html, now=timezone.now())
    return saved(request, "signature", _("Signature saved"))


def _received(request: StaffRequest) -> tuple[str, str]:
    """Its words, and the same formatted. Without a script the words come alone, or beside a formatting that they no
    longer have."""
    typed, html = request.POST.get("texte"), request.POST.get("html", "")
    if not html:
        return typed or "", ""
    try:
        made = formatted.cleaned(html)
    except CannotClean:
        return typed or "", ""
    changed = typed is not None and typed.split() != made.text.split()
    return (typed or "", "") if changed else (made.text, made.html)


@require_POST
@signed_in
def reset(request: StaffRequest) -> HttpResponse:
    """Back to the words of HR, which follow the posts."""
    signatures.choose(request.account, None, now=timezone.now())
    return saved(request, "signature", _("Your signature is that of your posts again"))


def _page(request: StaffRequest, text: str, html: str, problem: str = "") -> HttpResponse:
    of_posts = signatures.of_posts(request.account)
    context = {
        "text": text, "problem": problem, "of_posts": of_posts, "own": text != of_posts,
        "html": formatted.in_editor(html) or formatted.BLANK,
        "shown": mark_safe(formatted.in_editor(html)) if html else linebreaksbr(text),  # noqa: S308  # it was cleaned
        "longest": signatures.LONGEST, "sender": request.account.display_name,
    }  # fmt: skip
    return show(request, "signature", context, status=422 if problem else 200)
