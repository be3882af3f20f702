"""What a link to a copy opens, for somebody who can no longer sign in. It is put away at once, as a reset link is."""

import re
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vaguemestre.accounts.rescue import contact
from vaguemestre.accounts.rescue_change.forms import CodeForm
from vaguemestre.exports import export_jobs, links
from vaguemestre.exports.models import ExportLink
from vaguemestre.exports.views.export import file_of

LINK, PASS = "__Host-copie", "__Host-copie-ouverte"
_TOKEN = re.compile(r"[\w-]{20,100}", re.ASCII)
_A_VISIT = timedelta(hours=1)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """A machine that follows links in mails changes nothing: only the forms do."""
    if request.method != "POST" and links.FIELD in request.GET:
        return _put_away(request.GET[links.FIELD])
    now = timezone.now()
    if opened := links.read_pass(request.COOKIES.get(PASS, ""), now=now):
        return _unkept(render(request, "exports/link-open.html", {"export": opened.export}))
    found = links.read_link(request.COOKIES.get(LINK, ""), now=now)
    if found is None:
        return _too_late(request)
    if request.method != "POST":
        return _page(request, found, CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid():
        if token := links.prove_link(found, form.cleaned_data["code"], now=now):
            return _opened(token)
        form.refuse(_("This is not the code that was sent, or it is too late. Look again, or have another sent."))
    return _page(request, found, form, status=422)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    found = links.read_link(request.COOKIES.get(LINK, ""), now=timezone.now())
    if found is None:
        return _too_late(request)
    try:
        links.send_code(found, now=timezone.now())
    except links.CodeNotSentError:
        return _page(request, found, CodeForm(), status=429, not_sent=True)
    return redirect("exports:link")


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    opened = links.read_pass(request.COOKIES.get(PASS, ""), now=now)
    if opened is None:
        raise Http404("no pass")
    if request.method == "GET" and "Range" not in request.headers:
        export_jobs.note_download(opened.export, by=opened.export.account_id, now=now)
    return file_of(opened.export)


def _page(
    request: HttpRequest, found: ExportLink, form: CodeForm, status: int = 200, *, not_sent: bool = False
) -> HttpResponse:
    found.refresh_from_db(fields=["code_hash", "code_sent_at", "tries"])
    email = links.link_contact(found)
    context = {
        "form": form, "export": found.export, "account": found.export.account, "not_sent": not_sent,
        "contact": contact.mask_email(email) if email else "", "waits": links.is_code_waiting(found, timezone.now()),
    }  # fmt: skip
    return _unkept(render(request, "exports/link.html", context, status=status))


def _put_away(token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("exports:link"))
    _keep(response, LINK, token if _TOKEN.fullmatch(token) else "", _A_VISIT)
    _keep(response, PASS, "", _A_VISIT)
    response.headers["Referrer-Policy"] = "no-referrer"
    return _unkept(response)


def _opened(token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("exports:link"))
    _keep(response, LINK, "", _A_VISIT)
    _keep(response, PASS, token, links.OPEN_FOR)
    return _unkept(response)


def _too_late(request: HttpRequest) -> HttpResponse:
    response = render(request, "exports/link-late.html", status=410)
    _keep(response, LINK, "", _A_VISIT)
    return _unkept(response)


def _keep(response: HttpResponse, name: str, token: str, lasts: timedelta) -> None:
    age = lasts if token else timedelta(0)
    response.set_cookie(name, token, max_age=age, secure=True, httponly=True, samesite="Lax", path="/")


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
