"""What comes from a page that bears an old anti-forgery word: somebody has signed in again in another tab.

Nothing is done; nothing that its person typed is lost.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.sessions import csrf_history, saved_forms
from vaguemestre.accounts.sessions.current_session import visit_of
from vaguemestre.web.htmx import WHOSE, ask_to_sign_in, is_htmx, shown_page
from vaguemestre.web.views import errors


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """An open page takes the new word and continues; what a form held is offered again, to be pressed once more."""
    if WHOSE in request.headers:
        return ask_to_sign_in(403)
    session, secret = visit_of(request).session, saved_forms.holds_secret(request)
    if session is None:
        return errors.csrf_failure(request, reason, copy=not secret)
    if not (
        errors.is_late(reason) and _from_this_site(request) and csrf_history.has_former_token(request, session.account)
    ):
        return errors.csrf_failure(request, reason, copy=False)
    if is_htmx(request):
        said = render(request, "accounts/signin/reauthentication_dialog.html#late", status=403)
        said["HX-Retarget"], said["HX-Reswap"] = "#nouveau-mot", "innerHTML"
        return said
    if not request.POST.get("csrfmiddlewaretoken"):
        return HttpResponse(status=403)  # a script, which looks at nothing else
    return _offered_again(request, session.account) or errors.csrf_failure(request, reason, copy=not secret)


def _from_this_site(request: HttpRequest) -> bool:
    """As the browser says. A neighbour under the same domain, with which our cookies come, is another site."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = f"{request.scheme}://{request.get_host()}"
    return bool(site or origin) and site in {None, "same-origin"} and origin in {None, ours}


def _offered_again(request: HttpRequest, account: Account) -> HttpResponse | None:
    """None when it holds a secret, which is not kept: it is typed again on its page. And when a script asks, which goes
    nowhere."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return None
    if request.method != "POST" or saved_forms.holds_secret(request):
        return None
    what = _("You have signed in anew in another tab")
    key = saved_forms.save_for_proof(request, account, what, now=timezone.now())
    if key is None:
        return None
    back = urlencode({"page": shown_page(request), "onglet": "1"})
    return HttpResponseRedirect(f"{reverse('accounts:kept-form', args=[key])}?{back}")
