"""Who may open a page. Every view of the product is behind one of these, or on the short public list."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, cast
from urllib.parse import urlencode

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.charter import acceptance
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import is_administrator
from vaguemestre.accounts.sessions import page_owner, saved_forms, sessions
from vaguemestre.accounts.sessions.current_session import visit_of
from vaguemestre.web.htmx import ask_to_sign_in, go_to, is_htmx, shown_page

type StaffView[**P] = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
FOR_LEAVERS = ("exports:", "accounts:confirmation")
SETTING_UP = ("accounts:factors-", "accounts:confirmation")  # what stays open while a second factor is due


def signed_in[**P](view: StaffView[P]) -> View[P]:
    """A stranger goes to the sign-in page and comes back; while a first sign-in waits, nothing else opens.

    The same for a second factor that a role asks for; a leaver has one page.
    An open page never answers to another person's session.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        staff = staff_request(request)
        if staff is None:
            return sign_in_again(request)
        if stop := stop_response(staff):
            return stop
        answer = view(staff, *args, **kwargs)
        if request.method == "POST" and answer.status_code < 400:
            saved_forms.forget_sent_form(staff, staff.account)
        return answer

    return guarded


def administrators_only[**P](view: StaffView[P]) -> Callable[Concatenate[StaffRequest, P], HttpResponseBase]:
    """Under `signed_in`. For anybody else the page does not exist; the session was opened with two factors, as the help
    desk's."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_administrator(request):
            raise Http404("administrators")
        if not request.session_record.strong_for_a_role:
            return render(request, "web/second-factor.html", {"section": "maintenance"}, status=403)
        return view(request, *args, **kwargs)

    return guarded


def freshly_proved[R: StaffRequest, **P](
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """Under `signed_in`, for what an attacker at an open screen must not do: asks to sign in again, then comes back.

    An act that was refused is not done afterwards: the person is told so, and does it again on the page it was on.
    """

    @wraps(view)
    def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if sessions.is_freshly_proved(request.session_record, now=timezone.now()):
            return view(request, *args, **kwargs)
        return _leave(request, f"{reverse('accounts:confirmation')}{_proof(request)}")

    return guarded


def freshly_proved_keeping[**P](view: StaffView[P], what: Callable[[StaffRequest], str]) -> StaffView[P]:
    """The same for acts that people type something for: what was sent is kept for half an hour, and offered once they
    have proved it. Passwords and codes are not kept.

    Nothing is done by itself, or a stolen screen would have it done: the page says `what` it is, and the button is
    pressed again."""

    @wraps(view)
    def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST":
            saved_forms.forget_sent_form(request, request.account)
        if sessions.is_freshly_proved(request.session_record, now=timezone.now()):
            return view(request, *args, **kwargs)
        back = _proof_and_kept(request, what(request))
        return _leave(request, f"{reverse('accounts:confirmation')}{back}")

    return guarded


def prove_first(request: StaffRequest, page: str) -> HttpResponse | None:
    """For a file, which is no place to come back to: None when the proof is fresh. Else it comes by itself once they
    have proved it, on a page of its own that leads back to `page`."""
    if sessions.is_freshly_proved(request.session_record, now=timezone.now()):
        return None
    word = signing.dumps([request.get_full_path(), page], salt=_file_salt(request.account))
    coming = f"{reverse('accounts:download')}?{urlencode({'fichier': word})}"
    return _leave(request, f"{reverse('accounts:confirmation')}?{urlencode({'next': coming, 'acte': 'fichier'})}")


def pending_file(request: StaffRequest) -> tuple[str, str] | None:
    """The file and the page that `prove_first` named for this person; None for what it did not, or for another."""
    try:
        file, page = signing.loads(request.GET.get("fichier", ""), salt=_file_salt(request.account))
    except signing.BadSignature:
        return None
    return file, page


def stop_response(request: StaffRequest, *, on_the_path: bool = False) -> HttpResponse | None:
    """What stands between somebody who is signed in and a page; None when nothing does. `on_the_path`: the page is
    itself a step of the first sign-in."""
    account = request.account
    if not is_on_own_page(request):
        return sign_in_again(request)
    if account.has_left(timezone.localdate()):
        return None if _for_leavers(request) else _leave(request, reverse("exports:leaving"))
    if account.first_signin_due or acceptance.is_charter_due(account):
        return None if on_the_path else _leave(request, f"{reverse('accounts:first-signin')}{_next(request)}")
    return _factor_first(request) if _factor_due(request) else None


def staff_request(request: HttpRequest) -> StaffRequest | None:
    """The same request, with the person's account and session on it; None for a stranger."""
    session = visit_of(request).session
    if session is None:
        return None
    staff = cast(StaffRequest, request)
    staff.account, staff.session_record = session.account, session
    return staff


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """An open page stays, with what is being written on it, and asks in place; a page without script is kept whole."""
    if page_owner.names_owner(request):
        return ask_to_sign_in(401)
    if "X-Upload" in request.headers:  # a script without htmx: it must not take a redirection for success
        return HttpResponse(status=401)
    if (
        request.method == "POST"
        and not is_htmx(request)
        and (key := saved_forms.save_form(request, now=timezone.now()))
    ):
        wanted = urlencode({"next": reverse("accounts:kept-form", args=[key])})
        return HttpResponseRedirect(f"{reverse('accounts:signin')}?{wanted}")
    return _leave(request, f"{reverse('accounts:signin')}{_next(request)}")


def _file_salt(account: Account) -> str:
    """The person's, not the session's, which may end and be opened again before the proof."""
    return f"vaguemestre.accounts.file {account.key}"


def is_on_own_page(request: StaffRequest) -> bool:
    return not page_owner.names_owner(request) or page_owner.is_owner(request, request.account)


def _for_leavers(request: StaffRequest) -> bool:
    """What somebody whose duty has ended may still open: taking the mail along, and proving who they are for it."""
    return bool(request.resolver_match and request.resolver_match.view_name.startswith(FOR_LEAVERS))


def _factor_due(request: StaffRequest) -> bool:
    account = request.account
    if not request.session_record.owes_factor or account.method == Account.Method.OTP_KEY:
        return False
    return not (request.resolver_match and request.resolver_match.view_name.startswith(SETTING_UP))


def _factor_first(request: StaffRequest) -> HttpResponse:
    """It may have become due while something is being written: an open page stays, what a form sent is kept."""
    page = reverse("accounts:factors-required")
    if page_owner.names_owner(request):
        return ask_to_sign_in(401)
    if "X-Upload" in request.headers:
        return HttpResponse(status=401)
    if request.method == "POST" and not is_htmx(request):
        what = _("What you were writing is here")
        key = saved_forms.save_for_proof(request, request.account, what, now=timezone.now())
        wanted = urlencode({"next": reverse("accounts:kept-form", args=[key])}) if key else ""
        return HttpResponseRedirect(f"{page}?{wanted}" if wanted else page)
    return _leave(request, f"{page}{_next(request)}")


def _leave(request: HttpRequest, url: str) -> HttpResponse:
    """htmx would put the other page inside this one: it is told to go there instead."""
    return go_to(url) if is_htmx(request) else HttpResponseRedirect(url)


def _next(request: HttpRequest) -> str:
    """Where to come back to: the page, not the fragment nor the act that was refused."""
    page = request.get_full_path() if request.method == "GET" else ""
    wanted = shown_page(request) if is_htmx(request) else page
    return f"?{urlencode({'next': wanted})}" if wanted else ""


def _proof(request: HttpRequest) -> str:
    """The page itself, or the one whose button was pressed; `acte` says that the button has to be pressed again."""
    if request.method in {"GET", "HEAD"}:
        return _next(request)
    page = shown_page(request)
    return f"?{urlencode({'next': page, 'acte': '1'})}"


def _proof_and_kept(request: StaffRequest, what: str) -> str:
    """The page that offers what was sent; the one it was typed on when it cannot be kept."""
    if request.method != "POST" or request.FILES:  # a file must be chosen again, on its page
        return _proof(request)
    key = saved_forms.save_for_proof(request, request.account, what, now=timezone.now())
    if key is None:
        return _proof(request)
    page = shown_page(request)
    wanted = f"{reverse('accounts:kept-form', args=[key])}?{urlencode({'page': page})}"
    return f"?{urlencode({'next': wanted, 'acte': 'garde'})}"
