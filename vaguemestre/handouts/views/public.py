"""What a link opens, for whoever has it. No account, no session: nothing of ours is known of them.

A machine that follows links in mails sees a page and changes nothing: only the form's address has the bytes.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from vaguemestre.handouts import chunked_upload, link_password
from vaguemestre.handouts.access import handout_by_link
from vaguemestre.handouts.message_links import FIELD, day_of
from vaguemestre.handouts.models import Handout
from vaguemestre.web import file_tickets
from vaguemestre.web.file_redirects import redirect_to_files

OPENED = "__Host-fichier"  # the last one that this browser gave a password for
type View = Callable[[HttpRequest], HttpResponseBase]


def for_strangers(view: View) -> View:
    """Kept by nobody, found by no search engine, and the link told to no other site."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


@require_safe
@for_strangers
def handout(request: HttpRequest) -> HttpResponseBase:
    token = request.GET.get(FIELD, "")
    found = handout_by_link(token, timezone.now())
    if found is None or found.expires_at is None:
        return _gone(request)
    if not link_password.is_token_valid(found, request.COOKIES.get(OPENED, "")):
        return _locked(request, found, token)
    if not chunked_upload.is_complete(found):
        return _gone(request)
    context = {"handout": found, "sender": found.account, "until": day_of(found.expires_at), "token": token}
    return render(request, "handouts/handout.html", context)


@require_safe
@for_strangers
def octets(request: HttpRequest) -> HttpResponseBase:
    found = handout_by_link(request.GET.get(FIELD, ""), timezone.now())
    if found is None:
        return _gone(request)
    if not link_password.is_token_valid(found, request.COOKIES.get(OPENED, "")):
        return _locked(request, found, request.GET.get(FIELD, ""), status=403)
    if not chunked_upload.is_complete(found):
        return _gone(request)
    facts = {"key": found.key, "size": found.size, "seal": chunked_upload.file_key(found).hex()}
    response = redirect_to_files(file_tickets.HANDOUT, facts)
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return response


# The page tells no site where it came from, this one neither, so that a form's origin cannot be known: the link and the
# password are the proof, and whoever knows both may have it opened in any browser.
@csrf_exempt
@sensitive_post_parameters("secret")
@require_POST
@for_strangers
def opening(request: HttpRequest) -> HttpResponseBase:
    now, token = timezone.now(), request.POST.get(FIELD, "")
    found = handout_by_link(token, now)
    if found is None:
        return _gone(request)
    try:
        if not link_password.check_password(found, request.POST.get("secret", ""), now):
            return _locked(request, found, token, problem=_("This is not the password of this file."), status=422)
    except link_password.TooManyTriesError:
        said = _("Too many wrong passwords: wait an hour, and ask its sender for the right one.")
        return _locked(request, found, token, problem=said, status=429)
    response = HttpResponseRedirect(f"{reverse('handouts:handout')}?{urlencode({FIELD: token})}")
    response.set_cookie(
        OPENED, link_password.password_token(found), secure=True, httponly=True, samesite="Lax", path="/"
    )
    return response


def _locked(request: HttpRequest, found: Handout, token: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    """Its name is not said to whoever has the link alone."""
    context = {"sender": found.account, "token": token, "problem": problem}
    return render(request, "handouts/locked.html", context, status=status)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "handouts/gone.html", status=404)
