"""The error pages: what happened, what to do, whom to call, and a reference to read aloud, which the log holds too."""

import logging
import sys
from dataclasses import dataclass, replace

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vaguemestre.web.context import page
from vaguemestre.web.error_reference import new_reference
from vaguemestre.web.htmx import is_htmx, split_address

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """`again`: trying the same address once more may succeed."""

    status: int
    stamp: Promise
    title: Promise
    lead: Promise
    advice: Promise | None = None
    again: bool = False


BAD_REQUEST = ErrorPage(
    400,
    _("Return to sender"),
    _("This request cannot be read"),
    _("The address or the form arrived incomplete."),
    _("Go back to the previous page, then start again."),
)
FORBIDDEN = ErrorPage(
    403,
    _("Return to sender"),
    _("This letter is not addressed to you"),
    _("Your account does not open this page."),
    _("If it should, call your DSDEN: your rights follow from your post."),
)
NOT_FOUND = ErrorPage(
    404,
    _("Return to sender"),
    _("This page does not live at the address given"),
    _("The address is badly copied, or the page has moved."),
)
SERVER_ERROR = ErrorPage(
    500,
    _("An incident on our side"),
    _("A letter has gone astray here"),
    _("Nothing is lost: your messages and your drafts are saved."),
    _("The technical team is told. Wait a minute, then start again."),
    again=True,
)
DATABASE_AWAY = ErrorPage(
    503,
    _("Counter closed"),
    _("The service cannot answer just now"),
    _("Wait a minute, then start again."),
    _("Messages keep arriving, none is lost."),
    again=True,
)
CSRF_FAILURE = ErrorPage(
    403,
    _("Return to sender"),
    _("This page had stayed open too long"),
    _("For safety, what it asked was not done."),
    _("Load the page again, then start again. Cookies must be accepted."),
    again=True,
)
SIGNED_IN_ELSEWHERE = ErrorPage(
    403,
    _("Return to sender"),
    _("The sign-in has changed in another tab"),
    _("For safety, what this page asked was not done."),
    _("To keep what you typed, go back to the page and copy it. Then load the page again, and start again."),
    again=True,
)
NOT_TO_BE_COPIED = replace(
    SIGNED_IN_ELSEWHERE, advice=_("Load the page again, then start again.")
)  # a secret, or another's


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, BAD_REQUEST, type(exception).__name__)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, FORBIDDEN, type(exception).__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, NOT_FOUND, type(exception).__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while it handles what went wrong."""
    away = isinstance(sys.exception(), OperationalError | InterfaceError)
    return _answer(request, DATABASE_AWAY if away else SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "", *, copy: bool = True) -> HttpResponse:
    """A word that was right once is one of before a sign-in in another tab; none at all, a browser without cookies.

    `copy`: what was typed is its reader's own, and no secret."""
    elsewhere = SIGNED_IN_ELSEWHERE if copy else NOT_TO_BE_COPIED
    return _answer(request, elsewhere if is_late(reason) else CSRF_FAILURE, reason)


def is_late(reason: str) -> bool:
    """Django's reason: the word is well made, not the one of now; where it came from was judged before."""
    return reason.endswith("incorrect.")


def _answer(request: HttpRequest, error: ErrorPage, reason: str = "") -> HttpResponse:
    reference = new_reference()
    level = logging.ERROR if error.status >= 500 else logging.WARNING
    log.log(level, "reference %s: %d %s %s %s", reference, error.status, request.method, request.path, reason)
    context = {"error": error, "reference": reference, "now": timezone.now(), "again": _address_again(request, error)}
    template = "web/error.html#fragment" if is_htmx(request) else "web/error.html"
    if error.status < 500:
        return render(request, template, context, status=error.status)
    # Without the request, so that nothing is asked of the database, which may be what failed.
    return HttpResponse(render_to_string(template, context | page(request)), status=error.status)


def _address_again(request: HttpRequest, error: ErrorPage) -> str | None:
    """The page to load again: the one that was asked for, or the one whose form was sent."""
    if not error.again:
        return None
    if request.method == "GET":
        return request.path  # what follows the question mark may be a secret: the token of a reset link
    origin = split_address(request.headers.get("Referer", ""))
    return origin.path if origin.netloc == request.headers.get("Host") and origin.path else None
